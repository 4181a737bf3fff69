/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks whose pages do not stay in the pool: moved ones, and those that go back at once.
 */
#include "pool/pool_private.h"

#include <errno.h>

/* Of the 65530 mappings a process may have by default, leave the host nearly all. */
#define MOVED_MAX 1024

static _Atomic unsigned n_moved;

int
weir_span_move(struct weir_span *from, struct weir_span *to, size_t bytes)
{
	if (atomic_fetch_add_explicit(&n_moved, 1, memory_order_relaxed) >= MOVED_MAX) {
		atomic_fetch_sub_explicit(&n_moved, 1, memory_order_relaxed);
		return -ENOSPC;
	}
	int rc = heap_pages->move((void *)from->base, (void *)to->base, bytes);
	if (rc == 0)
		to->flags |= WEIR_SPAN_MOVED;
	else
		atomic_fetch_sub_explicit(&n_moved, 1, memory_order_relaxed);
	return rc;
}

/* Gives the pages back; the state the span is in then, or -errno. */
static int
discard(const struct weir_span *s)
{
	if (s->flags & WEIR_SPAN_SEALED)
		return WEIR_SPAN_RESERVED;
	if (s->flags & WEIR_SPAN_MOVED) {
		int rc = heap_pages->reset((void *)s->base, s->bytes);

		/* Also if it failed: the mapping is then joined with others by no one. */
		atomic_fetch_sub_explicit(&n_moved, 1, memory_order_relaxed);
		return rc == 0 ? WEIR_SPAN_RESERVED : rc;
	}
	int rc = heap_pages->purge((void *)s->base, s->bytes);
	if (rc < 0)
		return rc;
	return rc == WEIR_PURGED_RESERVED ? WEIR_SPAN_RESERVED : WEIR_SPAN_CLEAN;
}

void
weir_pool_give_purged(struct weir_span *s, int64_t now_ns)
{
	int state = discard(s);
	struct pool_class *c =
		s->grade != WEIR_SPAN_NO_GRADE ? &pool_classes[s->grade] : NULL;

	if (state < 0) {
		pool_give_dirty(s, now_ns);
		return;
	}
	if (c != NULL) {
		weir_lock(&c->lock);
		pool_class_given(c, s);
		c->stats.evicted++;
	}
	weir_lock(&heap_mutex);
	if (c == NULL)
		extent_given(s);
	heap_stats.purges++;
	heap_stats.purged_bytes += s->bytes;
	heap_put(s, (enum weir_span_state)state, now_ns);
	heap_unlock();
	if (c != NULL)
		weir_unlock(&c->lock);
}

void
weir_pool_give(struct weir_span *s, int64_t now_ns)
{
	if (s->flags & WEIR_SPAN_MOVED)
		weir_pool_give_purged(s, now_ns);
	else
		pool_give_dirty(s, now_ns);
}
