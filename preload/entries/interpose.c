/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interposed functions: check, delegate. Below the floor each costs one compare; free turns
 * a stranger's pointer away with a subtraction and a compare. Semantics are glibc's.
 */
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pool/pool_stats.h"
#include "preload/blocks/place.h"
#include "preload/clock/timer.h"
#include "preload/ground/gate.h"
#include "preload/ground/jump.h"
#include "preload/ground/next.h"
#include "preload/ground/next_told.h"
#include "preload/ground/record.h"
#include "preload/ground/settings.h"
#include "preload/machine/ready.h"
#include "preload/misuse/suspect.h"

#define EXPORT __attribute__((visibility("default")))
/* A cache line each, so that what these cost does not depend on what else is in the library. */
#define HOT	    __attribute__((aligned(64)))
#define COLD	    __attribute__((noinline, cold))
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define CALLER	    __builtin_return_address(0)

/*
 * Large requests are handed over by a jump, so that the small path needs no frame, and the frame
 * that the large path makes says where the host's is.
 */
#define FROM(caller)                                                                     \
	((struct place_caller){(caller), (uintptr_t)__builtin_frame_address(0)})

/* C23, not in this libc's headers. */
void free_sized(void *p, size_t size);
void free_aligned_sized(void *p, size_t align, size_t size);

static COLD void *
large_malloc(size_t size, const void *caller)
{
	void *p = place_new(size, 0, false, FROM(caller));

	return p != NULL ? p : NEXT(malloc)(size);
}

EXPORT HOT void *
malloc(size_t size)
{
	return UNLIKELY(size >= weir_floor) ? large_malloc(size, CALLER)
					    : NEXT(malloc)(size);
}

static COLD void *
large_calloc(size_t n, size_t size, const void *caller)
{
	void *p = place_new(n * size, 0, true, FROM(caller));

	return p != NULL ? p : NEXT(calloc)(n, size);
}

EXPORT void *
calloc(size_t n, size_t size)
{
	size_t bytes;

	/* An overflow is the next allocator's to refuse. */
	if (UNLIKELY(!__builtin_mul_overflow(n, size, &bytes) && bytes >= weir_floor))
		return large_calloc(n, size, CALLER);
	return NEXT(calloc)(n, size);
}

/* Not inlined below, nor is realloc: what stands in front of weir's is to come first there, too. */
EXPORT HOT __attribute__((noinline)) void
free(void *p)
{
	if (p == NULL)
		return;
	if (UNLIKELY(weir_hull_has(p))) {
		if (suspect_on)
			suspect_freed(p, CALLER);
		if (place_free(p))
			return;
	}
	NEXT(free)(p);
}

EXPORT void
free_sized(void *p, size_t size)
{
	(void)size;
	free(p);
}

EXPORT void
free_aligned_sized(void *p, size_t align, size_t size)
{
	(void)align;
	(void)size;
	free(p);
}

/* The next allocator's block grows to weir's size: it changes hands. */
static void *
take_over(void *p, size_t size, struct place_caller caller)
{
	size_t old = NEXT(malloc_usable_size)(p);
	void *q = size > old ? place_new(size, 0, false, caller) : NULL;

	if (q == NULL)
		return NEXT(realloc)(p, size);
	memcpy(q, p, old);
	int saved_errno = errno;
	NEXT(free)(p);
	errno = saved_errno;
	return q;
}

static void *
resize_own(void *p, size_t size, struct place_caller caller)
{
	if (suspect_on)
		suspect_freed(p, caller.pc);
	if (size == 0)
		return place_free(p) ? NULL : NEXT(realloc)(p, size);
	enum place_resize done = place_resize(&p, size, caller);
	if (done != PLACE_NOT_OURS)
		return done == PLACE_RESIZED ? p : NULL;
	return size >= weir_floor ? take_over(p, size, caller) : NEXT(realloc)(p, size);
}

/* Of a block of weir's, or to a size of weir's. */
static COLD void *
large_realloc(void *p, size_t size, const void *caller)
{
	void *q;

	if (p == NULL) {
		q = place_new(size, 0, false, FROM(caller));
		return q != NULL ? q : NEXT(realloc)(NULL, size);
	}
	q = weir_hull_has(p) ? resize_own(p, size, FROM(caller))
			     : take_over(p, size, FROM(caller));
	/* Not by a jump, which would give up the frame that FROM speaks of. */
	__asm__ volatile("" : "+r"(q));
	return q;
}

EXPORT __attribute__((noinline)) void *
realloc(void *p, size_t size)
{
	if (UNLIKELY(size >= weir_floor || (p != NULL && weir_hull_has(p))))
		return large_realloc(p, size, CALLER);
	return NEXT(realloc)(p, size);
}

/*
 * By realloc's name, as glibc's is: a debugger (valgrind) may replace realloc and not this. By a jump,
 * so that the caller is the host.
 */
JUMPS EXPORT void *
reallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	JUMP_OTHER realloc(p, bytes);
}

static bool
power_of_two(size_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

static COLD int
large_posix_memalign(void **p, size_t align, size_t size, const void *caller)
{
	void *q = place_new(size, align, false, FROM(caller));

	if (q == NULL)
		return NEXT(posix_memalign)(p, align, size);
	*p = q;
	return 0;
}

EXPORT int
posix_memalign(void **p, size_t align, size_t size)
{
	if (UNLIKELY(size >= weir_floor) && power_of_two(align) &&
	    align % sizeof(void *) == 0)
		return large_posix_memalign(p, align, size, CALLER);
	return NEXT(posix_memalign)(p, align, size);
}

/* What is no power of two is the next allocator's to round up or to refuse. */
#define IS_LARGE(align, size) (UNLIKELY((size) >= weir_floor) && power_of_two(align))

typedef void *aligned_function(size_t align, size_t size);

static COLD void *
large_aligned(size_t align, size_t size, aligned_function *otherwise, const void *caller)
{
	void *p = place_new(size, align, false, FROM(caller));

	return p != NULL ? p : otherwise(align, size);
}

EXPORT void *
aligned_alloc(size_t align, size_t size)
{
	return IS_LARGE(align, size)
		       ? large_aligned(align, size, NEXT(aligned_alloc), CALLER)
		       : NEXT(aligned_alloc)(align, size);
}

EXPORT void *
memalign(size_t align, size_t size)
{
	return IS_LARGE(align, size) ? large_aligned(align, size, NEXT(memalign), CALLER)
				     : NEXT(memalign)(align, size);
}

static COLD void *
large_pages(size_t size, void *(*otherwise)(size_t), const void *caller)
{
	void *p = place_new(size, weir_machine_page, false, FROM(caller));

	return p != NULL ? p : otherwise(size);
}

EXPORT void *
valloc(size_t size)
{
	return UNLIKELY(size >= weir_floor) ? large_pages(size, NEXT(valloc), CALLER)
					    : NEXT(valloc)(size);
}

EXPORT void *
pvalloc(size_t size)
{
	/* It fills whole pages; an overflow is the next allocator's to refuse. */
	if (UNLIKELY(size >= weir_floor) && size <= SIZE_MAX - WEIR_PAGE_MOST)
		return large_pages(weir_whole_pages(size), NEXT(pvalloc), CALLER);
	return NEXT(pvalloc)(size);
}

EXPORT size_t
malloc_usable_size(void *p)
{
	size_t bytes;

	if (p != NULL && weir_hull_has(p) && place_size(p, &bytes))
		return bytes;
	return NEXT(malloc_usable_size)(p);
}

EXPORT int
malloc_trim(size_t pad)
{
	struct gate g;
	bool released = false;

	if (ready_done() && gate_enter(&g)) {
		record_event(RECORD_TRIM, 1);
		released = timer_trim() != 0;
		gate_leave(&g);
	}
	return next_malloc_trim(pad) | released;
}

/* Weir's blocks are what glibc calls mmapped ones; the rest is the next allocator's own report. */
EXPORT struct mallinfo2
mallinfo2(void)
{
	struct mallinfo2 info = next_mallinfo2();
	struct gate g;

	if (ready_done() && gate_enter(&g)) {
		struct weir_live_totals live;

		weir_pool_live(&live);
		info.hblks += live.blocks;
		info.hblkhd += live.bytes;
		gate_leave(&g);
	}
	return info;
}
