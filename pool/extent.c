/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extents: blocks of any page-multiple size, straight from the heap. Their counters change in
 * the same locked section as their spans.
 */
#include "pool/pool_private.h"

#include <errno.h>

struct weir_extent_stats extent_stats;
uint64_t extent_scratch_gets, extent_scratch_puts, extent_scratch_inherited;

static void
held(uint64_t more)
{
	extent_stats.live_held_bytes += more;
	if (extent_stats.live_held_bytes > extent_stats.live_held_peak_bytes)
		extent_stats.live_held_peak_bytes = extent_stats.live_held_bytes;
}

static void
lend(const struct pool_search *found, const struct weir_ask *ask)
{
	struct weir_span *s = found->span;

	s->requested = ask->requested;
	s->kind = ask->kind;
	s->flags = ask->flags;
	extent_stats.gets++;
	extent_stats.live++;
	extent_stats.recycled_dirty += found->was == WEIR_SPAN_DIRTY;
	extent_stats.recycled_zero += found->was == WEIR_SPAN_CLEAN;
	extent_stats.fresh += found->was == WEIR_SPAN_RESERVED;
	extent_stats.live_requested_bytes += ask->requested;
	extent_scratch_gets += (ask->flags & WEIR_SPAN_SCRATCH) != 0;
	held(s->bytes);
}

/* A block that the kernel would not commit: as if it had never been asked for. */
static void
unlend(struct weir_span *s)
{
	weir_lock(&heap_mutex);
	extent_stats.gets--;
	extent_stats.live--;
	extent_stats.fresh--;
	extent_stats.live_requested_bytes -= s->requested;
	extent_stats.live_held_bytes -= s->bytes;
	extent_scratch_gets -= (s->flags & WEIR_SPAN_SCRATCH) != 0;
	heap_count_fresh(-(int64_t)s->bytes);
	heap_put(s, WEIR_SPAN_RESERVED, s->freed_ns);
	heap_unlock();
}

static struct weir_taken
refused(enum weir_take_error error)
{
	weir_lock(&heap_mutex);
	extent_stats.gets++;
	extent_stats.refused++;
	heap_unlock();
	return (struct weir_taken){.error = error};
}

struct weir_taken
weir_extent_take(const struct weir_ask *ask)
{
	struct pool_search search = {.bytes = ask->bytes,
				     .align = ask->align,
				     .want_zero = ask->want_zero,
				     .at_once = ask->at_once,
				     .roomy =
					     ask->roomy && ask->align <= WEIR_PAGE_BYTES};

	for (;;) {
		enum pool_step step = pool_find(&search);
		if (step == POOL_BUSY)
			return (struct weir_taken){.error = WEIR_TAKE_BUSY};
		if (step == POOL_FOUND)
			lend(&search, ask);
		heap_unlock();
		if (step == POOL_FOUND) {
			if (pool_commit(&search) == 0)
				return (struct weir_taken){.span = search.span,
							   .zero = search.was !=
								   WEIR_SPAN_DIRTY};
			unlend(search.span);
			if (!search.roomy)
				return refused(WEIR_TAKE_COMMIT);
			/* Room around it takes the kernel a mapping more, and perhaps none is left. */
			search.roomy = false;
			search.span = NULL;
			continue;
		}
		if (step == POOL_REFUSED)
			return refused(WEIR_TAKE_METADATA);
		if (!pool_prepare_again(&search, step))
			return refused(WEIR_TAKE_ADDRESS_SPACE);
	}
}

void
extent_given(const struct weir_span *s)
{
	extent_stats.puts++;
	extent_stats.live--;
	extent_stats.live_requested_bytes -= s->requested;
	extent_stats.live_held_bytes -= s->bytes;
	extent_scratch_puts += (s->flags & WEIR_SPAN_SCRATCH) != 0;
}

void
extent_resized(struct weir_span *s, size_t requested)
{
	weir_lock(&heap_mutex);
	extent_stats.live_requested_bytes += requested - s->requested;
	s->requested = requested;
	heap_unlock();
}

/* A block of a class that has grown beyond it; both locks are held. */
static void
leave_class(struct pool_class *c, struct weir_span *s)
{
	pool_class_given(c, s);
	pool_class_grew(c);
	c->stats.evicted++;
	s->grade = WEIR_SPAN_NO_GRADE;
	extent_stats.gets++;
	extent_stats.live++;
	extent_stats.recycled_dirty++;
	extent_stats.live_requested_bytes += s->requested;
	held(s->bytes);
}

/* Without any lock: what was not usable is. */
static int
commit_behind(struct heap_behind *behind)
{
	for (unsigned i = 0; i < behind->n; i++) {
		struct weir_span *s = behind->piece[i];

		if (behind->was[i] != WEIR_SPAN_RESERVED)
			continue;
		if (heap_pages->commit((void *)s->base, s->bytes) != 0)
			return -ENOMEM;
		behind->was[i] = WEIR_SPAN_CLEAN;
	}
	return 0;
}

/* Lengthens the block, which its caller has to itself, by what is free behind it. */
static int
grow(struct weir_span *s, size_t more, size_t requested)
{
	struct pool_class *c =
		s->grade != WEIR_SPAN_NO_GRADE ? &pool_classes[s->grade] : NULL;
	struct heap_behind behind;
	int rc = 0;
	bool ready = heap_lock();

	if (!ready || !heap_take_behind(s, more, &behind)) {
		heap_unlock();
		return -ENOMEM;
	}
	pool_note_lent(more);
	if (c != NULL || behind.fresh_bytes != 0) {
		uint64_t price = behind.fresh_bytes != 0 ? pool_price(0) : 0;

		heap_unlock();
		if (price != 0)
			pool_pay(price);
		rc = commit_behind(&behind);
		if (c != NULL)
			weir_lock(&c->lock);
		weir_lock(&heap_mutex);
	}
	if (rc == 0) {
		if (c != NULL)
			leave_class(c, s);
		heap_append(s, &behind);
		extent_stats.live_requested_bytes += requested - s->requested;
		s->requested = requested;
		held(more);
	} else {
		heap_leave_behind(&behind);
	}
	heap_unlock();
	if (c != NULL)
		weir_unlock(&c->lock);
	return rc;
}

static int
shrink(struct weir_span *s, size_t bytes, size_t requested, int64_t now_ns)
{
	pool_offer(s->base + bytes, s->bytes - bytes);
	bool ready = heap_lock();

	if (ready) {
		extent_stats.live_held_bytes -= s->bytes - bytes;
		extent_stats.live_requested_bytes += requested - s->requested;
		s->requested = requested;
		heap_cut(s, bytes, WEIR_SPAN_DIRTY, now_ns);
	}
	heap_unlock();
	return ready ? 0 : -ENOMEM;
}

int
weir_extent_resize(struct weir_span *s, size_t bytes, size_t requested, int64_t now_ns)
{
	if (bytes > s->bytes)
		return grow(s, bytes - s->bytes, requested);
	if (bytes < s->bytes)
		return shrink(s, bytes, requested, now_ns);
	extent_resized(s, requested);
	return 0;
}
