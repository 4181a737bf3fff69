/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock's work on the pool.
 */
#include "pool/pool_private.h"

#include "pool/magazine.h"

uint64_t
weir_pool_cached_bytes(void)
{
	weir_lock(&heap_mutex);
	uint64_t dirty = heap_stats.state_bytes[WEIR_SPAN_DIRTY];
	heap_unlock();
	return dirty + magazine_cached_bytes() + pool_stocked_bytes();
}

uint64_t
weir_pool_lent_peak(void)
{
	weir_lock(&heap_mutex);
	uint64_t peak = heap_lent_peak;
	heap_unlock();
	return peak;
}

static int64_t
oldest_stocked_ns(void)
{
	int64_t oldest = magazine_oldest_ns();

	for (uint32_t i = 0; i < pool_n_classes; i++) {
		struct pool_class *c = &pool_classes[i];

		weir_lock(&c->lock);
		if (!weir_list_empty(&c->stock) && c->stock.prev->freed_ns < oldest)
			oldest = c->stock.prev->freed_ns;
		weir_unlock(&c->lock);
	}
	return oldest;
}

static int64_t
oldest_shared_ns(void)
{
	weir_lock(&heap_mutex);
	int64_t oldest = heap_oldest_ns();
	heap_unlock();
	return oldest;
}

static void
flush(int64_t before_ns)
{
	magazine_drain(before_ns);
	pool_flush_stocks(before_ns);
}

bool
weir_pool_takes_above(uint64_t most)
{
	return __atomic_load_n(&heap_stats.state_bytes[WEIR_SPAN_LIVE],
			       __ATOMIC_RELAXED) +
		       __atomic_load_n(&heap_stats.state_bytes[WEIR_SPAN_DIRTY],
				       __ATOMIC_RELAXED) >
	       most;
}

uint64_t
weir_pool_shrink(uint64_t cap_bytes, int64_t now_ns)
{
	uint64_t cached = weir_pool_cached_bytes();

	if (cached <= cap_bytes)
		return 0;
	flush(INT64_MAX);
	return heap_purge(INT64_MAX, cached - cap_bytes, now_ns);
}

uint64_t
weir_pool_fresh_bytes(void)
{
	return __atomic_load_n(&heap_stats.fresh_bytes, __ATOMIC_RELAXED);
}

static void
set_bounds(const struct weir_tick *tick)
{
	uint64_t lent = weir_pool_lent_bytes();

	weir_lock(&heap_mutex);
	__atomic_store_n(&heap_footprint_max, tick->most_bytes, __ATOMIC_RELAXED);
	__atomic_store_n(&heap_lent_peak, tick->lent_peak > lent ? tick->lent_peak : lent,
			 __ATOMIC_RELAXED);
	heap_slack = tick->slack_bytes;
	heap_unlock();
	pool_firm_bytes = tick->firm_bytes != 0 ? tick->firm_bytes : UINT64_MAX;
	pool_firm_held = tick->firm_held_bytes;
	magazine_most = pool_firm_bytes / 8 < MAGAZINE_BYTES ? pool_firm_bytes / 8
							     : MAGAZINE_BYTES;
}

struct weir_tick_result
weir_pool_tick(const struct weir_tick *tick)
{
	heap_clock_ns = tick->now_ns;
	magazine_mark(tick->now_ns);
	pool_late_freeze();
	pool_late_thaw();
	flush(tick->stock_before_ns);
	heap_purge(tick->purge_before_ns,
		   tick->step_bytes != 0 ? tick->step_bytes : UINT64_MAX, tick->now_ns);
	weir_pool_shrink(tick->cap_bytes, tick->now_ns);
	set_bounds(tick);
	pool_withdraw();
	heap_release_idle(tick->purge_before_ns, tick->now_ns, false);
	weir_pages_seam_again();

	int64_t stocked = oldest_stocked_ns(), shared = oldest_shared_ns();
	return (struct weir_tick_result){
		.cached_bytes = weir_pool_cached_bytes(),
		.oldest_ns = stocked < shared ? stocked : shared,
	};
}

void
weir_pool_see(int64_t now_ns)
{
	magazine_mark(now_ns);
}

uint64_t
weir_pool_trim(int64_t now_ns)
{
	uint64_t before = weir_pool_cached_bytes();

	heap_clock_ns = now_ns;
	magazine_mark(now_ns);
	pool_late_freeze();
	pool_late_thaw();
	flush(INT64_MAX);
	heap_purge(INT64_MAX, UINT64_MAX, now_ns);
	pool_withdraw();
	heap_release_idle(INT64_MAX, now_ns, false);
	uint64_t after = weir_pool_cached_bytes();
	return before > after ? before - after : 0;
}

bool
weir_pool_tight(uint64_t bytes)
{
	uint64_t most = __atomic_load_n(&heap_footprint_max, __ATOMIC_RELAXED);

	return most != UINT64_MAX && weir_pool_lends_above(most / 4 * 3, bytes);
}

bool
weir_pool_resident(uint64_t most, uint64_t *resident)
{
	return heap_resident(most, resident);
}
