/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each wrapper serves the call, then counts its bytes down to the next sample. Jumped to by the
 * interposed functions, so what they return to is the host.
 */
#include "preload/sampler.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "preload/clock.h"
#include "preload/gate.h"
#include "preload/next.h"
#include "preload/place_private.h"
#include "preload/ready.h"
#include "preload/settings.h"
#include "preload/timer.h"
#include "trace/sample.h"
#include "trace/sites.h"

#define COLD	    __attribute__((noinline, cold))
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define FROM                                                                             \
	((struct place_caller){__builtin_return_address(0),                              \
			       (uintptr_t)__builtin_frame_address(0)})

static struct weir_next beneath;

/*
 * How many bytes are left until the next sample, and the state of the random numbers (0: not begun). A
 * thread always uses the same row, which the address of its thread-local data chooses; threads that
 * share a row share its samples. Not thread-local itself: the shim's 64 bytes are used up.
 */
static struct row {
	_Atomic int64_t left;
	_Atomic uint64_t random;
} __attribute__((aligned(64))) rows[64];

static struct row *
own_row(void)
{
	uintptr_t self = (uintptr_t)&gate_depth;

	return &rows[(self >> 12 ^ self >> 23) % (sizeof(rows) / sizeof(rows[0]))];
}

static uint64_t
random_bits(struct row *row)
{
	uint64_t z = atomic_fetch_add_explicit(&row->random, 0x9e3779b97f4a7c15u,
					       memory_order_relaxed);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static int64_t
draw(struct row *row)
{
	return (int64_t)weir_sample_distance(weir_config.trace_sample, random_bits(row));
}

static void
record(const void *p, size_t bytes, struct place_caller caller)
{
	struct gate g;

	if (!gate_enter(&g))
		return;
	if (ready_make()) {
		uint32_t site = weir_trace_site(caller.frame, (uintptr_t)caller.pc,
						WEIR_KIND_OTHER | WEIR_TRACE_SAMPLED);

		weir_sample_born(p, site,
				 weir_sample_weight(weir_config.trace_sample, bytes));
		timer_nudge(0);
	}
	place_leave(&g);
}

/* The count has run out, or this is the row's first call. */
static COLD void
run_out(struct row *row, const void *p, size_t bytes, struct place_caller caller)
{
	if (atomic_load(&row->random) == 0) {
		atomic_store(&row->random, ((uint64_t)clock_read(CLOCK_MONOTONIC) << 8 ^
					    (uintptr_t)row) |
						   1);
		int64_t left = draw(row);
		if (atomic_fetch_add(&row->left, left) + left >= 0)
			return;
	}
	atomic_store(&row->left, draw(row));
	if (p != NULL)
		record(p, bytes, caller);
}

static inline void
count_down(const void *p, size_t bytes, struct place_caller caller)
{
	/* A size that no allocator can serve must not overflow the count. */
	if (UNLIKELY(bytes > INT64_MAX / 4))
		return;
	struct row *row = own_row();
	int64_t left = atomic_fetch_sub_explicit(&row->left, (int64_t)bytes,
						 memory_order_relaxed);
	if (UNLIKELY(left < (int64_t)bytes))
		run_out(row, p, bytes, caller);
}

static COLD void
forget(const void *p)
{
	struct gate g;

	/* In a signal handler that interrupted weir: the sample stays until its address is used again. */
	if (!gate_enter(&g))
		return;
	weir_sample_gone(p);
	place_leave(&g);
}

static void *
sampling_malloc(size_t size)
{
	void *p = beneath.malloc(size);

	count_down(p, size, FROM);
	return p;
}

static void *
sampling_calloc(size_t n, size_t size)
{
	void *p = beneath.calloc(n, size);

	if (p != NULL)
		count_down(p, n * size, FROM);
	return p;
}

static void
sampling_free(void *p)
{
	if (UNLIKELY(weir_sample_may_be(p)))
		forget(p);
	beneath.free(p);
}

/* A sample ends with the old block; if that stays because there is no memory, it is lost. */
static void *
sampling_realloc(void *p, size_t size)
{
	if (UNLIKELY(weir_sample_may_be(p)))
		forget(p);
	void *q = beneath.realloc(p, size);
	if (q != NULL)
		count_down(q, size, FROM);
	return q;
}

static int
sampling_posix_memalign(void **p, size_t align, size_t size)
{
	int rc = beneath.posix_memalign(p, align, size);

	if (rc == 0)
		count_down(*p, size, FROM);
	return rc;
}

static void *
sampling_aligned_alloc(size_t align, size_t size)
{
	void *p = beneath.aligned_alloc(align, size);

	count_down(p, size, FROM);
	return p;
}

static void *
sampling_memalign(size_t align, size_t size)
{
	void *p = beneath.memalign(align, size);

	count_down(p, size, FROM);
	return p;
}

void
sampler_init(void)
{
	if (weir_config.trace_sample == 0 || !weir_config.trace ||
	    strcmp(weir_config.stats, "off") == 0 || weir_sample_start() != 0 ||
	    next_found() != 0)
		return;
	beneath = next;
	next.malloc = sampling_malloc;
	next.calloc = sampling_calloc;
	next.realloc = sampling_realloc;
	next.posix_memalign = sampling_posix_memalign;
	next.aligned_alloc = sampling_aligned_alloc;
	next.memalign = sampling_memalign;
	next.free = sampling_free;
}

struct weir_next *
sampler_beneath(void)
{
	return beneath.malloc != NULL ? &beneath : &next;
}
