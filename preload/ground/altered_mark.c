/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of weir's blocks a range lies in. Called by altered.c for ranges that may be weir's.
 */
#include "preload/ground/altered_mark.h"

#include <stdatomic.h>

#include "pool/pool.h"
#include "pool/region.h"
#include "preload/ground/gate.h"

/*
 * The blocks that were marked last: to look for the block around a page of a large one takes as many steps as
 * there are pages before it, and who guards one page of it often guards many. A record is never unmapped; one that
 * is another block's by now contains the page, or is passed over: under the heap's lock, for while it becomes that its
 * start may be the new one's and its length the old one's.
 */
#define RECENT 4
static _Atomic(struct weir_span *) recent[RECENT];

static struct weir_span *
recent_around(uintptr_t at)
{
	struct weir_span *found = NULL;
	struct gate g;

	if (!gate_enter(&g))
		return NULL;
	for (unsigned i = 0; i < RECENT && found == NULL; i++) {
		struct weir_span *s =
			atomic_load_explicit(&recent[i], memory_order_acquire);

		if (s != NULL && weir_pool_is_around(s, at))
			found = s;
	}
	gate_leave(&g);
	return found;
}

/* The walk takes no lock: the host's own block, and what leads to it, is nobody else's to change. */
static struct weir_span *
live_around(uintptr_t at)
{
	static _Atomic unsigned turn;
	struct weir_span *s = recent_around(at);

	if (s != NULL)
		return s;
	s = weir_span_around((const void *)at);
	if (s != NULL)
		atomic_store_explicit(&recent[atomic_fetch_add(&turn, 1) % RECENT], s,
				      memory_order_release);
	return s;
}

size_t
altered_mark(uintptr_t at, size_t bytes, uint8_t flag)
{
	uintptr_t end = at + bytes;
	size_t first = 0;

	if (gate_depth != 0)
		return 0;
	for (uintptr_t from = at; at < end;) {
		struct weir_span *s = live_around(at);

		if (s == NULL)
			break;
		at = s->base + s->bytes;
		if (weir_span_state(s) != WEIR_SPAN_LIVE)
			continue;
		__atomic_fetch_or(&s->flags, flag, __ATOMIC_RELAXED);
		if (from - s->base < s->bytes)
			first = at < end ? at - from : bytes;
	}
	return first;
}
