/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making reserved memory usable, some of it ahead of need. The kernel changes a mapping only when nobody works in it, so
 * that a call for each block waits for whoever gives pages of others back, and may have lost its processor there. A block
 * that lies in what is usable needs no call. Where it is placed does not depend on it: spans stay RESERVED.
 */
#include "pool/heap_private.h"

/* So much of what is lent, at most heap_ahead_most. */
#define AHEAD_SHARE 16

_Atomic size_t heap_ahead_most;
uint64_t heap_ahead_bytes;

bool
heap_is_usable(const struct weir_span *s)
{
	const struct heap_region_use *use = &heap_use[s->region];

	return s->base >= use->usable_from && s->base + s->bytes <= use->usable_to;
}

static void
made_usable(struct heap_region_use *use, uintptr_t from, uintptr_t to)
{
	if (from < use->usable_from || from > use->usable_to)
		use->usable_from = from;
	use->usable_to = to;
}

/* What is reserved behind the block, for the time of the call nobody's. */
static struct weir_span *
take_ahead(const struct weir_span *s)
{
	size_t most = __atomic_load_n(&heap_stats.state_bytes[WEIR_SPAN_LIVE],
				      __ATOMIC_RELAXED) /
			      AHEAD_SHARE &
		      -WEIR_PAGE_MOST;
	struct weir_span *ahead = NULL;

	if (most > heap_ahead_most)
		most = heap_ahead_most;
	if (most == 0)
		return NULL;
	bool ready;
	/* It is for later: not worth a wait. */
	if (!heap_lock_spin(&ready))
		return NULL;
	if (ready)
		ahead = heap_neighbour(s, s->base + s->bytes);
	if (ahead != NULL && weir_span_state(ahead) != WEIR_SPAN_RESERVED)
		ahead = NULL;
	if (ahead != NULL) {
		heap_set_apart(ahead, most);
		heap_ahead_bytes += ahead->bytes;
	}
	heap_unlock();
	return ahead;
}

/* After mlockall for what comes, the kernel fills what is made usable: that is not to be more than is asked for. */
static bool
is_filled(const struct weir_span *ahead)
{
	if (heap_pages->resident((void *)ahead->base, weir_machine_page) == 0)
		return false;
	heap_ahead_most = 0;
	heap_pages->purge((void *)ahead->base, ahead->bytes);
	return true;
}

int
heap_commit(const struct weir_span *s)
{
	struct weir_span *ahead = take_ahead(s);
	size_t more = ahead != NULL ? ahead->bytes : 0;
	int rc = heap_pages->commit((void *)s->base, s->bytes + more);

	if (ahead == NULL)
		return rc;
	bool usable = rc == 0 && !is_filled(ahead);
	weir_lock(&heap_mutex);
	weir_list_remove(ahead);
	heap_ahead_bytes -= more;
	heap_put(ahead, WEIR_SPAN_RESERVED, ahead->freed_ns);
	if (usable)
		made_usable(&heap_use[s->region], s->base, s->base + s->bytes + more);
	heap_unlock();
	return rc == 0 ? 0 : heap_pages->commit((void *)s->base, s->bytes);
}
