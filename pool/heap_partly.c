/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where no free span is large enough for a request and gathering is not worth it, or another thread is at it: a
 * recycled span and unused space beside it. Only the pages of that are new. No system call.
 */
#include "pool/heap_private.h"

#include "pool/records.h"

/* So many spans are looked at, none shorter than a quarter of the request. */
#define LOOKS 32

/* `more` bytes of an unused span become those of its neighbour, which is in no state. */
static void
take_in(struct weir_span *s, struct weir_span *unused, size_t more)
{
	heap_leave(unused);
	if (unused->bytes > more) {
		bool behind = unused->base > s->base;
		struct weir_span *front = unused;
		struct weir_span *end =
			heap_split(front, behind ? more : front->bytes - more);

		heap_enter(behind ? end : front, WEIR_SPAN_CLEAN);
		unused = behind ? front : end;
	}
	if (unused->base < s->base)
		s->base = unused->base;
	s->bytes += more;
	record_free(unused);
	heap_count_use(more, WEIR_SPAN_CLEAN);
}

/* Usable without a commit, and long enough. */
static struct weir_span *
unused_beside(const struct weir_span *s, size_t more)
{
	struct weir_span *beside[] = {heap_neighbour(s, s->base + s->bytes),
				      heap_neighbour(s, s->base - 1)};

	for (int i = 0; i < 2; i++)
		if (beside[i] != NULL && weir_span_state(beside[i]) == WEIR_SPAN_CLEAN &&
		    beside[i]->bytes >= more)
			return beside[i];
	return NULL;
}

struct weir_span *
heap_take_partly(size_t bytes)
{
	struct weir_span *s = index_largest(&HEAP_FREE(WEIR_SPAN_DIRTY));
	struct weir_span *unused = NULL;

	for (int i = 0; i < LOOKS && s != NULL && s->bytes >= bytes / 4; i++) {
		if (s->bytes < bytes)
			unused = unused_beside(s, bytes - s->bytes);
		if (unused != NULL)
			break;
		s = index_smaller(&HEAP_FREE(WEIR_SPAN_DIRTY), s);
	}
	if (unused == NULL)
		return NULL;
	heap_leave(s);
	heap_count_use(s->bytes, WEIR_SPAN_DIRTY);
	take_in(s, unused, bytes - s->bytes);
	s->grade = WEIR_SPAN_NO_GRADE;
	s->flags = 0;
	heap_enter(s, WEIR_SPAN_LIVE);
	return s;
}
