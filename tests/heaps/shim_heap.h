/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole shim as a library of functions with other names (renamed.h), for sanitizers and
 * fuzzers, which a preload cannot have: its heap, and the next allocator's to compare it with.
 */
#ifndef TESTS_HEAPS_SHIM_HEAP_H
#define TESTS_HEAPS_SHIM_HEAP_H

#include <stdbool.h>

#include "policy/options.h"
#include "preload/ground/next.h"
#include "preload/ground/settings.h"
#include "preload/misuse/suspect.h"
#include "tests/heaps/heap_pairs.h"

void *shim_malloc(size_t size);
void *shim_calloc(size_t n, size_t size);
void *shim_realloc(void *p, size_t size);
void *shim_reallocarray(void *p, size_t n, size_t size);
int shim_posix_memalign(void **p, size_t align, size_t size);
void *shim_aligned_alloc(size_t align, size_t size);
void *shim_memalign(size_t align, size_t size);
void *shim_valloc(size_t size);
void *shim_pvalloc(size_t size);
void shim_free(void *p);
size_t shim_malloc_usable_size(void *p);
int shim_malloc_trim(size_t pad);

static const struct heap shim_heap = {
	.malloc = shim_malloc,
	.calloc = shim_calloc,
	.realloc = shim_realloc,
	.reallocarray = shim_reallocarray,
	.posix_memalign = shim_posix_memalign,
	.aligned_alloc = shim_aligned_alloc,
	.memalign = shim_memalign,
	.valloc = shim_valloc,
	.pvalloc = shim_pvalloc,
	.free = shim_free,
	.malloc_usable_size = shim_malloc_usable_size,
	.malloc_trim = shim_malloc_trim,
};

static inline void *
next_reallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX;
	return NEXT(realloc)(p, bytes);
}

static inline int
no_trim(size_t pad)
{
	(void)pad;
	return 0;
}

/* The allocator behind the shim, once it has been found. */
static inline struct heap
next_heap(void)
{
	NEXT(free)(NEXT(malloc)(1));
	return (struct heap){
		.malloc = next.malloc,
		.calloc = next.calloc,
		.realloc = next.realloc,
		.reallocarray = next_reallocarray,
		.posix_memalign = next.posix_memalign,
		.aligned_alloc = next.aligned_alloc,
		.memalign = next.memalign,
		.valloc = next.valloc,
		.pvalloc = next.pvalloc,
		.free = next.free,
		.malloc_usable_size = next.malloc_usable_size,
		.malloc_trim = no_trim,
	};
}

/* Other options than those the process started with; only while no block is live. */
static inline void
shim_options(const char *text)
{
	struct weir_option_issue issue;

	weir_options_defaults(&weir_config);
	if (weir_options_parse(&weir_config, text, &issue, 1) != 0)
		__builtin_trap();
	weir_floor = weir_config.floor;
	suspect_init();
}

#endif
