/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying the counters while everything stands still, so that they add up to the byte.
 */
#include "preload/sidecar/snapshot.h"

#include <string.h>

#include "pool/pages.h"
#include "pool/pool.h"
#include "pool/pool_stats.h"
#include "preload/ground/mapped.h"
#include "preload/ground/record.h"
#include "preload/machine/facts.h"
#include "preload/machine/sampling_look.h"
#include "trace/sites/publish.h"
#include "trace/sites/sample.h"
#include "trace/walk/walk.h"

static void
fill_class(uint64_t *row, const struct weir_class_stats *c)
{
	row[WEIR_K_capacity_bytes] = c->capacity_bytes;
	row[WEIR_K_gets] = c->gets;
	row[WEIR_K_hits] = c->hits;
	row[WEIR_K_shared_hits] = c->shared_hits;
	row[WEIR_K_misses] = c->misses;
	row[WEIR_K_refused] = c->refused;
	row[WEIR_K_puts] = c->puts;
	row[WEIR_K_evicted] = c->evicted;
	row[WEIR_K_live] = c->live;
	row[WEIR_K_live_peak] = c->live_peak;
	row[WEIR_K_cached] = c->cached;
	row[WEIR_K_cached_peak] = c->cached_peak;
	row[WEIR_K_inherited] = c->inherited;
	row[WEIR_K_inherited_cached] = c->inherited_cached;
	row[WEIR_K_requested_bytes] = c->requested_bytes;
	row[WEIR_K_rounding_bytes] =
		(c->gets - c->refused) * c->capacity_bytes - c->requested_bytes;
	row[WEIR_K_live_requested_bytes] = c->live_requested_bytes;
	row[WEIR_K_live_rounding_bytes] =
		c->live * c->capacity_bytes - c->live_requested_bytes;
	row[WEIR_K_held_bytes] = c->live * c->capacity_bytes;
}

struct stocks {
	uint64_t bytes;	       /* of free blocks that the classes keep */
	uint64_t served_bytes; /* capacity served from them */
};

static struct stocks
fill_pool(uint64_t *slot)
{
	struct stocks stocks = {0};

	for (uint32_t i = 0; i < weir_pool_classes(); i++) {
		struct weir_class_stats c;

		weir_pool_class_stats(i, &c);
		fill_class(slot + WEIR_SLOT_CLASSES + i * WEIR_N_CLASS_FIELDS, &c);
		stocks.bytes += c.cached * c.capacity_bytes;
		stocks.served_bytes += (c.hits - c.shared_hits) * c.capacity_bytes;
	}
	return stocks;
}

static void
fill_extents(uint64_t *c)
{
	struct weir_extent_stats e;
	struct weir_scratch_stats s;

	weir_pool_extent_stats(&e);
	c[WEIR_C_map_gets] = e.gets;
	c[WEIR_C_map_fresh] = e.fresh;
	c[WEIR_C_map_recycled_dirty] = e.recycled_dirty;
	c[WEIR_C_map_recycled_zero] = e.recycled_zero;
	c[WEIR_C_map_refused] = e.refused;
	c[WEIR_C_map_puts] = e.puts;
	c[WEIR_C_map_live] = e.live;
	c[WEIR_C_map_inherited] = e.inherited;
	c[WEIR_C_map_live_requested_bytes] = e.live_requested_bytes;
	c[WEIR_C_map_live_rounding_bytes] = e.live_held_bytes - e.live_requested_bytes;
	c[WEIR_C_map_live_held_bytes] = e.live_held_bytes;
	c[WEIR_C_map_live_held_peak_bytes] = e.live_held_peak_bytes;
	weir_pool_scratch_stats(&s);
	c[WEIR_C_scratch_gets] = s.gets;
	c[WEIR_C_scratch_puts] = s.puts;
	c[WEIR_C_scratch_live] = s.live;
	c[WEIR_C_scratch_inherited] = s.inherited;
}

static void
fill_heap(uint64_t *c, struct stocks stocks)
{
	struct weir_heap_stats h;
	struct weir_offers offers = weir_pool_offers();

	weir_pool_heap_stats(&h);
	c[WEIR_C_live_held_bytes] = h.state_bytes[WEIR_SPAN_LIVE] - stocks.bytes;
	c[WEIR_C_cached_dirty_bytes] = h.state_bytes[WEIR_SPAN_DIRTY] +
				       h.state_bytes[WEIR_SPAN_PURGING] + stocks.bytes;
	c[WEIR_C_cached_clean_bytes] = h.state_bytes[WEIR_SPAN_CLEAN];
	c[WEIR_C_reserved_bytes] = h.state_bytes[WEIR_SPAN_RESERVED];
	c[WEIR_C_region_bytes] = h.region_bytes;
	c[WEIR_C_region_peak_bytes] = h.region_peak_bytes;
	c[WEIR_C_metadata_bytes] = h.metadata_bytes;
	c[WEIR_C_recycled_bytes] = h.recycled_bytes + stocks.served_bytes;
	c[WEIR_C_fresh_bytes] = h.fresh_bytes;
	c[WEIR_C_gathers] = h.gathers;
	c[WEIR_C_gathered_bytes] = h.gathered_bytes;
	c[WEIR_C_purges] = h.purges;
	c[WEIR_C_purged_bytes] = h.purged_bytes;
	c[WEIR_C_purge_failed] = h.purge_failed;
	c[WEIR_C_offered_bytes] = offers.bytes;
	c[WEIR_C_offer_failed] = offers.failed;
}

static void
fill_requests(uint64_t *slot)
{
	static struct record_sums s; /* one snapshot at a time, on any stack */
	uint64_t *c = slot + WEIR_SLOT_COUNTERS;

	record_sum(&s);
	c[WEIR_C_large_requests] = s.requests;
	c[WEIR_C_large_requested_bytes] = s.requested_bytes;
	c[WEIR_C_large_pool] = s.pool;
	c[WEIR_C_large_map] = s.map;
	c[WEIR_C_large_observed] = s.observed;
	c[WEIR_C_large_passed] = s.passed;
	c[WEIR_C_passed_bytes] = s.passed_bytes;
	c[WEIR_C_zeroed_bytes] = s.zeroed_bytes;
	c[WEIR_C_zero_skipped_bytes] = s.zero_skipped_bytes;
	c[WEIR_C_realloc_in_place] = s.realloc_in_place;
	c[WEIR_C_realloc_remapped] = s.realloc_remapped;
	c[WEIR_C_realloc_copied] = s.realloc_copied;
	c[WEIR_C_deferred_frees] = s.deferred_frees;
	c[WEIR_C_misuse] = s.misuse;
	c[WEIR_C_trims] = s.trims;
	memcpy(slot + WEIR_SLOT_SIZES, s.sizes, sizeof(s.sizes));
	memcpy(slot + WEIR_SLOT_KINDS, s.kinds, sizeof(s.kinds));
	memcpy(slot + WEIR_SLOT_FALLBACKS, s.fallbacks, sizeof(s.fallbacks));
	memcpy(slot + WEIR_SLOT_PROFILE, s.profile, sizeof(s.profile));
}

static void
fill_small(uint64_t *slot)
{
	struct sampling_facts s = sampling_facts();
	uint64_t *c = slot + WEIR_SLOT_COUNTERS;

	c[WEIR_C_sampling_on_ns] = (uint64_t)s.on_ns;
	c[WEIR_C_sampling_off_ns] = (uint64_t)s.off_ns;
	c[WEIR_C_sampling_starts] = s.starts;
	c[WEIR_C_sampling_grown_bytes] = s.grown_bytes;
	c[WEIR_C_sampling_mode] = s.mode;
	weir_sample_census((uint64_t(*)[WEIR_N_SMALL_FIELDS])(slot + WEIR_SLOT_SMALL));
}

static void
fill_regions(uint64_t *row)
{
	static struct weir_region regions[WEIR_STATS_MAX_REGIONS];
	uint32_t n = weir_pool_regions(regions, WEIR_STATS_MAX_REGIONS);

	for (uint32_t i = 0; i < n && i < WEIR_STATS_MAX_REGIONS;
	     i++, row += WEIR_N_REGION_FIELDS) {
		row[WEIR_R_base] = regions[i].base;
		row[WEIR_R_bytes] = regions[i].bytes;
	}
}

static void
fill_clock(uint64_t *c, const struct snapshot_clock *clock)
{
	c[WEIR_C_timer_ticks] = clock->ticks;
	c[WEIR_C_timer_cpu_ns] = clock->cpu_ns;
	c[WEIR_C_timer_failed] = clock->failed;
	c[WEIR_C_cache_cap_bytes] = clock->cap_bytes;
	c[WEIR_C_cgroup_limit_bytes] = clock->limit_bytes;
	c[WEIR_C_rss_bytes] = clock->rss_bytes;
	c[WEIR_C_resident_bytes] = clock->resident_bytes;
	c[WEIR_C_rss_peak_bytes] = facts_rss_peak();
	c[WEIR_C_next_trims] = clock->trims.trims;
	c[WEIR_C_next_trims_under_load] = clock->trims.under_load;
	c[WEIR_C_next_trims_put_off] = clock->trims.put_off;
	c[WEIR_C_next_trimmed_bytes] = clock->trims.bytes;
	c[WEIR_C_next_trim_ns] = clock->trims.ns;
	c[WEIR_C_next_trim_longest_ns] = clock->trims.longest_ns;
	c[WEIR_C_aside_blocks] = clock->trims.aside_served;
	c[WEIR_C_aside_refused] = clock->trims.aside_refused;
	c[WEIR_C_silent] = clock->silent;
}

static void
fill_parts(uint64_t *c, const struct snapshot_parts *p)
{
	struct walk_gcs gcs;

	c[WEIR_C_account_ns] = (uint64_t)p->ns;
	memcpy(&c[WEIR_C_part_live_bytes], p->bytes, sizeof(p->bytes));
	c[WEIR_C_v8] = p->v8;
	c[WEIR_C_next_used_bytes] = p->next_used_bytes;
	c[WEIR_C_next_used_ns] = (uint64_t)p->next_used_ns;
	c[WEIR_C_maps_seen] = mapped_counts().seen;
	c[WEIR_C_maps_lost] = mapped_counts().lost;
	walk_gcs(&gcs);
	c[WEIR_C_script_used_bytes] = gcs.heap_bytes;
}

/* Neighbours with the same maker are one. A full table tells its readers that some are left out. */
static void
put_map(uint64_t *rows, uint32_t *n, uint64_t base, uint64_t bytes, uint64_t own)
{
	uint64_t *last = *n > 0 ? rows + (*n - 1) * WEIR_N_MAP_FIELDS : NULL;

	if (last != NULL && last[WEIR_M_own] == own &&
	    (last[WEIR_M_base] + last[WEIR_M_bytes] == base ||
	     base + bytes == last[WEIR_M_base])) {
		last[WEIR_M_bytes] += bytes;
		if (base < last[WEIR_M_base])
			last[WEIR_M_base] = base;
		return;
	}
	if (*n == WEIR_STATS_MAX_MAPS)
		return;
	last = rows + (*n)++ * WEIR_N_MAP_FIELDS;
	last[WEIR_M_base] = base;
	last[WEIR_M_bytes] = bytes;
	last[WEIR_M_own] = own;
}

static void
fill_maps(uint64_t *rows)
{
	static struct weir_pages_range own[WEIR_PAGES_METAS];
	uint32_t n = 0;
	size_t n_own = weir_pages_metas(own), n_maps = mapped_count();

	for (size_t i = 0; i < n_own; i++)
		put_map(rows, &n, own[i].base, own[i].bytes, 1);
	for (size_t i = 0; i < n_maps; i++) {
		struct weir_account_map map = mapped_nth(i);

		put_map(rows, &n, map.base, map.bytes, map.next ? 2 : 0);
	}
}

void
snapshot_fill(uint64_t slot[WEIR_SLOT_WORDS], const struct snapshot_health *health,
	      const struct snapshot_clock *clock)
{
	uint64_t *c = slot + WEIR_SLOT_COUNTERS;

	memset(c, 0, (WEIR_SLOT_END - WEIR_SLOT_COUNTERS) * sizeof(uint64_t));
	fill_clock(c, clock);
	fill_parts(c, &clock->parts);
	fill_maps(slot + WEIR_SLOT_MAPS);
	c[WEIR_C_sidecar_writes] = health->writes;
	c[WEIR_C_sidecar_failed] = health->failed;
	c[WEIR_C_sidecar_errno] = health->last_errno;

	record_freeze();
	weir_pool_freeze();
	fill_requests(slot);
	fill_extents(c);
	fill_heap(c, fill_pool(slot));
	fill_regions(slot + WEIR_SLOT_REGIONS);
	weir_trace_still();
	weir_pool_thaw();
	record_thaw();
	/* Around fork its lock comes before those of the pool. */
	fill_small(slot);
}

/* A get of a scratch block counts as one of the smallest class. */
#define SCRATCH_LEAST 8192

struct snapshot_use
snapshot_use(void)
{
	struct record_use requests = record_use();
	struct weir_pool_use pool = weir_pool_use();
	struct weir_sample_use samples = weir_sample_use();

	return (struct snapshot_use){
		.activity = requests.events + pool.scratch_events + pool.moves +
			    samples.events,
		.asked_bytes = requests.asked_bytes + samples.bytes +
			       pool.scratch_events / 2 * SCRATCH_LEAST,
	};
}
