/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The size classes: a stock of freed blocks each, and the way to the heap when it is empty.
 */
#include "pool/pool_private.h"

#include "pool/heap_private.h"

static void
lend(struct pool_class *c, struct weir_span *s, uint32_t grade,
     const struct weir_ask *ask)
{
	s->requested = ask->requested;
	s->kind = ask->kind;
	s->flags = ask->flags;
	s->grade = (uint8_t)grade;
	if (ask->flags & WEIR_SPAN_SCRATCH)
		c->scratch_gets++;
	c->stats.gets++;
	if (++c->stats.live > c->stats.live_peak)
		c->stats.live_peak = c->stats.live;
	c->stats.requested_bytes += ask->requested;
	c->stats.live_requested_bytes += ask->requested;
	weir_span_set_state(s, WEIR_SPAN_LIVE);
}

/* A block the kernel would not commit: as if it had been refused from the start. */
static void
unlend(struct pool_class *c, struct weir_span *s)
{
	weir_lock(&c->lock);
	c->stats.live--;
	c->stats.refused++;
	c->stats.requested_bytes -= s->requested;
	c->stats.live_requested_bytes -= s->requested;
	if (s->flags & WEIR_SPAN_SCRATCH)
		c->scratch_gets--;
	weir_lock(&heap_mutex);
	heap_count_fresh(-(int64_t)s->bytes);
	heap_put(s, WEIR_SPAN_RESERVED, s->freed_ns);
	heap_unlock();
	weir_unlock(&c->lock);
}

static struct weir_taken
refused(struct pool_class *c, enum weir_take_error error)
{
	weir_lock(&c->lock);
	c->stats.gets++;
	c->stats.misses++;
	c->stats.refused++;
	weir_unlock(&c->lock);
	return (struct weir_taken){.error = error};
}

static struct weir_taken
served(struct pool_class *c, const struct pool_search *found)
{
	if (pool_commit(found) != 0) {
		unlend(c, found->span);
		return (struct weir_taken){.error = WEIR_TAKE_COMMIT};
	}
	return (struct weir_taken){.span = found->span,
				   .zero = found->was != WEIR_SPAN_DIRTY};
}

struct weir_taken
weir_pool_take(uint32_t grade, const struct weir_ask *ask)
{
	struct pool_class *c = &pool_classes[grade];
	struct pool_search search = {.bytes = c->stats.capacity_bytes,
				     .align = WEIR_PAGE_BYTES,
				     .want_zero = ask->want_zero,
				     .at_once = ask->at_once};

	for (;;) {
		if (!search.at_once)
			weir_lock(&c->lock);
		else if (!weir_lock_soon(&c->lock))
			return (struct weir_taken){.error = WEIR_TAKE_BUSY};
		bool found = ask->want_zero || search.span != NULL;
		struct weir_span *s = found ? NULL : pool_stock_pop(c);
		if (s != NULL) {
			c->stats.hits++;
			lend(c, s, grade, ask);
			weir_unlock(&c->lock);
			return (struct weir_taken){.span = s};
		}
		search.loose = search.loose || pool_class_grows(c);
		enum pool_step step = pool_find(&search);
		if (step == POOL_BUSY) {
			weir_unlock(&c->lock);
			return (struct weir_taken){.error = WEIR_TAKE_BUSY};
		}
		heap_unlock();
		if (step == POOL_FOUND) {
			bool hit = search.was == WEIR_SPAN_DIRTY;

			c->stats.hits += hit;
			c->stats.shared_hits += hit;
			c->stats.misses += !hit;
			lend(c, search.span, grade, ask);
			weir_unlock(&c->lock);
			return served(c, &search);
		}
		weir_unlock(&c->lock);
		if (step == POOL_REFUSED)
			return refused(c, WEIR_TAKE_METADATA);
		if (!pool_prepare_again(&search, step))
			return refused(c, WEIR_TAKE_ADDRESS_SPACE);
	}
}

void
weir_pool_give(struct weir_span *s, int64_t now_ns)
{
	pool_offer(s->base, s->bytes);
	pool_give_as(s, WEIR_SPAN_DIRTY, now_ns);
}

bool
weir_span_claim(struct weir_span *s)
{
	uint8_t live = WEIR_SPAN_LIVE;

	/* STOCKED is how the heap and every reader see a block that nobody uses. */
	return atomic_compare_exchange_strong_explicit(
		&s->state, &live, WEIR_SPAN_STOCKED, memory_order_acq_rel,
		memory_order_relaxed);
}

void
weir_pool_resized(struct weir_span *s, size_t requested)
{
	if (s->grade == WEIR_SPAN_NO_GRADE) {
		extent_resized(s, requested);
		return;
	}
	struct pool_class *c = &pool_classes[s->grade];
	weir_lock(&c->lock);
	c->stats.live_requested_bytes += requested - s->requested;
	s->requested = requested;
	weir_unlock(&c->lock);
}
