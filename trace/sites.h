/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who allocated: the face of this folder. The shim asks for the site of a request, tells it of
 * blocks born and gone, and now and then has the tables written into the sidecar.
 *
 * A thread is inside at most once (the shim's gate). Nothing here allocates from the heap, waits
 * long, or fails the request: what cannot be recorded goes to site 0 and is counted as a drop.
 */
#ifndef TRACE_SITES_H
#define TRACE_SITES_H

#include <stddef.h>
#include <stdint.h>

#include "weir/trace.h"

/* Kept with the block until it is freed. */
struct weir_birth {
	uint32_t site; /* 0: not attributed */
	uint32_t gc;   /* major GCs seen then */
	uint32_t ms;   /* since tracing began, stays at UINT32_MAX */
};

/*
 * The site of a request by the calling thread, 0 if it is not to be known. `fp`: frame pointer of
 * the function that the host called, `pc`: where it returns to. Takes the stack: 0.1 to 10 us.
 */
uint32_t weir_trace_site(uintptr_t fp, uintptr_t pc, uint32_t caller_kind);

/*
 * A block of that site is born, changes its size, is gone. Lock-free additions; the shim makes these
 * calls where its own counts change, under the same locks, so that the sums agree.
 */
struct weir_birth weir_trace_born(uint32_t site, size_t bytes);
void weir_trace_resized(const struct weir_birth *b, size_t old_bytes, size_t bytes);
void weir_trace_gone(const struct weir_birth *b, size_t bytes);

/* Memory figures of the process that go into rows. */
struct weir_trace_facts {
	uint64_t rss_bytes, live_bytes, live_count, alloc_bytes, cached_bytes,
		limit_bytes;
	int64_t monotonic_ns, unix_ns;
};

#endif
