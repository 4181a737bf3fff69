/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The quick part of the scratch API, inline in the functions that the shim and libweir export: blocks
 * of the thread's own magazine, without a lock, a locked instruction or a system call. What this
 * part declines is done by scratch_pool.h.
 */
#ifndef POOL_SCRATCH_QUICK_H
#define POOL_SCRATCH_QUICK_H

#include "pool/class_of.h"
#include "pool/magazine.h"
#include "pool/region.h"

#define SCRATCH_REFS_MAX INT32_MAX

static inline uint64_t
scratch_refs(const struct weir_span *s)
{
	return atomic_load_explicit(&s->refs, memory_order_acquire);
}

static inline void
scratch_set_refs(struct weir_span *s, uint64_t refs)
{
	atomic_store_explicit(&s->refs, refs, memory_order_relaxed);
}

/* A block from the thread's own magazine for `bytes`, of that class; NULL if it has none. */
static inline struct weir_span *
scratch_take_class(size_t bytes, uint32_t grade)
{
	struct magazine *m = magazine_own;
	struct weir_span *s = NULL;

	if (__builtin_expect(m == NULL, 0) || !magazine_enter(m))
		return NULL;
	struct magazine_row *row = &m->rows[grade];
	if (__builtin_expect(row->n > 0, 1)) {
		uint64_t name = m->name;

		s = row->blocks[--row->n];
		m->last = s;
		if (__builtin_expect(row->shy > 0, 0)) {
			row->shy--;
			name = 0;
			m->last = NULL;
		}
		magazine_set_bytes(m, magazine_bytes(m) - s->bytes);
		row->gets++;
		row->asked_bytes += bytes;
		s->requested = bytes;
		s->flags = WEIR_SPAN_SCRATCH;
		s->kind = 0;
		scratch_set_refs(s, name + 1);
		weir_span_set_state(s, WEIR_SPAN_LIVE);
	}
	magazine_leave(m);
	return s;
}

static inline struct weir_span *
scratch_take_own(size_t bytes)
{
	return scratch_take_class(bytes, pool_class_of(bytes));
}

/* The same without a call: of what is above 16 MB it knows nothing. */
static inline struct weir_span *
scratch_take_quick(size_t bytes)
{
	size_t page = pool_last_page(bytes);

	return __builtin_expect(page < POOL_FAST_PAGES, 1)
		       ? scratch_take_class(bytes, pool_class_by_page[page])
		       : NULL;
}

/* Puts a block into the magazine, which its owner has entered; false if it is full. */
static inline bool
scratch_keep(struct magazine *m, struct weir_span *s)
{
	struct magazine_row *row = &m->rows[s->grade];
	uint64_t bytes = magazine_bytes(m) + s->bytes;
	uint64_t most = atomic_load_explicit(&magazine_most, memory_order_relaxed);
	uint32_t n = row->n;

	if (__builtin_expect(n == MAGAZINE_DEPTH || bytes > most, 0))
		return false;
	row->blocks[n] = s;
	row->n = n + 1;
	magazine_set_bytes(m, bytes);
	row->given_bytes += s->requested;
	return true;
}

/*
 * The block at this address and its number of references, if this magazine's name is on its count;
 * NULL if not. The caller is the owner and has entered the magazine.
 */
static inline struct weir_span *
scratch_own_at(const struct magazine *m, const void *block, uint64_t *refs)
{
	struct weir_span *s = m->last;

	if (s == NULL || s->base != (uintptr_t)block)
		s = weir_span_at(block);
	if (__builtin_expect(s == NULL, 0))
		return NULL;
	*refs = scratch_refs(s) - m->name;
	/* No look at the state: only a scratch block in use has a name and a count. */
	return *refs - 1 < SCRATCH_REFS_MAX ? s : NULL;
}

/* The last reference to the block that was got last, without a call; false: nothing was done. */
static inline bool
scratch_release_last(const void *block)
{
	struct magazine *m = magazine_own;

	if (__builtin_expect(m == NULL, 0) || !magazine_enter(m))
		return false;
	struct weir_span *s = m->last;
	bool done = s != NULL && s->base == (uintptr_t)block &&
		    scratch_refs(s) == m->name + 1 && scratch_keep(m, s);
	if (__builtin_expect(done, 1)) {
		scratch_set_refs(s, 0);
		weir_span_set_state(s, WEIR_SPAN_STOCKED);
	}
	magazine_leave(m);
	return done;
}

/*
 * Drops a reference: 1 or 0 as weir_scratch_unref does; negative if the count is not this thread's
 * alone: scratch_pool.h then has to. *shared: a block that was released and that the magazine has no
 * room for, for weir_scratch_give_shared.
 */
static inline int
scratch_release_own(void *block, struct weir_span **shared)
{
	struct magazine *m = magazine_own;
	uint64_t refs = 0;
	int rc = -1;

	*shared = NULL;
	if (__builtin_expect(m == NULL, 0) || !magazine_enter(m))
		return -1;
	struct weir_span *s = scratch_own_at(m, block, &refs);
	if (__builtin_expect(refs == 1, 1)) {
		rc = 1;
		scratch_set_refs(s, 0);
		weir_span_set_state(s, WEIR_SPAN_STOCKED);
		if (!scratch_keep(m, s)) {
			m->last = NULL;
			*shared = s;
		}
	} else if (s != NULL) {
		rc = 0;
		scratch_set_refs(s, m->name + refs - 1);
	}
	magazine_leave(m);
	return rc;
}

#endif
