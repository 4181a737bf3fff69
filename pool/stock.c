/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stocks of the size classes: blocks that were given back, and how they leave for the heap, where
 * any size may have them. Everything here holds locks for a bounded number of blocks only.
 */
#include "pool/pool_private.h"

/* Blocks moved from a stock to the heap in one go, so that its lock is not held for long. */
#define FLUSH_BATCH 32

struct pool_class pool_classes[WEIR_POOL_CLASSES_MAX];
uint32_t pool_n_classes;
uint8_t pool_class_by_page[POOL_FAST_PAGES] __attribute__((aligned(64)));

/* By class, under its lock: one number would be what all threads wait for. */
static _Atomic uint64_t stocked_bytes[WEIR_POOL_CLASSES_MAX] __attribute__((aligned(64)));
_Atomic uint64_t pool_firm_bytes = UINT64_MAX, pool_firm_held;
_Atomic uint64_t pool_offered_bytes, pool_offers_failed;

void
pool_stocks_init(const uint64_t *class_bytes, uint32_t n)
{
	pool_n_classes = n;
	for (uint32_t i = 0; i < n; i++) {
		pool_classes[i].stats.capacity_bytes = class_bytes[i];
		weir_list_init(&pool_classes[i].stock);
	}
	for (uint32_t page = 0, i = 0; page < POOL_FAST_PAGES; page++) {
		while (i < n && class_bytes[i] < ((uint64_t)page + 1) << WEIR_PAGE_SHIFT)
			i++;
		pool_class_by_page[page] = (uint8_t)i;
	}
}

uint32_t
pool_class_of_large(size_t bytes)
{
	uint32_t i = pool_class_by_page[POOL_FAST_PAGES - 1];

	while (i < pool_n_classes && pool_classes[i].stats.capacity_bytes < bytes)
		i++;
	return i;
}

/* Their sum, or as much of it as suffices to be `enough`: the large ones first. */
static uint64_t
sum_stocked(uint64_t enough)
{
	uint64_t sum = 0;

	for (uint32_t i = pool_n_classes; i-- > 0 && sum < enough;)
		sum += atomic_load_explicit(&stocked_bytes[i], memory_order_relaxed);
	return sum;
}

uint64_t
pool_stocked_bytes(void)
{
	return sum_stocked(UINT64_MAX);
}

bool
pool_stocks_have(uint64_t bytes)
{
	return sum_stocked(bytes) >= bytes;
}

uint64_t
weir_pool_lent_bytes(void)
{
	/* The classes change their stocks under other locks than the heap's. */
	uint64_t stocked = pool_stocked_bytes();
	uint64_t lent = __atomic_load_n(&heap_stats.state_bytes[WEIR_SPAN_LIVE],
					__ATOMIC_RELAXED);

	return lent > stocked ? lent - stocked : 0;
}

bool
weir_pool_lends_above(uint64_t most, uint64_t more)
{
	/* The heap has lent what the stocks keep as well. */
	uint64_t lent = __atomic_load_n(&heap_stats.state_bytes[WEIR_SPAN_LIVE],
					__ATOMIC_RELAXED) +
			more;

	return lent > most && !pool_stocks_have(lent - most);
}

/* A block comes, or goes: n is 1 or -1. What is in a stock is asked without its lock. */
static void
count_stocked(struct pool_class *c, const struct weir_span *s, int n)
{
	_Atomic uint64_t *bytes = &stocked_bytes[c - pool_classes];

	__atomic_store_n(&c->stats.cached, c->stats.cached + (uint64_t)n,
			 __ATOMIC_RELAXED);
	atomic_store_explicit(bytes,
			      atomic_load_explicit(bytes, memory_order_relaxed) +
				      (uint64_t)n * s->bytes,
			      memory_order_relaxed);
}

void
pool_stock_push(struct pool_class *c, struct weir_span *s, int64_t now_ns)
{
	s->freed_ns = now_ns;
	weir_span_set_state(s, WEIR_SPAN_STOCKED);
	weir_list_push(&c->stock, s);
	count_stocked(c, s, 1);
	if (c->stats.cached > c->stats.cached_peak)
		c->stats.cached_peak = c->stats.cached;
}

static void
take_off(struct pool_class *c, struct weir_span *s)
{
	weir_list_remove(s);
	count_stocked(c, s, -1);
}

struct weir_span *
pool_stock_pop(struct pool_class *c)
{
	struct weir_span *s = c->stock.next;

	if (s == &c->stock)
		return NULL;
	take_off(c, s);
	return s;
}

static bool
lock_both(struct pool_class *c, bool at_once)
{
	if (!at_once) {
		weir_lock(&c->lock);
		weir_lock(&heap_mutex);
		return true;
	}
	if (!weir_lock_soon(&c->lock))
		return false;
	bool got = weir_lock_soon(&heap_mutex);
	if (!got)
		weir_unlock(&c->lock);
	return got;
}

/* Moves at most `most` blocks freed at or before before_ns, the oldest first; none if it would have to wait. */
static unsigned
flush_some(struct pool_class *c, int64_t before_ns, unsigned most, bool at_once)
{
	unsigned n = 0;

	if (__atomic_load_n(&c->stats.cached, __ATOMIC_RELAXED) == 0)
		return 0;
	if (!lock_both(c, at_once))
		return 0;
	while (n < most && !weir_list_empty(&c->stock)) {
		struct weir_span *oldest = c->stock.prev;

		if (oldest->freed_ns > before_ns)
			break;
		take_off(c, oldest);
		c->stats.evicted++;
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
	for (uint32_t i = 0; i < pool_n_classes; i++)
		while (flush_some(&pool_classes[i], before_ns, FLUSH_BATCH, false) ==
		       FLUSH_BATCH)
			;
}

unsigned
pool_flush_smaller(size_t bytes)
{
	unsigned n = 0;

	for (uint32_t i = pool_class_of(bytes); n < POOL_FLUSH_MOST && i-- > 0;)
		n += flush_some(&pool_classes[i], INT64_MAX, POOL_FLUSH_MOST - n, true);
	return n;
}

void
pool_flush_larger(size_t bytes)
{
	for (uint32_t i = pool_class_of(bytes); i < pool_n_classes; i++)
		if (flush_some(&pool_classes[i], INT64_MAX, 1, true) != 0)
			return;
}

/* What the heap keeps; read without its lock. */
static uint64_t
shared_bytes(void)
{
	return __atomic_load_n(&heap_stats.state_bytes[WEIR_SPAN_DIRTY],
			       __ATOMIC_RELAXED);
}

void
pool_flush_bytes(uint64_t bytes)
{
	unsigned left = 8 * POOL_FLUSH_MOST;

	for (uint32_t i = pool_n_classes; i-- > 0;)
		while (left > 0 && shared_bytes() < bytes &&
		       flush_some(&pool_classes[i], INT64_MAX, 1, false) == 1)
			left--;
}

uint64_t
weir_pool_firm_bytes(void)
{
	uint64_t firm = atomic_load_explicit(&pool_firm_bytes, memory_order_relaxed);
	uint64_t held = atomic_load_explicit(&pool_firm_held, memory_order_relaxed);
	uint64_t peak = __atomic_load_n(&heap_lent_peak, __ATOMIC_RELAXED);
	uint64_t beside = held > peak ? held - peak : 0;

	return firm > beside ? firm : beside;
}

void
pool_offer(uintptr_t base, size_t bytes)
{
	uint64_t firm = weir_pool_firm_bytes();

	if (firm == UINT64_MAX || heap_pages->offer == NULL)
		return;
	if (shared_bytes() + pool_stocked_bytes() + bytes <= firm)
		return;
	if (heap_pages->offer((void *)base, bytes) == 0)
		atomic_fetch_add_explicit(&pool_offered_bytes, bytes,
					  memory_order_relaxed);
	else
		atomic_fetch_add_explicit(&pool_offers_failed, 1, memory_order_relaxed);
}

void
pool_class_given(struct pool_class *c, const struct weir_span *s)
{
	c->stats.puts++;
	c->stats.live--;
	c->stats.live_requested_bytes -= s->requested;
	if (s->flags & WEIR_SPAN_SCRATCH)
		c->scratch_puts++;
}
