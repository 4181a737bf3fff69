/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The large blocks that the host was seen to get since weir was attached: whose they are, until they are seen to go.
 * A free that nobody saw leaves a record behind, which the next block at that address replaces. Any thread; from a
 * signal handler that interrupted this, from a child of fork and while detached nothing is done.
 */
#ifndef OBSERVE_BLOCKS_H
#define OBSERVE_BLOCKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "preload/blocks/place.h"

struct block {
	const void *p; /* NULL: a free slot */
	uint64_t bytes;
	uint64_t birth_ms;
	uint32_t birth_gc;
	uint16_t site;
	uint8_t kind;
};

/* A byte for many addresses: how many of them are in the table. Most of a host's pointers find 0. */
#define BLOCKS_FILTER_BITS 18
extern _Atomic uint8_t blocks_filter[1 << BLOCKS_FILTER_BITS]
	__attribute__((visibility("hidden")));

static inline uint32_t
blocks_filter_row(const void *p)
{
	return (uint32_t)((uint64_t)(uintptr_t)p * 0x9e3779b97f4a7c15u >>
			  (64 - BLOCKS_FILTER_BITS));
}

static inline bool
blocks_may_have(const void *p)
{
	return atomic_load_explicit(&blocks_filter[blocks_filter_row(p)],
				    memory_order_relaxed) != 0;
}

/* A block of the host's allocator, before the host knows of it; its end, before the allocator knows of that. */
void blocks_born(const void *p, size_t bytes, struct place_caller caller);
void blocks_gone(const void *p);

/* Around realloc: the record, until it is put back or forgotten. False: there is none. */
bool blocks_take(const void *p, struct block *b);
void blocks_put_back(const struct block *b);
void blocks_forget(const struct block *b);

/* Whether the calling thread's process is one whose blocks are recorded now. */
bool blocks_recorded(void);

/* From now on blocks are recorded; not any more, and all are forgotten. By the library's own thread. */
void blocks_begin(void);
void blocks_end(void);

#endif
