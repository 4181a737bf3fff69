/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for a span, for classes and extents alike, and the emptying of the stocks. What is
 * tried in which order, and why, is drawn in doc/HACKING.md.
 */
#include "pool/pool_private.h"

#include "pool/magazine.h"

/* Blocks moved from a stock to the heap in one go, so that its lock is not held for long. */
#define FLUSH_BATCH 32

/*
 * Would so many fresh pages exceed a bound of the footprint (heap.h), while there are kept pages
 * that could be used or given back instead?
 */
static bool
must_pay(struct pool_search *search, size_t bytes)
{
	uint64_t most = heap_slack < UINT64_MAX - heap_lent_peak
				? heap_lent_peak + heap_slack
				: UINT64_MAX;
	uint64_t after = heap_footprint() + bytes;

	if (most > heap_footprint_max)
		most = heap_footprint_max;
	if (after <= most || search->paid)
		return false;
	search->excess = after - most;
	return heap_stats.state_bytes[WEIR_SPAN_DIRTY] != 0 ||
	       atomic_load_explicit(&pool_stocked_bytes, memory_order_relaxed) != 0;
}

/* Gives back `excess` bytes of kept pages, the oldest first, to make up for fresh ones. */
static void
pay(uint64_t excess)
{
	weir_lock(&heap_mutex);
	bool enough = heap_stats.state_bytes[WEIR_SPAN_DIRTY] >= excess;
	heap_unlock();
	if (!enough)
		pool_flush_stocks(INT64_MAX);
	heap_purge_oldest(excess, heap_clock_ns);
}

/* Tries one state: `times` the size for a block that will grow. */
static bool
found_in(struct pool_search *search, enum weir_span_state from, size_t times)
{
	search->was = from;
	search->span = search->roomy ? heap_take_roomy(search->bytes,
						       times * search->bytes, from)
				     : heap_take(search->bytes, search->align, from);
	return search->span != NULL;
}

/* For a block that will grow, new pages with room behind come before purged ones without. */
static bool
found_unused(struct pool_search *search)
{
	enum { ROOM = 8 };

	return found_in(search, WEIR_SPAN_CLEAN, ROOM) ||
	       found_in(search, WEIR_SPAN_RESERVED, 1) ||
	       (search->roomy && found_in(search, WEIR_SPAN_CLEAN, 1));
}

static bool
may_gather(const struct pool_search *search)
{
	return !search->want_zero && !search->gathered && !search->roomy &&
	       heap_can_gather(search->bytes);
}

static enum pool_step
gather_step(const struct pool_search *search)
{
	return heap_has_unused(search->bytes, search->align) ? POOL_GATHER : POOL_GROW;
}

static void
note_peak(uint64_t lent)
{
	if (lent > heap_lent_peak)
		heap_lent_peak = lent;
}

enum pool_step
pool_find(struct pool_search *search)
{
	bool ready = heap_lock();

	if (search->span != NULL) {
		heap_adopt(search->span);
		return POOL_FOUND;
	}
	if (!ready)
		return POOL_REFUSED;
	note_peak(weir_pool_lent_bytes() + search->bytes);
	if (!search->want_zero) {
		if (found_in(search, WEIR_SPAN_DIRTY, 1))
			return POOL_FOUND;
		if (!search->flushed &&
		    atomic_load_explicit(&pool_stocked_bytes, memory_order_relaxed) >=
			    search->bytes)
			return POOL_FLUSH;
	}
	if (must_pay(search, search->bytes))
		return may_gather(search) ? gather_step(search) : POOL_PAY;
	return found_unused(search) ? POOL_FOUND : POOL_GROW;
}

/* Pages that gathering did not find will be fresh ones: for these, kept pages are given back after. */
static void
gather(struct pool_search *search)
{
	search->gathered = true;
	search->span = heap_gather(search->bytes, search->align, &search->was);
	weir_lock(&heap_mutex);
	heap_stats.gathers += search->span != NULL;
	bool excess = search->span != NULL && must_pay(search, 0);
	heap_unlock();
	if (excess)
		pay(search->excess);
}

bool
pool_prepare_again(struct pool_search *search, enum pool_step step)
{
	if (step == POOL_FLUSH) {
		pool_flush_stocks(INT64_MAX);
		search->flushed = true;
		return true;
	}
	if (step == POOL_GATHER) {
		gather(search);
		return true;
	}
	if (step == POOL_PAY) {
		pay(search->excess);
		search->paid = true;
		return true;
	}
	/* Another thread may have used up the region we added: a few more tries, then give up. */
	if (search->grown++ < 8 && heap_grow(search->bytes, search->align) == 0)
		return true;
	/* No address space to gather in. Without gathering, the search pays instead. */
	bool may_pay = !search->gathered;
	search->gathered = true;
	return may_pay;
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
