/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cases of alloc_bench: each is a function that prints its rows. `scale` multiplies the
 * full number of rounds. A case runs in a process of its own, so that none changes the state
 * of the allocator for the next.
 */
#ifndef BENCH_ALLOC_CASES_H
#define BENCH_ALLOC_CASES_H

#include <stddef.h>

#define ALLOC_PROGRAM "alloc"

struct alloc_case {
	const char *name;
	void (*run)(double scale);
	const char *about;
};

/* At least one round. */
static inline size_t
alloc_rounds(double full, double scale)
{
	double rounds = full * scale;

	return rounds < 1 ? 1 : (size_t)rounds;
}

/* malloc, and the end of the program if there is no memory. */
void *alloc_some(size_t bytes);
void *alloc_zeroed(size_t bytes);

/* alloc_small.c */
void alloc_pairs(double scale);
void alloc_pairs_threaded(double scale);
void alloc_batches(double scale);
/* alloc_lazy.c */
void alloc_lazy(double scale);
void alloc_lazy_churned(double scale);
/* alloc_fill.c */
void alloc_calloc_loop(double scale);
void alloc_malloc_loop(double scale);
void alloc_sweep(double scale);
void alloc_sparse(double scale);
void alloc_growing(double scale);
void alloc_half_more(double scale);
/* alloc_load.c */
void alloc_each(double scale);
void alloc_burst(double scale);
/* alloc_crowd.c */
void alloc_threads(double scale);
void alloc_handoff(double scale);
void alloc_live(double scale);
/* alloc_gang.c */
void alloc_threads_one(double scale);
void alloc_threads_all(double scale);
void alloc_storm(double scale);
/* alloc_known.c */
void alloc_known(double scale);
/* alloc_stall.c */
void alloc_fragments(double scale);
void alloc_stocked(double scale);
void alloc_first(double scale);
void alloc_seldom(double scale);
/* alloc_serve.c */
void alloc_serve(double scale);
/* alloc_fork.c */
void alloc_fork(double scale);
/* alloc_limit.c */
void alloc_limit(double scale);
void alloc_limited(double scale);

#endif
