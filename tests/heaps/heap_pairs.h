/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two heaps do the same: every operation of the malloc family is made on ours and on theirs, and
 * results, errno, alignment, usable size and content are compared. tests/heaps/differ.c draws the
 * operations from a seed, fuzz/fuzz_heap.c from its input. The first difference ends the program
 * with a message; a pairs is used by one thread at a time.
 */
#ifndef TESTS_HEAPS_HEAP_PAIRS_H
#define TESTS_HEAPS_HEAP_PAIRS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/* One implementation of the family. */
struct heap {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void *(*reallocarray)(void *, size_t, size_t);
	int (*posix_memalign)(void **, size_t, size_t);
	void *(*aligned_alloc)(size_t, size_t);
	void *(*memalign)(size_t, size_t);
	void *(*valloc)(size_t);
	void *(*pvalloc)(size_t);
	void (*free)(void *);
	size_t (*malloc_usable_size)(void *);
	int (*malloc_trim)(size_t);
};

struct pair {
	unsigned char *ours, *theirs; /* both NULL: the slot is empty */
	size_t size;
	uint32_t pattern;
};

/* Where threads leave pairs for each other. */
enum { PAIRS_BLOCKS = 12, PAIRS_SWAP = 8 };
struct pairs_swap {
	pthread_mutex_t lock[PAIRS_SWAP];
	struct pair pair[PAIRS_SWAP];
};

struct pairs {
	const struct heap *ours, *theirs;
	uint32_t (*pick)(void *source, uint32_t n); /* 0 .. n - 1 */
	void *source;
	size_t around[2]; /* sizes at which something changes: the floor, the threshold */
	struct pairs_swap *swap; /* NULL: this thread keeps what is its own */
	const char *name;	 /* how to get here again, for the message */
	struct pair blocks[PAIRS_BLOCKS];
	uint64_t operations;
	char doing[120];
};

void pairs_step(struct pairs *r);

/* Checks and frees all blocks. */
void pairs_end(struct pairs *r);

/* Frees what is left in the swap, once all threads have ended. */
void pairs_swap_init(struct pairs_swap *swap);
void pairs_swap_end(struct pairs *r);

#endif
