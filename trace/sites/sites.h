/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who allocated: the face of this folder for the allocation path. The shim asks for the site of a
 * request and tells it of blocks born and gone; trace/sites/publish.h has the tables written.
 *
 * A thread is inside at most once (the shim's gate). Nothing here allocates from the heap, waits
 * long, or fails the request: what cannot be recorded goes to site 0 and is counted as a drop.
 */
#ifndef TRACE_SITES_H
#define TRACE_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weir/trace.h"

/* Kept with the block until it is freed. */
struct weir_birth {
	uint32_t site; /* 0: not attributed */
	uint32_t gc;   /* major GCs seen then */
	uint64_t ms;   /* since tracing began */
};

/*
 * Makes the tables: 0 or -ENOMEM. Before it, or without memory, there is no tracing: every site is 0
 * and nothing is counted. Readers are told that requests from exact_bytes on are recorded one by one.
 */
int weir_trace_start(uint64_t exact_bytes);

/* WEIR_KIND_* of who asked, and whether the site's blocks stand for several (sampling). */
#define WEIR_TRACE_SAMPLED 0x80000000u

/*
 * The site of a request by the calling thread, 0 if it is not to be known. `fp`: frame pointer of
 * the function that the host called, `pc`: where it returns to. Takes the stack: 0.1 to 10 us.
 */
uint32_t weir_trace_site(uintptr_t fp, uintptr_t pc, uint32_t caller_kind);

/* The same for a stack of native code that is known; 0: ask the other one. Makes no call. */
uint32_t weir_trace_known(uintptr_t fp, uintptr_t pc, uint32_t caller_kind);

/* After a library was unloaded: another may be loaded in its place. */
void weir_trace_unloaded(void);

/* The site of what was made while there was no tracing: no stack, no thread. 0 if it cannot be had now. */
uint32_t weir_trace_unseen(uint32_t caller_kind);

/*
 * Whether a request is one of the small ones with which a host starts, and which need no site: below
 * 256 KB, before 1 MB was asked for or one that is larger. A host that never asks for more, a
 * short `node` say, need not be looked at at all: larger ones that V8 makes before any script can
 * run have a site, but no stack, and count as the small ones do.
 */
bool weir_trace_early(uint64_t bytes);

/*
 * `count` blocks of that site, of `bytes` together, are born; change their size; are gone. The shim
 * makes these calls where its own counts change, under the same locks, so that the sums agree.
 */
/* The time as births have it, also while there is no tracing. */
uint64_t weir_trace_ms(void);

/* The same for callers who know the time, CLOCK_MONOTONIC_COARSE. */
uint64_t weir_trace_ms_at(uint64_t ns);
struct weir_birth weir_trace_born_at(uint64_t ns, uint32_t site, uint64_t bytes,
				     uint32_t count);
struct weir_birth weir_trace_born(uint32_t site, uint64_t bytes, uint32_t count);
void weir_trace_resized(const struct weir_birth *b, uint64_t old_bytes, uint64_t bytes);
/* The same of what the host's own mappings hold, as it was found: a site is at work while it grows. */
void weir_trace_seen(const struct weir_birth *b, uint64_t old_bytes, uint64_t bytes);
void weir_trace_gone_at(uint64_t ns, const struct weir_birth *b, uint64_t bytes,
			uint32_t count);
void weir_trace_gone(const struct weir_birth *b, uint64_t bytes, uint32_t count);

/* Gone from its site but not in truth: from here on it is site 0's, with a birth of zeros. */
void weir_trace_disowned(const struct weir_birth *b, uint64_t bytes, uint32_t count);

/*
 * From now on as if tracing began, with what has a site already and nothing live: what was written of before is
 * gone. Where nobody publishes and nothing is born meanwhile.
 */
void weir_trace_again(void);

/*
 * Around fork: freeze in the parent before, with the shim's counts not frozen yet; then thaw in the
 * parent. In the child forked by its one thread, and after_fork before anything else is told: it
 * keeps the sites of the blocks that it inherits.
 */
void weir_trace_freeze(void);
void weir_trace_thaw(void);
void weir_trace_forked(void);
void weir_trace_after_fork(void);

#endif
