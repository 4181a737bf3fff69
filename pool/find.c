/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for a span, for classes and extents alike, and the emptying of the stocks.
 */
#include "pool/pool_private.h"

#include "pool/magazine.h"

/* How many blocks leave a stock while its lock is held once. */
#define FLUSH_BATCH 32

/* Fresh pages come next: is there room for them beside what is kept? */
static bool
must_pay(struct pool_search *search)
{
	uint64_t after = heap_footprint() + search->bytes;

	if (after <= heap_footprint_max || search->paid)
		return false;
	search->excess = after - heap_footprint_max;
	return heap_stats.state_bytes[WEIR_SPAN_DIRTY] != 0 ||
	       atomic_load_explicit(&pool_stocked_bytes, memory_order_relaxed) != 0;
}

static struct weir_span *
take(const struct pool_search *search, enum weir_span_state from)
{
	return search->roomy ? heap_take_roomy(search->bytes, from)
			     : heap_take(search->bytes, search->align, from);
}

enum pool_step
pool_find(struct pool_search *search)
{
	static const enum weir_span_state unused[] = {WEIR_SPAN_CLEAN,
						      WEIR_SPAN_RESERVED};

	if (!search->want_zero) {
		search->was = WEIR_SPAN_DIRTY;
		search->span = take(search, WEIR_SPAN_DIRTY);
		if (search->span != NULL)
			return POOL_FOUND;
		if (!search->flushed &&
		    atomic_load_explicit(&pool_stocked_bytes, memory_order_relaxed) >=
			    search->bytes)
			return POOL_FLUSH;
	}
	if (must_pay(search))
		return POOL_PAY;
	for (int i = 0; i < 2; i++) {
		search->was = unused[i];
		search->span = take(search, unused[i]);
		if (search->span != NULL)
			return POOL_FOUND;
	}
	return POOL_GROW;
}

bool
pool_prepare_again(struct pool_search *search, enum pool_step step)
{
	if (step == POOL_FLUSH) {
		pool_flush_stocks(INT64_MAX);
		search->flushed = true;
		return true;
	}
	if (step == POOL_PAY) {
		pool_flush_stocks(INT64_MAX);
		heap_purge_oldest(search->excess, heap_clock_ns);
		search->paid = true;
		return true;
	}
	/* Another thread may have used up the region we added: a few more tries, then give up. */
	return search->grown++ < 8 && heap_grow(search->bytes, search->align) == 0;
}

static unsigned
flush_class(struct pool_class *c, int64_t before_ns)
{
	unsigned n = 0;

	weir_lock(&c->lock);
	weir_lock(&heap_mutex);
	while (n < FLUSH_BATCH && !weir_list_empty(&c->stock)) {
		struct weir_span *oldest = c->stock.prev;

		if (oldest->freed_ns > before_ns)
			break;
		weir_list_remove(oldest);
		c->stats.cached--;
		c->stats.evicted++;
		atomic_fetch_sub_explicit(&pool_stocked_bytes, oldest->bytes,
					  memory_order_relaxed);
		heap_put(oldest, WEIR_SPAN_DIRTY, oldest->freed_ns);
		n++;
	}
	heap_unlock();
	weir_unlock(&c->lock);
	return n;
}

void
pool_flush_stocks(int64_t before_ns)
{
	magazine_drain(before_ns);
	for (uint32_t i = 0; i < pool_n_classes; i++)
		while (flush_class(&pool_classes[i], before_ns) == FLUSH_BATCH)
			;
}
