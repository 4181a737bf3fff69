/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scratch API (weir/scratch.h) as the shim exports it: libweir's own calls bind to these
 * when both are in a process, so that there is one pool and one set of statistics.
 */
#include "weir/scratch.h"

#include <errno.h>

#include "pool/scratch_pool.h"
#include "pool/scratch_quick.h"
#include "preload/blocks/place.h"
#include "preload/clock/timer.h"
#include "preload/ground/gate.h"
#include "preload/machine/ready.h"

#define EXPORT __attribute__((visibility("default")))

static __attribute__((noinline)) void *
take_shared(size_t bytes)
{
	struct weir_span *s = NULL;
	struct gate g;

	if (gate_enter(&g)) {
		s = ready_make() ? weir_scratch_take(bytes) : NULL;
		timer_nudge(0);
		gate_leave(&g);
	}
	if (s == NULL)
		errno = ENOMEM;
	return s != NULL ? (void *)s->base : NULL;
}

EXPORT void *
weir_scratch_get(size_t bytes)
{
	/* The clock need not hear of it: it was told when this block was put there. */
	struct weir_span *s = scratch_take_quick(bytes);

	return __builtin_expect(s != NULL, 1) ? (void *)s->base : take_shared(bytes);
}

EXPORT void *
weir_scratch_ref(void *block)
{
	gate_wake();
	int rc = weir_scratch_share(block);

	if (rc != 0)
		errno = -rc;
	return rc == 0 ? block : NULL;
}

/* A released block goes where all threads find it, and the clock hears of it. */
static __attribute__((noinline)) int
give_shared(struct weir_span *s)
{
	struct gate g;

	if (gate_enter(&g)) {
		size_t bytes = s != NULL ? s->bytes : 1;

		if (s != NULL)
			weir_scratch_give_shared(s);
		timer_nudge(bytes);
		gate_leave(&g);
	} else if (s != NULL) {
		place_defer(s);
	}
	return 1;
}

static __attribute__((noinline)) int
release(void *block)
{
	struct weir_span *shared;
	int rc = scratch_release_own(block, &shared);

	if (rc < 0) {
		gate_wake();
		rc = weir_scratch_release(block, &shared);
	}
	if (rc == 1 && (shared != NULL || !timer_need_not_know()))
		give_shared(shared);
	return rc;
}

EXPORT int
weir_scratch_unref(void *block)
{
	if (__builtin_expect(!scratch_release_last(block), 0))
		return release(block);
	return __builtin_expect(timer_need_not_know(), 1) ? 1 : give_shared(NULL);
}

EXPORT size_t
weir_scratch_capacity(const void *block)
{
	return weir_scratch_size(block);
}
