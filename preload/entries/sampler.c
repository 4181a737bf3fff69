/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each wrapper counts the bytes of its call down to the next sample, or to the next look at whether to
 * sample, and jumps on to the next allocator. They are put in front of it only while there is something to
 * count or a sample to be forgotten: other threads find the one or the other.
 */
#include "preload/entries/sampler.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "pool/lock.h"
#include "preload/blocks/place_private.h"
#include "preload/clock/timer.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/jump.h"
#include "preload/ground/next.h"
#include "preload/ground/settings.h"
#include "preload/machine/ready.h"
#include "preload/machine/sampling_look.h"
#include "trace/sites/sample.h"
#include "trace/sites/sites.h"

#define HOT	    __attribute__((aligned(64)))
#define COLD	    __attribute__((noinline, cold))
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define CALLER	    __builtin_return_address(0)
#define FROM(caller)                                                                     \
	((struct place_caller){(caller), (uintptr_t)__builtin_frame_address(0)})

/* Where nothing is sampled, bytes from one look to the next. */
#define LOOK_BYTES ((uint32_t)1 << 20)

static struct weir_next beneath;
#define BENEATH(name) __atomic_load_n(&beneath.name, NEXT_ORDER)
static struct weir_lock put_lock;
static unsigned mode;

/* The state of the random numbers, 0: not begun. In rows, since few threads draw at the same time. */
static struct row {
	_Atomic uint64_t random;
} __attribute__((aligned(64))) rows[16];

static uint64_t
random_bits(void)
{
	struct row *row =
		&rows[weir_thread_shard(&gate_depth, sizeof(rows) / sizeof(rows[0]))];

	if (atomic_load_explicit(&row->random, memory_order_relaxed) == 0)
		atomic_store(&row->random, ((uint64_t)clock_read(CLOCK_MONOTONIC) << 8 ^
					    (uintptr_t)row) |
						   1);
	uint64_t z = atomic_fetch_add_explicit(&row->random, 0x9e3779b97f4a7c15u,
					       memory_order_relaxed);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* A count has 32 bits, which one distance in e^64 exceeds; of longer ones it takes several. */
#define MEAN_MOST ((uint64_t)64 << 20)

static uint32_t
draw(void)
{
	uint64_t mean = sampling_mean();
	uint64_t distance =
		weir_sample_distance(mean < MEAN_MOST ? mean : MEAN_MOST, random_bits());

	return distance < UINT32_MAX ? (uint32_t)distance : UINT32_MAX;
}

static bool
is_one_of_several(void)
{
	return sampling_mean() > MEAN_MOST &&
	       random_bits() % sampling_mean() >= MEAN_MOST;
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

		weir_sample_born(p, site, bytes);
		timer_nudge(0);
	}
	place_leave(&g);
}

/* The count has run out, or this is the thread's first call. */
static void
ran_out(const void *p, size_t bytes, struct place_caller caller)
{
	if (!sampling_now()) {
		weir_sample_left = LOOK_BYTES;
		timer_look_at_small();
		return;
	}
	if (weir_sample_left == 0) {
		uint32_t first = draw();

		if (bytes < first) {
			weir_sample_left = first - (uint32_t)bytes;
			return;
		}
	}
	weir_sample_left = draw();
	if (p != NULL && !gate_silent() && !is_one_of_several())
		record(p, bytes, caller);
}

/*
 * False: a byte of the block is chosen. Read and written apart: a handler of signals that allocates in between
 * is not counted, and the count never goes below zero.
 */
static inline bool
counted(size_t bytes)
{
	uint32_t left = weir_sample_left;

	if (UNLIKELY(bytes >= left))
		return false;
	weir_sample_left = left - (uint32_t)bytes;
	return true;
}

static COLD void
forget(const void *p)
{
	struct gate g;

	/* A copy of the process has perhaps a lock that nobody gives back. */
	if (gate_guest())
		return;
	/* In a signal handler that interrupted weir: the sample stays until its address is used again. */
	if (!gate_enter(&g))
		return;
	weir_sample_gone(p);
	place_leave(&g);
}

static COLD void *
chosen_malloc(size_t size, const void *caller)
{
	void *p = BENEATH(malloc)(size);

	ran_out(p, size, FROM(caller));
	return p;
}

JUMPS HOT static void *
counted_malloc(size_t size)
{
	if (!counted(size))
		return chosen_malloc(size, CALLER);
	JUMP BENEATH(malloc)(size);
}

static COLD void *
chosen_calloc(size_t n, size_t size, const void *caller)
{
	void *p = BENEATH(calloc)(n, size);

	ran_out(p, n * size, FROM(caller));
	return p;
}

JUMPS static void *
counted_calloc(size_t n, size_t size)
{
	size_t bytes;

	/* An overflow is the next allocator's to refuse. */
	if (!__builtin_mul_overflow(n, size, &bytes) && !counted(bytes))
		return chosen_calloc(n, size, CALLER);
	JUMP BENEATH(calloc)(n, size);
}

JUMPS HOT static void
watched_free(void *p)
{
	if (UNLIKELY(weir_sample_may_be(p)))
		forget(p);
	JUMP BENEATH(free)(p);
}

static COLD void *
chosen_realloc(void *p, size_t size, const void *caller)
{
	void *q = BENEATH(realloc)(p, size);

	if (q != NULL)
		ran_out(q, size, FROM(caller));
	return q;
}

/* A sample ends with the old block; if that stays because there is no memory, it is lost. */
JUMPS static void *
counted_realloc(void *p, size_t size)
{
	if (UNLIKELY(weir_sample_may_be(p)))
		forget(p);
	if (!counted(size))
		return chosen_realloc(p, size, CALLER);
	JUMP BENEATH(realloc)(p, size);
}

JUMPS static void *
watched_realloc(void *p, size_t size)
{
	if (UNLIKELY(weir_sample_may_be(p)))
		forget(p);
	JUMP BENEATH(realloc)(p, size);
}

static COLD int
counted_posix_memalign(void **p, size_t align, size_t size)
{
	int rc = BENEATH(posix_memalign)(p, align, size);

	if (rc == 0 && !counted(size))
		ran_out(*p, size, FROM(CALLER));
	return rc;
}

static COLD void *
counted_aligned_alloc(size_t align, size_t size)
{
	void *p = BENEATH(aligned_alloc)(align, size);

	if (!counted(size))
		ran_out(p, size, FROM(CALLER));
	return p;
}

static COLD void *
counted_memalign(size_t align, size_t size)
{
	void *p = BENEATH(memalign)(align, size);

	if (!counted(size))
		ran_out(p, size, FROM(CALLER));
	return p;
}

/* Frees are watched before anything is chosen. */
static void
put_all(void)
{
	bool counts = mode & (SAMPLING_COUNTS | SAMPLING_LOOKS);
	bool watches = mode & (SAMPLING_COUNTS | SAMPLING_FREES);

#define PUT(name, function) __atomic_store_n(&next.name, (function), __ATOMIC_RELEASE)
#define COUNT(name)	    PUT(name, counts ? counted_##name : BENEATH(name))
	PUT(free, watches ? watched_free : BENEATH(free));
	PUT(realloc, counts    ? counted_realloc
		     : watches ? watched_realloc
			       : BENEATH(realloc));
	COUNT(malloc);
	COUNT(calloc);
	COUNT(posix_memalign);
	COUNT(aligned_alloc);
	COUNT(memalign);
#undef COUNT
#undef PUT
}

static void
be(unsigned on, unsigned off)
{
	weir_lock(&put_lock);
	if (((mode & ~off) | on) != mode) {
		mode = (mode & ~off) | on;
		put_all();
	}
	weir_unlock(&put_lock);
}

void
sampler_init(void)
{
	if (weir_config.trace_sample == 0 || !weir_config.trace ||
	    strcmp(weir_config.stats, "off") == 0 || next_found() != 0)
		return;
	beneath = next;
	sampling_init(be);
}

struct weir_next *
sampler_beneath(void)
{
	return beneath.malloc != NULL ? &beneath : &next;
}

void
sampler_changed(void)
{
	if (beneath.malloc == NULL)
		return;
	weir_lock(&put_lock);
	put_all();
	weir_unlock(&put_lock);
}

void
sampler_after_fork(void)
{
	weir_lock_reset(&put_lock);
}
