/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Freezing the pool, by taking all its locks: for a copy of all numbers at one instant (the sidecar),
 * and around fork, so that the child finds no lock held by a thread that it does not have.
 */
#include "pool/pool_private.h"

#include "pool/magazine.h"

void
weir_pool_freeze(void)
{
	pool_late_freeze();
	magazine_claim_all();
	for (uint32_t i = 0; i < pool_n_classes; i++)
		weir_lock(&pool_classes[i].lock);
	weir_lock(&heap_mutex);
}

void
weir_pool_thaw(void)
{
	weir_unlock(&heap_mutex);
	for (uint32_t i = pool_n_classes; i-- > 0;)
		weir_unlock(&pool_classes[i].lock);
	magazine_release_all();
	pool_late_thaw();
}

/* In a forked child: counters start at zero, and blocks got from the parent count as inherited. */
static void
start_counting(struct pool_class *c)
{
	struct weir_class_stats *st = &c->stats;

	*st = (struct weir_class_stats){
		.capacity_bytes = st->capacity_bytes,
		.live = st->live,
		.live_peak = st->live,
		.cached = st->cached,
		.cached_peak = st->cached,
		.inherited = st->live,
		.inherited_cached = st->cached,
		.live_requested_bytes = st->live_requested_bytes,
	};
	c->scratch_inherited += c->scratch_gets - c->scratch_puts;
	c->scratch_gets = c->scratch_puts = 0;
}

void
weir_pool_forked(void)
{
	magazine_forked();
}

void
weir_pool_after_fork(void)
{
	weir_lock_reset(&heap_mutex);
	heap_after_fork();
	for (uint32_t i = 0; i < pool_n_classes; i++)
		weir_lock_reset(&pool_classes[i].lock);
	magazine_after_fork();
	pool_late_after_fork();
	for (uint32_t i = 0; i < pool_n_classes; i++)
		start_counting(&pool_classes[i]);

	struct weir_extent_stats *e = &extent_stats;
	*e = (struct weir_extent_stats){
		.live = e->live,
		.inherited = e->live,
		.live_requested_bytes = e->live_requested_bytes,
		.live_held_bytes = e->live_held_bytes,
		.live_held_peak_bytes = e->live_held_bytes,
	};
	extent_scratch_inherited += extent_scratch_gets - extent_scratch_puts;
	extent_scratch_gets = extent_scratch_puts = 0;
	heap_stats.recycled_bytes = heap_stats.fresh_bytes = 0;
	heap_stats.gathers = heap_stats.gathered_bytes = 0;
	heap_stats.purges = heap_stats.purged_bytes = heap_stats.purge_failed = 0;
	heap_stats.region_peak_bytes = heap_stats.region_bytes;
	pool_offered_bytes = pool_offers_failed = 0;
}

uint32_t
weir_pool_classes(void)
{
	return pool_n_classes;
}

void
weir_pool_class_stats(uint32_t grade, struct weir_class_stats *stats)
{
	*stats = pool_classes[grade].stats;
	magazine_add_stats(grade, stats);
}

void
weir_pool_extent_stats(struct weir_extent_stats *stats)
{
	*stats = extent_stats;
}

void
weir_pool_scratch_stats(struct weir_scratch_stats *stats)
{
	*stats = (struct weir_scratch_stats){.gets = extent_scratch_gets,
					     .puts = extent_scratch_puts,
					     .inherited = extent_scratch_inherited};
	for (uint32_t i = 0; i < pool_n_classes; i++) {
		stats->gets += pool_classes[i].scratch_gets;
		stats->puts += pool_classes[i].scratch_puts;
		stats->inherited += pool_classes[i].scratch_inherited;
	}
	magazine_add_scratch(stats);
	stats->live = stats->inherited + stats->gets - stats->puts;
}

void
weir_pool_heap_stats(struct weir_heap_stats *stats)
{
	*stats = heap_stats;
}

struct weir_offers
weir_pool_offers(void)
{
	return (struct weir_offers){.bytes = pool_offered_bytes,
				    .failed = pool_offers_failed};
}

uint32_t
weir_pool_regions(struct weir_region *rows, uint32_t max)
{
	uint32_t n = 0;

	for (uint16_t row = 0; row < region_rows(); row++) {
		const struct weir_region *r = region_get(row);

		if (r->base == 0)
			continue;
		if (n < max)
			rows[n] = *r;
		n++;
	}
	return n;
}

struct weir_pool_use
weir_pool_use(void)
{
	uint64_t purges = __atomic_load_n(&heap_stats.purges, __ATOMIC_RELAXED);
	uint64_t stocked = pool_stocked_bytes();

	return (struct weir_pool_use){
		.moves = (purges + stocked / WEIR_PAGE_BYTES) * 0x9fb21c651e98df25u,
		.scratch_events =
			atomic_load_explicit(&scratch_events, memory_order_relaxed),
	};
}

void
weir_pool_live(struct weir_live_totals *live)
{
	weir_pool_freeze();
	live->blocks = extent_stats.live;
	live->bytes = extent_stats.live_held_bytes;
	for (uint32_t i = 0; i < pool_n_classes; i++) {
		struct weir_class_stats c;

		weir_pool_class_stats(i, &c);
		live->blocks += c.live;
		live->bytes += c.live * c.capacity_bytes;
	}
	weir_pool_thaw();
}
