/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pool counts. Copies are taken between weir_pool_freeze and weir_pool_thaw, so that
 * all numbers belong to one instant.
 */
#ifndef POOL_POOL_STATS_H
#define POOL_POOL_STATS_H

#include <stdint.h>

#include "pool/heap.h"
#include "pool/region.h"

struct weir_class_stats {
	uint64_t capacity_bytes;
	uint64_t gets, hits, shared_hits, misses, refused, puts, evicted;
	uint64_t live, live_peak, cached, cached_peak;
	uint64_t inherited, inherited_cached;
	uint64_t requested_bytes, live_requested_bytes;
};

struct weir_extent_stats {
	uint64_t gets, fresh, recycled_dirty, recycled_zero, refused, puts;
	uint64_t live, inherited;
	uint64_t live_requested_bytes, live_held_bytes, live_held_peak_bytes;
};

struct weir_scratch_stats {
	uint64_t gets, puts, live, inherited;
};

struct weir_live_totals {
	uint64_t blocks, bytes; /* capacity of all blocks in use */
};

/* Freezes for a moment by itself. */
void weir_pool_live(struct weir_live_totals *live);

/* Whether anything has happened; takes no lock. */
struct weir_pool_use {
	uint64_t
		moves; /* another number after blocks have left a stock or gone to the system */
	uint64_t
		scratch_events; /* gets and puts, of magazines as the last tick saw them */
};
struct weir_pool_use weir_pool_use(void);

/* What of freed blocks the kernel may take while they are kept, and how often it refused that. */
struct weir_offers {
	uint64_t bytes, failed;
};
struct weir_offers weir_pool_offers(void);

/* Only while frozen. */
uint32_t weir_pool_classes(void);
void weir_pool_class_stats(uint32_t grade, struct weir_class_stats *stats);
void weir_pool_extent_stats(struct weir_extent_stats *stats);
void weir_pool_scratch_stats(struct weir_scratch_stats *stats);
void weir_pool_heap_stats(struct weir_heap_stats *stats);
/* Fills at most `max` rows; returns how many regions there are. */
uint32_t weir_pool_regions(struct weir_region *rows, uint32_t max);

#endif
