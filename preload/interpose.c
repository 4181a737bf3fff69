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
#include <unistd.h>

#include "pool/pool.h"
#include "pool/pool_stats.h"
#include "pool/region.h"
#include "preload/settings.h"
#include "preload/gate.h"
#include "preload/next.h"
#include "preload/place.h"
#include "preload/record.h"
#include "preload/suspect.h"
#include "preload/timer.h"

#define EXPORT	    __attribute__((visibility("default")))
#define COLD	    __attribute__((noinline, cold))
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define CALLER	    __builtin_return_address(0)

/* C23, not in this libc's headers. */
void free_sized(void *p, size_t size);
void free_aligned_sized(void *p, size_t align, size_t size);

EXPORT void *
malloc(size_t size)
{
	if (UNLIKELY(size >= weir_floor)) {
		void *p = place_new(size, 0, false, CALLER);

		if (p != NULL)
			return p;
	}
	return next.malloc(size);
}

EXPORT void *
calloc(size_t n, size_t size)
{
	size_t bytes;

	/* An overflow is the next allocator's to refuse. */
	if (UNLIKELY(!__builtin_mul_overflow(n, size, &bytes) && bytes >= weir_floor)) {
		void *p = place_new(bytes, 0, true, CALLER);

		if (p != NULL)
			return p;
	}
	return next.calloc(n, size);
}

EXPORT void
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
	next.free(p);
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
static COLD void *
take_over(void *p, size_t size, const void *caller)
{
	size_t old = next.malloc_usable_size(p);
	void *q = size > old ? place_new(size, 0, false, caller) : NULL;

	if (q == NULL)
		return next.realloc(p, size);
	memcpy(q, p, old);
	int saved_errno = errno;
	next.free(p);
	errno = saved_errno;
	return q;
}

static inline void *
resize(void *p, size_t size, const void *caller)
{
	if (p == NULL) {
		void *q = size >= weir_floor ? place_new(size, 0, false, caller) : NULL;

		return q != NULL ? q : next.realloc(NULL, size);
	}
	if (UNLIKELY(weir_hull_has(p))) {
		if (suspect_on)
			suspect_freed(p, caller);
		if (size == 0 && place_free(p))
			return NULL;
		enum place_resize done = size == 0    ? PLACE_NOT_OURS
					 : suspect_on ? suspect_resize(&p, size, caller)
						      : place_resize(&p, size, caller);
		if (done != PLACE_NOT_OURS)
			return done == PLACE_RESIZED ? p : NULL;
	}
	return UNLIKELY(size >= weir_floor) ? take_over(p, size, caller)
					    : next.realloc(p, size);
}

EXPORT void *
realloc(void *p, size_t size)
{
	return resize(p, size, CALLER);
}

EXPORT void *
reallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return resize(p, bytes, CALLER);
}

static bool
power_of_two(size_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

EXPORT int
posix_memalign(void **p, size_t align, size_t size)
{
	if (size >= weir_floor && power_of_two(align) && align % sizeof(void *) == 0) {
		void *q = place_new(size, align, false, CALLER);

		if (q != NULL) {
			*p = q;
			return 0;
		}
	}
	return next.posix_memalign(p, align, size);
}

/* What is no power of two is the next allocator's to round up or to refuse. */
static inline void *
aligned(size_t align, size_t size, const void *caller)
{
	return size >= weir_floor && power_of_two(align)
		       ? place_new(size, align, false, caller)
		       : NULL;
}

EXPORT void *
aligned_alloc(size_t align, size_t size)
{
	void *p = aligned(align, size, CALLER);

	return p != NULL ? p : next.aligned_alloc(align, size);
}

EXPORT void *
memalign(size_t align, size_t size)
{
	void *p = aligned(align, size, CALLER);

	return p != NULL ? p : next.memalign(align, size);
}

EXPORT void *
valloc(size_t size)
{
	void *p = aligned(WEIR_PAGE_BYTES, size, CALLER);

	return p != NULL ? p : next.valloc(size);
}

EXPORT void *
pvalloc(size_t size)
{
	size_t bytes;
	void *p = NULL;

	if (!__builtin_add_overflow(size, WEIR_PAGE_BYTES - 1, &bytes))
		p = aligned(WEIR_PAGE_BYTES, bytes & ~(WEIR_PAGE_BYTES - 1), CALLER);
	return p != NULL ? p : next.pvalloc(size);
}

EXPORT size_t
malloc_usable_size(void *p)
{
	size_t bytes;

	if (p != NULL && weir_hull_has(p) && place_size(p, &bytes))
		return bytes;
	return next.malloc_usable_size(p);
}

EXPORT int
malloc_trim(size_t pad)
{
	struct gate g;
	bool released = false;

	if (boot_done() && gate_enter(&g)) {
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

	if (boot_done() && gate_enter(&g)) {
		struct weir_live_totals live;

		weir_pool_live(&live);
		info.hblks += live.blocks;
		info.hblkhd += live.bytes;
		gate_leave(&g);
	}
	return info;
}
