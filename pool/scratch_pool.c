/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scratch API (weir/scratch.h) over the pool. It is the one front of the pool that counts
 * references: a block is released by whoever drops the last one, exactly once.
 */
#include "pool/scratch_pool.h"

#include <errno.h>
#include <time.h>

#include "pool/pool_private.h"
#include "pool/scratch_quick.h"

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool
give_own(struct magazine *m, struct weir_span *s)
{
	if (s->grade == WEIR_SPAN_NO_GRADE || !magazine_enter(m))
		return false;
	weir_span_set_state(s, WEIR_SPAN_STOCKED);
	bool kept = scratch_keep(m, s);
	magazine_leave(m);
	return kept;
}

struct weir_span *
weir_scratch_take(size_t bytes)
{
	struct weir_span *s = scratch_take_own(bytes);

	if (s != NULL)
		return s;
	uint32_t grade = pool_class_of(bytes);
	struct weir_ask ask = {.requested = bytes, .flags = WEIR_SPAN_SCRATCH};
	atomic_fetch_add_explicit(&scratch_events, 1, memory_order_relaxed);
	if (grade < pool_n_classes) {
		s = weir_pool_take(grade, &ask).span;
	} else {
		ask.bytes = weir_whole_pages(bytes);
		ask.align = WEIR_PAGE_BYTES;
		s = ask.bytes >= bytes ? weir_extent_take(&ask).span : NULL;
	}
	if (s != NULL)
		scratch_set_refs(s, 1);
	return s;
}

void
weir_scratch_give_shared(struct weir_span *s)
{
	struct magazine *m = s->grade != WEIR_SPAN_NO_GRADE ? magazine_mine() : NULL;

	if (m != NULL && give_own(m, s))
		return;
	atomic_fetch_add_explicit(&scratch_events, 1, memory_order_relaxed);
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

/*
 * Changes a count by one. What the count was, 0 if there is none: it is the caller's to tell
 * what that means. A count at `end` stays as it is.
 */
static uint32_t
count(struct weir_span *s, uint32_t by, uint32_t end)
{
	uint64_t refs = scratch_refs(s);

	for (;;) {
		if ((uint32_t)refs == end || (uint32_t)refs == 0)
			return (uint32_t)refs;
		if (refs >> MAGAZINE_NAME_SHIFT != 0 && magazine_unname(s, refs)) {
			refs = scratch_refs(s);
			continue;
		}
		uint64_t left = refs >> MAGAZINE_NAME_SHIFT << MAGAZINE_NAME_SHIFT |
				(uint32_t)((uint32_t)refs + by);
		if (atomic_compare_exchange_weak_explicit(
			    &s->refs, &refs, (uint32_t)left == 0 ? 0 : left,
			    memory_order_acq_rel, memory_order_acquire))
			return (uint32_t)refs;
	}
}

int
weir_scratch_share(const void *block)
{
	struct magazine *m = magazine_own;
	struct weir_span *s = NULL;

	if (m != NULL && magazine_enter(m)) {
		uint64_t refs;

		s = scratch_own_at(m, block, &refs);
		if (s != NULL && refs < SCRATCH_REFS_MAX)
			scratch_set_refs(s, m->name + refs + 1);
		else
			s = NULL;
		magazine_leave(m);
	}
	if (s != NULL)
		return 0;
	s = scratch_at(block);
	uint32_t refs = s != NULL ? count(s, 1, SCRATCH_REFS_MAX) : 0;
	return refs == 0 ? -EINVAL : refs == SCRATCH_REFS_MAX ? -EOVERFLOW : 0;
}

int
weir_scratch_release(void *block, struct weir_span **shared)
{
	struct weir_span *s = scratch_at(block);
	uint32_t refs = s != NULL ? count(s, UINT32_MAX, 0) : 0;
	struct magazine *m = magazine_own;

	*shared = NULL;
	if (refs == 1 && (m == NULL || !give_own(m, s)))
		*shared = s;
	return refs == 0 ? -EINVAL : refs == 1;
}

int
weir_scratch_drop(void *block)
{
	struct weir_span *shared;
	int rc = scratch_release_own(block, &shared);

	if (rc < 0)
		rc = weir_scratch_release(block, &shared);
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
