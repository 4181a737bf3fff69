/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scratch API (weir/scratch.h) over the pool. It is the one front of the pool that counts
 * references: a block is released by whoever drops the last one, exactly once.
 */
#include "pool/scratch_pool.h"

#include <errno.h>
#include <time.h>

#include "pool/magazine.h"
#include "pool/pool_private.h"

#define REFS_MAX INT32_MAX

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct weir_span *
take_own(struct magazine *m, uint32_t grade, size_t bytes)
{
	struct magazine_row *row = &m->rows[grade];
	struct weir_span *s = NULL;

	if (!magazine_enter(m))
		return NULL;
	if (row->n > 0) {
		s = row->blocks[--row->n];
		magazine_set_bytes(m, magazine_bytes(m) - s->bytes);
		m->operations++;
		row->gets++;
		row->requested += bytes;
		row->live_requested += bytes;
		s->requested = bytes;
		s->flags = WEIR_SPAN_SCRATCH;
		s->kind = 0;
		weir_span_set_state(s, WEIR_SPAN_LIVE);
	}
	magazine_leave(m);
	return s;
}

static bool
give_own(struct magazine *m, struct weir_span *s)
{
	struct magazine_row *row = &m->rows[s->grade];
	bool kept = false;

	if (!magazine_enter(m))
		return false;
	if (row->n < MAGAZINE_DEPTH && magazine_bytes(m) + s->bytes <= MAGAZINE_BYTES) {
		weir_span_set_state(s, WEIR_SPAN_STOCKED);
		row->blocks[row->n++] = s;
		magazine_set_bytes(m, magazine_bytes(m) + s->bytes);
		m->operations++;
		row->puts++;
		row->live_requested -= s->requested;
		kept = true;
	}
	magazine_leave(m);
	return kept;
}

struct weir_span *
weir_scratch_take_own(size_t bytes)
{
	uint32_t grade = pool_class_of(bytes);
	struct magazine *m = magazine_own;

	if (m == NULL || grade >= pool_n_classes)
		return NULL;
	struct weir_span *s = take_own(m, grade, bytes);
	if (s != NULL)
		atomic_store_explicit(&s->refs, 1, memory_order_relaxed);
	return s;
}

struct weir_span *
weir_scratch_take(size_t bytes)
{
	uint32_t grade = pool_class_of(bytes);
	struct weir_ask ask = {.requested = bytes, .flags = WEIR_SPAN_SCRATCH};
	struct weir_span *s = weir_scratch_take_own(bytes);

	if (s != NULL)
		return s;
	if (grade < pool_n_classes) {
		s = weir_pool_take(grade, &ask).span;
	} else {
		ask.bytes = (bytes + WEIR_PAGE_BYTES - 1) & ~(WEIR_PAGE_BYTES - 1);
		ask.align = WEIR_PAGE_BYTES;
		s = ask.bytes >= bytes ? weir_extent_take(&ask).span : NULL;
	}
	if (s != NULL)
		atomic_store_explicit(&s->refs, 1, memory_order_relaxed);
	return s;
}

void
weir_scratch_give_shared(struct weir_span *s)
{
	struct magazine *m = s->grade != WEIR_SPAN_NO_GRADE ? magazine_mine() : NULL;

	if (m != NULL && give_own(m, s))
		return;
	weir_span_set_state(s, WEIR_SPAN_STOCKED);
	weir_pool_give(s, now_ns());
}

/* The scratch block in use that starts at p, or NULL. */
static struct weir_span *
scratch_at(const void *p)
{
	struct weir_span *s = weir_span_at(p);

	return s != NULL && weir_span_state(s) == WEIR_SPAN_LIVE &&
			       s->flags & WEIR_SPAN_SCRATCH
		       ? s
		       : NULL;
}

int
weir_scratch_share(const void *block)
{
	struct weir_span *s = scratch_at(block);
	uint32_t refs =
		s != NULL ? atomic_load_explicit(&s->refs, memory_order_relaxed) : 0;

	do {
		if (refs == 0)
			return -EINVAL;
		if (refs >= REFS_MAX)
			return -EOVERFLOW;
	} while (!atomic_compare_exchange_weak_explicit(
		&s->refs, &refs, refs + 1, memory_order_relaxed, memory_order_relaxed));
	return 0;
}

int
weir_scratch_release(void *block, struct weir_span **shared)
{
	struct weir_span *s = scratch_at(block);
	uint32_t refs =
		s != NULL ? atomic_load_explicit(&s->refs, memory_order_relaxed) : 0;
	struct magazine *m = magazine_own;

	*shared = NULL;
	do {
		if (refs == 0)
			return -EINVAL;
	} while (!atomic_compare_exchange_weak_explicit(
		&s->refs, &refs, refs - 1, memory_order_acq_rel, memory_order_relaxed));
	if (refs > 1)
		return 0;
	if (m == NULL || s->grade == WEIR_SPAN_NO_GRADE || !give_own(m, s))
		*shared = s;
	return 1;
}

int
weir_scratch_drop(void *block)
{
	struct weir_span *shared;
	int rc = weir_scratch_release(block, &shared);

	if (shared != NULL)
		weir_scratch_give_shared(shared);
	return rc;
}

size_t
weir_scratch_size(const void *block)
{
	struct weir_span *s = scratch_at(block);

	return s != NULL ? s->bytes : 0;
}
