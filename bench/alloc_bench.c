/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alloc_bench [--scale X] CASE...: malloc as a host of large buffers uses it, under whatever
 * allocator is preloaded. Prints one line of JSON a row. Knows nothing of weir.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/alloc_cases.h"

static const struct alloc_case cases[] = {
	{"pair", alloc_pairs, "malloc+free of 64 B to 4 KB, one at a time"},
	{"pair_threaded", alloc_pairs_threaded, "the same while there is another thread"},
	{"batch", alloc_batches, "malloc+free of 64 B to 4 KB, a thousand at a time"},
	{"lazy", alloc_lazy, "blocks of 10 MB to 8 GB that nobody touches"},
	{"lazy_churned", alloc_lazy_churned,
	 "the same in a process that was busy before"},
	{"calloc_loop", alloc_calloc_loop, "calloc, fill and free of 5 to 100 MB"},
	{"malloc_loop", alloc_malloc_loop, "malloc, fill and free of 5 to 100 MB"},
	{"sweep", alloc_sweep, "calloc, fill and free at many sizes, by the megabyte"},
	{"sparse", alloc_sparse, "calloc of 1 to 16 MB with 5 % touched"},
	{"growing", alloc_growing, "realloc from 64 KB up, filled"},
	{"half_more", alloc_half_more,
	 "malloc, fill, realloc to half as much again, free"},
	{"each", alloc_each, "every single malloc and free of a mixed load"},
	{"burst", alloc_burst, "bursts of 1 GB, and what is left of them"},
	{"threads", alloc_threads, "1 to 64 threads on large blocks"},
	{"threads_one", alloc_threads_one,
	 "1 to 4000 threads, processor time, one byte touched"},
	{"threads_all", alloc_threads_all, "1 to 64 threads, all pages touched"},
	{"storm", alloc_storm, "the slowest calls beside bursts of 4000 blocks"},
	{"known", alloc_known, "what allocators are commonly compared by"},
	{"handoff", alloc_handoff, "blocks freed by another thread"},
	{"live", alloc_live, "10 to 100,000 large blocks alive"},
	{"fragments", alloc_fragments, "every other of 20,000 and 200,000 blocks freed"},
	{"stocked", alloc_stocked, "one malloc after up to 100,000 freed blocks"},
	{"first", alloc_first, "the first large malloc of each of 4000 threads"},
	{"seldom", alloc_seldom, "20 requests a second on a heap of small blocks"},
	{"serve", alloc_serve,
	 "20 and 2000 requests a second on 200 MB, half of it free"},
	{"fork", alloc_fork, "page faults and time of a forked child"},
	{"limit", alloc_limit, "a cgroup that allows 1.2 times what is alive"},
	{"limited", alloc_limited, NULL}, /* what limit runs in the cgroup */
};

#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static void *
or_exit(void *block)
{
	if (block == NULL) {
		perror("alloc_bench");
		exit(1);
	}
	return block;
}

void *
alloc_some(size_t bytes)
{
	return or_exit(malloc(bytes));
}

void *
alloc_zeroed(size_t bytes)
{
	return or_exit(calloc(bytes, 1));
}

static int
usage(void)
{
	fputs("usage: alloc_bench [--scale X] CASE...\n", stderr);
	for (size_t i = 0; i < N_CASES; i++) {
		if (cases[i].about != NULL)
			fprintf(stderr, "  %-14s %s\n", cases[i].name, cases[i].about);
	}
	return 2;
}

static const struct alloc_case *
find(const char *name)
{
	for (size_t i = 0; i < N_CASES; i++) {
		if (strcmp(cases[i].name, name) == 0)
			return &cases[i];
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	static char out[4096];
	double scale = 1;
	int first = 1;

	setvbuf(stdout, out, _IOFBF, sizeof(out));
	if (argc > 2 && strcmp(argv[1], "--scale") == 0) {
		scale = strtod(argv[2], NULL);
		first = 3;
	}
	if (first >= argc || !(scale > 0))
		return usage();
	for (int i = first; i < argc; i++) {
		const struct alloc_case *one = find(argv[i]);

		if (one == NULL)
			return usage();
		one->run(scale);
	}
	return 0;
}
