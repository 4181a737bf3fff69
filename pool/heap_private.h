/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the heap share, with those of the pool that give pages back themselves (pool.c, move.c,
 * limited.c). Nobody else includes it.
 */
#ifndef POOL_HEAP_PRIVATE_H
#define POOL_HEAP_PRIVATE_H

#include <stdatomic.h>

#include "pool/heap.h"
#include "pool/index.h"
#include "pool/region.h"

/* How many bytes of a region are in use or perhaps resident, and since when none are. */
struct heap_region_use {
	uint64_t used_bytes;
	int64_t quiet_since_ns;		  /* INT64_MAX: not seen quiet yet */
	uintptr_t high;			  /* nothing from here on was ever lent */
	uintptr_t usable_from, usable_to; /* RESERVED spans in here need no commit */
};

/* Of the free states, which come one after another: DIRTY, CLEAN, RESERVED. */
#define HEAP_FREE_STATES (WEIR_SPAN_RESERVED - WEIR_SPAN_DIRTY + 1)
#define HEAP_FREE(state) heap_free[(state)-WEIR_SPAN_DIRTY]
extern struct span_index heap_free[HEAP_FREE_STATES];
extern struct weir_span heap_purging; /* list of PURGING spans */
extern struct heap_region_use heap_use[WEIR_REGIONS_MAX];
extern size_t heap_region_bytes;
extern _Atomic uint64_t heap_free_events;
extern _Atomic bool heap_gathering; /* a thread is at it */

void heap_enter(struct weir_span *s, enum weir_span_state state);
void heap_leave(struct weir_span *s);

/* The span at an address just before or behind a span; NULL: its region ends there. */
struct weir_span *heap_neighbour(const struct weir_span *s, uintptr_t address);

/* How far behind the span's start an aligned block begins. */
static inline size_t
heap_head(const struct weir_span *s, size_t align)
{
	return -s->base & (align - 1) & ~(WEIR_PAGE_BYTES - 1);
}

/* Cuts `bytes` out of a free span, `head` bytes behind its start, and makes them LIVE. */
struct weir_span *heap_carve(struct weir_span *s, size_t head, size_t bytes);

/*
 * heap_usable.c. Makes a span that was RESERVED usable, without the lock; 0 or -errno. With it: whether that was done before.
 */
int heap_commit(const struct weir_span *s);
bool heap_is_usable(const struct weir_span *s);

/* Counts that so many bytes of a free span are lent. */
void heap_count_use(size_t bytes, enum weir_span_state from);

/*
 * Makes the first `bytes` of a free or LIVE span PURGING, so that they can be worked on without the lock: they
 * are not the host's, and heap_after_fork finds them in the list if the process forks meanwhile. The rest of
 * the span, if it is longer, stays what it was, and takes a record.
 */
void heap_set_apart(struct weir_span *s, size_t bytes);

/*
 * Moves the first `bytes` of `from` to `offset` in `to`, which is usable; both spans are the
 * caller's own. Returns how many bytes were moved; if not all, *stop is what weir_pages.move said (0:
 * there may be no more moves, see origin.h). Call without the lock.
 */
size_t heap_move(const struct weir_span *from, const struct weir_span *to, size_t offset,
		 size_t bytes, int *stop);

/* May pages be moved into this region? Makes its table of origins (origin.h) if it has none. No lock. */
bool heap_may_move(struct weir_region *r);

/* The lock is held; weir_pool_use reads it without. */
static inline void
heap_count_purge(void)
{
	__atomic_store_n(&heap_stats.purges, heap_stats.purges + 1, __ATOMIC_RELAXED);
}

/* Likewise: a span became free, or a region is new. */
static inline void
heap_count_free(void)
{
	atomic_store_explicit(&heap_free_events, heap_free_events + 1,
			      memory_order_relaxed);
}

/* As much of a table of origins as is looked at under the lock in one go. */
#define HEAP_STEP_BYTES ((size_t)64 << 20)

/* The span, which is the caller's own, was mapped anew. No lock. */
void heap_forget(const struct weir_span *s);

/* Gives a span's pages back: what heap_pages->purge returns. No lock. */
int heap_discard(const struct weir_span *s);

/* Cuts a span that is in no state; the rest comes back, in no state either. Needs a record. */
struct weir_span *heap_split(struct weir_span *s, size_t bytes);

#endif
