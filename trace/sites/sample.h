/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples of small blocks: how far apart, what one stands for, and which are live. A byte is chosen
 * once in `mean` bytes, at random and without memory; a block that holds a chosen byte is
 * recorded, and stands for all of its size: bytes and blocks by the inverse of the chance
 * that it had, so that sums over many are right on the average. Called by the shim's sampler.
 */
#ifndef TRACE_SAMPLE_H
#define TRACE_SAMPLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weir/stats.h"

/* Bytes to the next chosen one, at least 1. `random`: 64 random bits. Pure. */
uint64_t weir_sample_distance(uint64_t mean, uint64_t random);

/* What a block stands for. Pure. */
struct weir_sample_weight {
	uint64_t bytes;
	uint32_t count;
};
struct weir_sample_weight weir_sample_weight(uint64_t mean, uint64_t bytes);

/* Makes the table of live samples, once: 0 or -ENOMEM. Before it nothing is kept, and the mean is 0. Ends a halt. */
int weir_sample_start(uint64_t mean);

/*
 * No more samples are taken until the next start. What replaces a sample from now on is not seen, so that what is freed is
 * no fall: it counts as freed with the next start only.
 */
void weir_sample_halt(void);
uint64_t weir_sample_mean(void);

/*
 * How many bytes the calling thread may still ask for before one is chosen; 0: it has not asked for any. For
 * whoever samples; here since 4 bytes beside other thread-local ones are free.
 */
extern _Thread_local uint32_t weir_sample_left __attribute__((tls_model("initial-exec")));

/* Keeps p, a block of so many bytes, until it is forgotten; a full table is counted as a drop. */
void weir_sample_born(const void *p, uint32_t site, uint64_t bytes);

/* Whether none is live whose end has to be seen. Takes no lock. */
bool weir_sample_none(void);

/* What live and freed blocks are estimated to be by their size: rows as the sidecar has them. */
void weir_sample_census(uint64_t rows[WEIR_STATS_SMALL_ROWS][WEIR_N_SMALL_FIELDS]);

/* p is about to be freed. Most pointers are no samples: one load and one compare. */
extern _Atomic uint8_t *_Atomic weir_sample_filter; /* of counts; NULL: nothing is kept */
#define WEIR_SAMPLE_FILTER_BITS 18

/* A cache line for each page, a byte of it for each line of the page: what is freed lies near what was freed. */
static inline uint32_t
weir_sample_slot(const void *p)
{
	uint64_t at = (uintptr_t)p, page = (at >> 12) * 0x9e3779b97f4a7c15u;

	return (uint32_t)(page >> (64 - WEIR_SAMPLE_FILTER_BITS + 6)) << 6 |
	       (uint32_t)(at >> 6 & 63);
}

/*
 * Relaxed: the byte is loaded by the address just loaded, which orders the two, and of a sample it was written before
 * the host had the block.
 */
static inline bool
weir_sample_may_be(const void *p)
{
	const _Atomic uint8_t *filter =
		atomic_load_explicit(&weir_sample_filter, memory_order_relaxed);

	return __builtin_expect(filter != NULL, 1) &&
	       atomic_load_explicit(&filter[weir_sample_slot(p)], memory_order_relaxed) !=
		       0;
}

void weir_sample_gone(const void *p);

/* All that are kept count as freed: nobody will see their end. */
void weir_sample_forget(void);

/* Samples taken and forgotten, and what those taken stand for, ever. Cheap. */
struct weir_sample_use {
	uint64_t events, bytes;
};
struct weir_sample_use weir_sample_use(void);

/* Around fork, within weir_trace_freeze and its like. */
void weir_sample_freeze(void);
void weir_sample_thaw(void);
void weir_sample_after_fork(void);

#endif
