/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for a span, for classes and extents alike. What is tried in which
 * order, and why, is drawn in doc/HACKING.md.
 */
#include "pool/pool_private.h"

#include "pool/heap_private.h"

#define FLUSHES 2

/*
 * Would so many fresh pages exceed a bound of the footprint (heap.h), while there are kept pages
 * that could be used or given back instead?
 */
uint64_t
pool_price(uint64_t fresh)
{
	uint64_t most = UINT64_MAX;

	if (heap_slack < UINT64_MAX / 4) {
		/* What is on its way back is paid for, up to twice the slack: not once more by each. */
		uint64_t under_way =
			heap_stats.state_bytes[WEIR_SPAN_PURGING] - heap_ahead_bytes;

		most = heap_lent_peak + heap_slack +
		       (under_way < 2 * heap_slack ? under_way : 2 * heap_slack);
	}
	uint64_t after = heap_footprint() + fresh;

	if (most > heap_footprint_max)
		most = heap_footprint_max;
	if (after <= most ||
	    (heap_stats.state_bytes[WEIR_SPAN_DIRTY] == 0 && !pool_stocks_have(1)))
		return 0;
	return after - most;
}

void
pool_note_lent(uint64_t more)
{
	if (weir_pool_lends_above(heap_lent_peak, more))
		__atomic_store_n(&heap_lent_peak, weir_pool_lent_bytes() + more,
				 __ATOMIC_RELAXED);
}

void
pool_pay(uint64_t price)
{
	pool_flush_bytes(price);
	heap_purge(INT64_MAX, price, heap_clock_ns);
}

int
pool_commit(const struct pool_search *found)
{
	struct weir_span *s = found->span;
	int rc = found->was == WEIR_SPAN_RESERVED && !found->usable ? heap_commit(s) : 0;

	if (rc == 0 && found->was != WEIR_SPAN_DIRTY && heap_pages->prepare != NULL)
		heap_pages->prepare((void *)s->base, s->bytes, found->want_zero);
	return rc;
}

/* Tries one state: `times` the size for a block that will grow. */
static bool
found_in(struct pool_search *search, enum weir_span_state from, size_t times)
{
	search->was = from;
	search->span = search->roomy ? heap_take_roomy(search->bytes,
						       times * search->bytes, from)
				     : heap_take(search->bytes, search->align, from);
	search->usable = search->span != NULL && heap_is_usable(search->span);
	return search->span != NULL;
}

/*
 * Blocks like it grow: where only they fit they would move, or grow over new pages. Others are best where they fit
 * best, so that what is left is in few pieces.
 */
static bool
found_loose(struct pool_search *search)
{
	search->was = WEIR_SPAN_DIRTY;
	if (search->loose)
		search->span = heap_take_roomy(search->bytes, search->bytes / 2 * 3,
					       WEIR_SPAN_DIRTY);
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
	       search->align <= WEIR_PAGE_BYTES && heap_can_gather(search->bytes);
}

static enum pool_step
gather_step(const struct pool_search *search)
{
	return heap_has_unused(search->bytes) ? POOL_GATHER : POOL_GROW;
}

/* Fewer pages are fresh where recycled ones are beside them. Both are paid for before they are lent. */
static enum pool_step
pay_step(struct pool_search *search)
{
	if (!search->want_zero && !search->roomy)
		search->span = heap_take_partly(search->bytes, search->align);
	if (search->span == NULL)
		return POOL_PAY;
	search->was = WEIR_SPAN_DIRTY;
	search->price = pool_price(0);
	if (search->price == 0)
		return POOL_FOUND;
	heap_set_apart(search->span, search->bytes);
	return POOL_PAY;
}

enum pool_step
pool_find(struct pool_search *search)
{
	bool ready;

	if (!search->at_once)
		ready = heap_lock();
	else if (!heap_lock_soon(&ready))
		return POOL_BUSY;
	if (search->span != NULL) {
		heap_adopt(search->span);
		return POOL_FOUND;
	}
	if (!ready)
		return POOL_REFUSED;
	pool_note_lent(search->bytes);
	if (!search->want_zero) {
		if (found_loose(search) || found_in(search, WEIR_SPAN_DIRTY, 1))
			return POOL_FOUND;
		if (search->flushed < FLUSHES && pool_stocks_have(search->bytes))
			return POOL_FLUSH;
	}
	search->price = search->paid ? 0 : pool_price(search->bytes);
	if (search->price != 0)
		return may_gather(search) ? gather_step(search) : pay_step(search);
	return found_unused(search) ? POOL_FOUND : POOL_GROW;
}

/* Pages that gathering did not find will be fresh ones: for these, kept pages are given back after. */
static void
gather(struct pool_search *search)
{
	search->gathered = true;
	search->span = heap_gather(search->bytes, &search->was);
	weir_lock(&heap_mutex);
	heap_stats.gathers += search->span != NULL;
	uint64_t price = search->span != NULL ? pool_price(0) : 0;
	heap_unlock();
	if (price != 0)
		pool_pay(price);
}

bool
pool_prepare_again(struct pool_search *search, enum pool_step step)
{
	if (step == POOL_FLUSH) {
		size_t bytes = search->bytes + search->align - WEIR_PAGE_BYTES;

		/* A large block that is cut up will be missed: only if nothing else fits. */
		if (search->flushed++ != 0 || pool_flush_smaller(bytes) == 0) {
			pool_flush_larger(bytes);
			search->flushed = FLUSHES;
		}
		return true;
	}
	/* What is done from here on would be done for nothing. */
	search->at_once = false;
	if (step == POOL_GATHER) {
		gather(search);
		return true;
	}
	if (step == POOL_PAY) {
		pool_pay(search->price);
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
