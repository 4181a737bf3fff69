/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests below the floor cost a compare and a jump, or go through the sampler (small.h); a free costs a look at one
 * byte. A record is taken out
 * before its block is freed, for the address may be another thread's block right after.
 */
#include "observe/hooks.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "observe/blocks.h"
#include "observe/mappings.h"
#include "observe/small.h"
#include "preload/ground/jump.h"
#include "preload/ground/settings.h"

#define COLD	    __attribute__((noinline, cold))
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define CALLER	    __builtin_return_address(0)

/* The frame of whoever is jumped to says where the host's is: as in preload/entries/interpose.c. */
#define FROM(caller)                                                                     \
	((struct place_caller){(caller), (uintptr_t)__builtin_frame_address(0)})

static COLD void *
large_malloc(size_t size, const void *caller)
{
	void *p = originals.malloc(size);

	if (p != NULL)
		blocks_born(p, size, FROM(caller));
	return p;
}

JUMPS static void *
hook_malloc(size_t size)
{
	if (UNLIKELY(size >= weir_floor))
		return large_malloc(size, CALLER);
	JUMP NEXT(malloc)(size);
}

static COLD void *
large_calloc(size_t n, size_t size, const void *caller)
{
	void *p = originals.calloc(n, size);

	if (p != NULL)
		blocks_born(p, n * size, FROM(caller));
	return p;
}

JUMPS static void *
hook_calloc(size_t n, size_t size)
{
	size_t bytes;

	if (UNLIKELY(!__builtin_mul_overflow(n, size, &bytes) && bytes >= weir_floor))
		return large_calloc(n, size, CALLER);
	JUMP NEXT(calloc)(n, size);
}

JUMPS static void
hook_free(void *p)
{
	if (UNLIKELY(blocks_may_have(p)))
		blocks_gone(p);
	JUMP NEXT(free)(p);
}

/* A block that could not be resized is still there. */
static COLD void *
known_realloc(void *p, size_t size, const void *caller)
{
	struct block before;
	bool known = p != NULL && blocks_may_have(p) && blocks_take(p, &before);

	if (!known && p != NULL)
		small_outgrown(p);
	void *q = originals.realloc(p, size);

	if (known && q == NULL && size != 0)
		blocks_put_back(&before);
	else if (known)
		blocks_forget(&before);
	if (q != NULL && size >= weir_floor)
		blocks_born(q, size, FROM(caller));
	return q;
}

JUMPS static void *
hook_realloc(void *p, size_t size)
{
	if (UNLIKELY(size >= weir_floor || blocks_may_have(p)))
		return known_realloc(p, size, CALLER);
	JUMP NEXT(realloc)(p, size);
}

JUMPS static void *
hook_reallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	if (UNLIKELY(bytes >= weir_floor || blocks_may_have(p)))
		return known_realloc(p, bytes, CALLER);
	JUMP_OTHER NEXT(realloc)(p, bytes);
}

static COLD int
large_posix_memalign(void **p, size_t align, size_t size, const void *caller)
{
	int rc = originals.posix_memalign(p, align, size);

	if (rc == 0 && *p != NULL)
		blocks_born(*p, size, FROM(caller));
	return rc;
}

JUMPS static int
hook_posix_memalign(void **p, size_t align, size_t size)
{
	if (UNLIKELY(size >= weir_floor))
		return large_posix_memalign(p, align, size, CALLER);
	JUMP NEXT(posix_memalign)(p, align, size);
}

typedef void *aligned_function(size_t align, size_t size);

static COLD void *
large_aligned(size_t align, size_t size, aligned_function *real, const void *caller)
{
	void *p = real(align, size);

	if (p != NULL)
		blocks_born(p, size, FROM(caller));
	return p;
}

JUMPS static void *
hook_aligned_alloc(size_t align, size_t size)
{
	if (UNLIKELY(size >= weir_floor))
		return large_aligned(align, size, originals.aligned_alloc, CALLER);
	JUMP NEXT(aligned_alloc)(align, size);
}

JUMPS static void *
hook_memalign(size_t align, size_t size)
{
	if (UNLIKELY(size >= weir_floor))
		return large_aligned(align, size, originals.memalign, CALLER);
	JUMP NEXT(memalign)(align, size);
}

static COLD void *
large_pages(size_t size, void *(*real)(size_t), const void *caller)
{
	void *p = real(size);

	if (p != NULL)
		blocks_born(p, size, FROM(caller));
	return p;
}

static void *
hook_valloc(size_t size)
{
	return UNLIKELY(size >= weir_floor) ? large_pages(size, originals.valloc, CALLER)
					    : originals.valloc(size);
}

static void *
hook_pvalloc(size_t size)
{
	return UNLIKELY(size >= weir_floor) ? large_pages(size, originals.pvalloc, CALLER)
					    : originals.pvalloc(size);
}

#define hook_mmap   mappings_mmap
#define hook_mmap64 mappings_mmap64

const void *
hooks_of(enum original which)
{
	static const void *const hooks[N_ORIGINALS] = {
#define X(name) (const void *)hook_##name,
#include "observe/observed.def"
#undef X
	};

	return hooks[which];
}
