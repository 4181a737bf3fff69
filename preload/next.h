/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The next allocator: whatever stands behind us in the symbol order, glibc or a stacked
 * jemalloc or mimalloc. Found with dlsym(RTLD_NEXT) on the first call, never by glibc's own
 * names, so that a stacked allocator keeps its blocks.
 *
 * Every pointer is always callable: until the lookup it is a stub that makes it. Calls that the
 * lookup itself makes are served from a small store of our own, whose blocks are never reused.
 */
#ifndef PRELOAD_NEXT_H
#define PRELOAD_NEXT_H

#include <malloc.h>
#include <stddef.h>

struct weir_next {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void (*free)(void *);
	int (*posix_memalign)(void **, size_t, size_t);
	void *(*aligned_alloc)(size_t, size_t);
	void *(*memalign)(size_t, size_t);
	void *(*valloc)(size_t);
	void *(*pvalloc)(size_t);
	size_t (*malloc_usable_size)(void *);
};
extern struct weir_next next __attribute__((visibility("hidden")));

/* Makes the lookup now: 0, or -ENOENT within the lookup itself. */
int next_found(void);

/* These need not exist in a next allocator; what they do without it is said in next.c. */
int next_malloc_trim(size_t pad);
struct mallinfo2 next_mallinfo2(void);

#endif
