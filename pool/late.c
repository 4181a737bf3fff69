/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks on their way back whose thread did not wait for a lock. Whoever holds a lock for long has lost its processor:
 * a thread that sleeps for it loses its own as well, and gets it back later than the lock. A free need not wait: the
 * block stays here, out of use and lent as before, until somebody gets the locks who works on the pool anyway.
 */
#include "pool/pool_private.h"

#include "pool/heap_private.h"

/* More than a few are memory that nobody has: who frees then waits. */
#define LATE_MOST 64
/* Given for others by a free that had no wait itself, so that they become fewer. */
#define LATE_AT_ONCE 2

_Atomic(struct weir_span *) pool_late;
static _Atomic unsigned n_late;
/* Held by whoever has taken some off the list: a fork waits for it, or they would be lost in the child. */
static struct weir_lock working;

static bool
lock_for_give(struct weir_lock *lock, bool at_once)
{
	if (at_once)
		return weir_lock_spin(lock);
	weir_lock(lock);
	return true;
}

static bool
give_to_stock(struct pool_class *c, struct weir_span *s, bool at_once)
{
	if (!lock_for_give(&c->lock, at_once))
		return false;
	pool_class_given(c, s);
	pool_stock_push(c, s, s->freed_ns);
	weir_unlock(&c->lock);
	return true;
}

/* The state is DIRTY, or another one if it was just purged. */
static bool
give_to_heap(struct pool_class *c, struct weir_span *s, enum weir_span_state state,
	     bool at_once)
{
	if (c != NULL && !lock_for_give(&c->lock, at_once))
		return false;
	if (!lock_for_give(&heap_mutex, at_once)) {
		if (c != NULL)
			weir_unlock(&c->lock);
		return false;
	}
	if (c == NULL) {
		extent_given(s);
	} else {
		pool_class_given(c, s);
		if (s->flags & WEIR_SPAN_OUTGROWN)
			pool_class_grew(c);
		c->stats.evicted++;
	}
	if (state != WEIR_SPAN_DIRTY) {
		heap_count_purge();
		heap_stats.purged_bytes += s->bytes;
	}
	heap_put(s, state, s->freed_ns);
	heap_unlock();
	if (c != NULL)
		weir_unlock(&c->lock);
	return true;
}

static bool
give(struct weir_span *s, enum weir_span_state state, bool at_once)
{
	struct pool_class *c =
		s->grade != WEIR_SPAN_NO_GRADE ? &pool_classes[s->grade] : NULL;

	if (state == WEIR_SPAN_DIRTY && c != NULL && !(s->flags & WEIR_SPAN_OUTGROWN) &&
	    !pool_stock_is_full(c))
		return give_to_stock(c, s, at_once);
	return give_to_heap(c, s, state, at_once);
}

static void
push(struct weir_span *s)
{
	struct weir_span *first = atomic_load_explicit(&pool_late, memory_order_relaxed);

	atomic_fetch_add_explicit(&n_late, 1, memory_order_relaxed);
	/* Release: who takes it off reads what was written of it. */
	do
		s->next = first;
	while (!atomic_compare_exchange_weak_explicit(
		&pool_late, &first, s, memory_order_release, memory_order_relaxed));
}

/* The last that came. Only one thread takes off, so that the one behind it is still there. */
static struct weir_span *
pop(void)
{
	struct weir_span *s = atomic_load_explicit(&pool_late, memory_order_acquire);

	while (s != NULL && !atomic_compare_exchange_weak_explicit(
				    &pool_late, &s, s->next, memory_order_acquire,
				    memory_order_acquire))
		;
	if (s != NULL)
		atomic_fetch_sub_explicit(&n_late, 1, memory_order_relaxed);
	return s;
}

static void
late_some(void)
{
	struct weir_span *s;

	if (!weir_trylock(&working))
		return;
	for (int i = 0; i < LATE_AT_ONCE && (s = pop()) != NULL; i++)
		if (!give(s, (enum weir_span_state)s->late_state, true)) {
			push(s);
			break;
		}
	weir_unlock(&working);
}

void
pool_late_freeze(void)
{
	struct weir_span *s;

	weir_lock(&working);
	while ((s = pop()) != NULL)
		give(s, (enum weir_span_state)s->late_state, false);
}

void
pool_late_thaw(void)
{
	weir_unlock(&working);
}

void
pool_late_after_fork(void)
{
	weir_lock_reset(&working);
}

void
pool_give_as(struct weir_span *s, enum weir_span_state state, int64_t now_ns)
{
	bool at_once = atomic_load_explicit(&n_late, memory_order_relaxed) < LATE_MOST;

	s->freed_ns = now_ns;
	if (give(s, state, at_once)) {
		if (atomic_load_explicit(&pool_late, memory_order_relaxed) != NULL)
			late_some();
		return;
	}
	s->late_state = (uint16_t)state;
	push(s);
}
