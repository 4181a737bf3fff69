/* SPDX-License-Identifier: Apache-2.0 */
/*
 * realloc of a block of weir's: in place if it can be, by moving page tables if that is cheaper
 * than copying, by copying otherwise; and across the floor, into the next allocator.
 */
#include <string.h>

#include "preload/blocks/place.h"
#include "preload/blocks/place_private.h"
#include "preload/clock/timer.h"
#include "preload/ground/clock.h"
#include "preload/ground/kind.h"
#include "preload/ground/next.h"
#include "preload/ground/record.h"
#include "preload/ground/settings.h"
#include "preload/misuse/misuse.h"
#include "preload/misuse/suspect.h"

/* Moving page tables costs two calls and a new kernel mapping; below this, copy. */
#define MOVE_MIN ((size_t)1 << 20)

#define CHANGED (WEIR_SPAN_ALTERED | WEIR_SPAN_ADVISED)

/* What the block's capacity is to be, if it stays. */
static size_t
capacity_for(const struct weir_span *s, size_t size, const struct weir_route *route)
{
	/*
	 * A block of a class keeps its capacity, unless most of it would be unused; if there is room
	 * behind it, it grows into an extent.
	 */
	if (s->grade != WEIR_SPAN_NO_GRADE && size <= s->bytes)
		return size > s->bytes / 2 ? s->bytes : 0;
	return s->grade == WEIR_SPAN_NO_GRADE && route->place == WEIR_PLACE_MAP
		       ? route->bytes
		       : weir_whole_pages(size);
}

static bool
in_place(struct weir_span *s, size_t size, const struct weir_route *route)
{
	size_t bytes = capacity_for(s, size, route), old = s->requested;

	/* What is cut off would be lent to others as it is. */
	if (bytes == 0 || (s->flags & CHANGED && bytes < s->bytes))
		return false;
	if (bytes == s->bytes)
		weir_pool_resized(s, size);
	else if (weir_extent_resize(s, bytes, size, clock_now_ns()) != 0)
		return false;
	record_resized(s, old);
	record_event(RECORD_REALLOC_IN_PLACE, 1);
	return true;
}

enum carried { COPIED, MOVED, LOST };

/* Brings the content over; see weir_span_move for LOST. */
static enum carried
carry_over(struct weir_span *from, struct weir_span *to, bool to_is_zero)
{
	size_t theirs = place_usable(from), room = place_usable(to);
	size_t bytes = theirs < room ? theirs : room;
	size_t pages = weir_whole_pages(bytes);

	/*
	 * Recycled pages are there already: copying into them is cheaper than moving. And what the host
	 * did to the mapping would move as well.
	 */
	bool moves = to_is_zero && bytes >= MOVE_MIN && !(from->flags & CHANGED);
	size_t moved = 0;

	if (moves && !weir_span_move(from, to, pages, &moved))
		return LOST;
	if (!moves)
		memcpy((void *)to->base, (const void *)from->base, bytes);
	record_event(moved != 0 ? RECORD_REALLOC_REMAPPED : RECORD_REALLOC_COPIED, 1);
	return moved != 0 ? MOVED : COPIED;
}

/*
 * A block that has grown once is likely to grow again: it becomes an extent, if possible with free space
 * behind it to grow into, instead of moving from class to class.
 */
static struct weir_taken
take_to_grow(const struct weir_span *s, size_t size)
{
	return weir_extent_take(&(struct weir_ask){
		.bytes = weir_whole_pages(size),
		.align = WEIR_PAGE_BYTES,
		.requested = size,
		.kind = s->kind,
		.roomy = true,
	});
}

static struct weir_span *
elsewhere(struct weir_span *s, size_t size, const struct weir_route *route,
	  struct place_caller caller)
{
	bool grows = size > s->requested;
	struct weir_taken taken =
		grows ? take_to_grow(s, size)
		      : place_take(route, size, 0, s->kind, false, false);

	if (taken.span == NULL) {
		record_passed(place_fallback(taken.error), s->kind, size);
		return NULL;
	}
	record_served(grows ? WEIR_PLACE_MAP : route->place, taken.span,
		      place_site(size, s->kind, caller));
	enum carried how = carry_over(s, taken.span, taken.zero);
	if (how == LOST)
		return NULL; /* the new place stays lent, to nobody */
	if (!weir_span_claim(s))
		misuse("realloc",
		       (void *)s->base); /* freed by another thread meanwhile */
	if (grows)
		s->flags |= WEIR_SPAN_OUTGROWN;
	if (how == MOVED) {
		int64_t now_ns = clock_now_ns();

		record_gone(s, now_ns);
		weir_pool_give_purged(s, now_ns);
	} else {
		place_give(s);
	}
	return taken.span;
}

/* Into the next allocator: below the floor, or when weir has no room. */
static enum place_resize
to_next(void **p, struct weir_span *s, size_t size)
{
	size_t theirs = place_usable(s), bytes = theirs < size ? theirs : size;
	void *q = NEXT(malloc)(size);

	if (q == NULL)
		return PLACE_NO_MEMORY;
	memcpy(q, *p, bytes);
	place_free(*p);
	*p = q;
	return PLACE_RESIZED;
}

/*
 * A little below the floor a block stays where it is, if it can: a size that goes to and fro across the
 * floor would be copied each time.
 */
static bool
stays_below(struct weir_span *s, size_t size)
{
	const struct weir_route route = {.place = WEIR_PLACE_NEXT};
	struct gate g;

	if (size < weir_floor / 2 || !gate_enter(&g))
		return false;
	bool stays = in_place(s, size, &route);
	place_leave(&g);
	return stays;
}

/* Under suspicion a block always moves, so that a use of the old address is found. */
static enum place_resize
always_move(void **p, const struct weir_span *s, size_t size, struct place_caller caller)
{
	size_t old = s->requested;
	void *q = size >= weir_floor ? place_new(size, 0, false, caller) : NULL;

	if (q == NULL)
		q = NEXT(malloc)(size);
	if (q == NULL)
		return PLACE_NO_MEMORY;
	memcpy(q, *p, old < size ? old : size);
	place_free(*p);
	*p = q;
	return PLACE_RESIZED;
}

enum place_resize
place_resize(void **p, size_t size, struct place_caller caller)
{
	struct weir_span *s = place_live(*p, "realloc");
	struct gate g;

	if (s == NULL)
		return PLACE_NOT_OURS;
	if (suspect_on)
		return always_move(p, s, size, caller);
	if (size < weir_floor)
		return stays_below(s, size) ? PLACE_RESIZED : to_next(p, s, size);
	if (!gate_enter(&g)) {
		record_nested(size);
		return to_next(p, s, size);
	}
	struct weir_route route = place_route(size, 0, kind_of(caller.pc));
	struct weir_span *q = NULL;
	bool done = false;
	/* Beyond weir's share of what is limited, what has a place may stay there. */
	bool stays = route.place != WEIR_PLACE_NEXT || route.reason == WEIR_F_LIMITED;
	if (stays && in_place(s, size, &route))
		done = true;
	else if (route.place == WEIR_PLACE_NEXT)
		record_passed((enum weir_fallback)route.reason, s->kind, size);
	else
		q = elsewhere(s, size, &route, caller);
	timer_nudge(q != NULL ? size : 0);
	place_leave(&g);
	if (q != NULL)
		*p = (void *)q->base;
	return done || q != NULL ? PLACE_RESIZED : to_next(p, s, size);
}
