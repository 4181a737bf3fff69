/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where scratch_bench gets its blocks: weir's pool if it is in this process, the pool of
 * three classes that weir's graded one replaces, or malloc.
 */
#ifndef BENCH_SCRATCH_RIVALS_H
#define BENCH_SCRATCH_RIVALS_H

#include <stdbool.h>
#include <stddef.h>

struct rival {
	const char *name;
	bool (*there)(void); /* NULL: always */
	/* A handle, NULL if there is no memory, and its bytes. */
	void *(*get)(size_t bytes, void **data);
	void (*put)(void *handle);
	size_t (*capacity)(void *handle);
};

extern const struct rival scratch_rivals[];
extern const size_t scratch_n_rivals;

/* scratch_faulty.c */
void *faulty_get(size_t bytes, void **data);
void faulty_put(void *handle);
size_t faulty_capacity(void *handle);

#endif
