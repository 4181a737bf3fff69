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

/* Usable without a commit, and long enough. In front of the span only if the block may begin anywhere. */
static struct weir_span *
unused_beside(const struct weir_span *s, size_t more, size_t align)
{
	struct weir_span *beside[] = {heap_neighbour(s, s->base + s->bytes),
				      heap_neighbour(s, s->base - 1)};

	for (int i = 0; i < (align > WEIR_PAGE_BYTES ? 1 : 2); i++)
		if (beside[i] != NULL && weir_span_state(beside[i]) == WEIR_SPAN_CLEAN &&
		    beside[i]->bytes >= more)
			return beside[i];
	return NULL;
}

struct weir_span *
heap_take_partly(size_t bytes, size_t align)
{
	struct weir_span *s = index_largest(&HEAP_FREE(WEIR_SPAN_DIRTY));
	struct weir_span *unused = NULL;
	size_t head = 0;

	for (int i = 0; i < LOOKS && s != NULL && s->bytes >= bytes / 4; i++) {
		head = heap_head(s, align);
		size_t has = s->bytes > head ? s->bytes - head : 0;

		if (has >= bytes / 4 && has < bytes)
			unused = unused_beside(s, bytes - has, align);
		if (unused != NULL)
			break;
		s = index_smaller(&HEAP_FREE(WEIR_SPAN_DIRTY), s);
	}
	if (unused == NULL)
		return NULL;
	s = heap_carve(s, head, s->bytes - head);
	heap_leave(s);
	take_in(s, unused, bytes - s->bytes);
	heap_enter(s, WEIR_SPAN_LIVE);
	return s;
}
