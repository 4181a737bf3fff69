/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's allocator, as its references would lead to it: of each function of observed.def the first object in
 * the loader's order that defines it. Not by dlsym: an executable without PIE that takes malloc's address has an
 * entry of its own that passes for malloc and leads through a slot that is ours by then.
 */
#ifndef OBSERVE_ORIGINALS_H
#define OBSERVE_ORIGINALS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/types.h>

#undef mmap64 /* with musl, another name of mmap */

enum original {
#define X(name) ORIGINAL_##name,
#include "observe/observed.def"
#undef X
	N_ORIGINALS
};

/* Those of the allocator come first. */
static inline bool
original_maps(enum original which)
{
	return which >= ORIGINAL_mmap;
}

struct originals {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void (*free)(void *);
	int (*posix_memalign)(void **, size_t, size_t);
	void *(*aligned_alloc)(size_t, size_t);
	void *(*memalign)(size_t, size_t);
	void *(*valloc)(size_t);
	void *(*pvalloc)(size_t);
	void *(*mmap)(void *, size_t, int, int, int, off_t);
	void *(*mmap64)(void *, size_t, int, int, int, off_t);
	int (*malloc_trim)(size_t);	  /* of the object that defines malloc, or NULL */
	const void *by_name[N_ORIGINALS]; /* the same, NULL: nobody defines it */
};
extern struct originals originals __attribute__((visibility("hidden")));

/* Once, by the library's own thread. 0; -ENOENT: a function of the family is nowhere; -EEXIST: in the executable. */
int originals_find(void);

#endif
