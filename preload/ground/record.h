/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts large requests: how many, how large, by whom, and where they went. The counters are sharded, so
 * that threads hardly wait for each other; the sum over the shards is exact while they are frozen.
 */
#ifndef PRELOAD_RECORD_H
#define PRELOAD_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "policy/route.h"
#include "pool/span.h"
#include "weir/stats.h"

struct record_sums {
	uint64_t requests, requested_bytes;
	uint64_t pool, map, observed, passed, passed_bytes;
	uint64_t zeroed_bytes, zero_skipped_bytes;
	uint64_t realloc_in_place, realloc_remapped, realloc_copied;
	uint64_t deferred_frees, misuse, trims;
	uint64_t sizes[WEIR_STATS_SIZE_BUCKETS][WEIR_N_SIZE_FIELDS];
	uint64_t kinds[WEIR_N_KINDS][WEIR_N_KIND_FIELDS];
	uint64_t fallbacks[WEIR_N_FALLBACKS];
	uint64_t profile[WEIR_STATS_PROFILE_ROWS][WEIR_N_PROFILE_FIELDS];
};

/*
 * A large request that weir has served from `place`, or (WEIR_PLACE_NEXT) has seen the next allocator serve, and the end of its block. `site` says who asked
 * (weir_trace_site) and is kept in the span. Kinds and sites are counted under one lock, so that their
 * sums agree.
 */
void record_served(enum weir_place place, struct weir_span *s, uint32_t site);
void record_gone(const struct weir_span *s, int64_t now_ns); /* clock_now_ns */

/* A freed block goes into quarantine: it stays counted as live, but no longer for its site. */
void record_sealed(struct weir_span *s);

/* A large request that went on to the next allocator. */
void record_passed(enum weir_fallback reason, uint32_t kind, size_t bytes);

/*
 * The same for a call from inside weir, with reason NESTED: takes no lock, for the thread that it
 * interrupted may hold one.
 */
void record_nested(size_t bytes);

/* realloc has changed the size of a live block in place. */
void record_resized(const struct weir_span *s, size_t old_bytes);

enum record_event {
	RECORD_ZEROED,
	RECORD_ZERO_SKIPPED,
	RECORD_REALLOC_IN_PLACE,
	RECORD_REALLOC_REMAPPED,
	RECORD_REALLOC_COPIED,
	RECORD_DEFERRED_FREE,
	RECORD_MISUSE,
	RECORD_TRIM,
};
void record_event(enum record_event event, uint64_t amount);

/* Around fork and for sums; freeze before the pool does, thaw after it. */
void record_freeze(void);
void record_thaw(void);
void record_after_fork(void);
void record_sum(struct record_sums *sums); /* only while frozen */

/* How much there was to count: `events` changes with whatever is counted here. Takes their locks, one by one. */
struct record_use {
	uint64_t events, asked_bytes;
};
struct record_use record_use(void);

#endif
