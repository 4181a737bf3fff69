/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The long-running comparison: operations drawn from a seed, on several threads, on whatever
 * malloc the process has and on the C library's own (found past any preload). Without a preload
 * the two are one and the program tests itself.
 *
 * differ [-s SEED] [-t THREADS] [-n OPERATIONS] [-r ROUNDS | -d SECONDS] [-a FLOOR,THRESHOLD]
 * A round has a seed of its own, SEED + its number; a difference names it. Who gets which block
 * from another thread is chance; with -t 1 all is the seed's.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/heaps/heap_pairs.h"

enum { THREADS_MAX = 64 };

static struct heap host, libc;
static struct pairs_swap swap;
static unsigned long seed = 1, operations = 2000, rounds = 1, seconds;
static unsigned threads = 3;
static size_t around[2] = {128 << 10, 10 << 20};

struct worker {
	pthread_t thread;
	uint64_t random;
	char name[120];
	uint64_t operations;
};

static uint32_t
pick(void *source, uint32_t n)
{
	uint64_t *s = source;

	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return (uint32_t)((*s >> 11) % n);
}

static void *
libc_reallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;

	/* The C library's own jumps to whatever realloc the process has. */
	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX;
	return libc.realloc(p, bytes);
}

static void
find_heaps(void)
{
	void *handle = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);

#define FIND(name)                                                                       \
	do {                                                                             \
		host.name = name;                                                        \
		libc.name = (__typeof__(libc.name))dlsym(handle, #name);                 \
	} while (0)
	FIND(malloc);
	FIND(calloc);
	FIND(realloc);
	FIND(reallocarray);
	FIND(posix_memalign);
	FIND(aligned_alloc);
	FIND(memalign);
	FIND(valloc);
	FIND(pvalloc);
	FIND(free);
	FIND(malloc_usable_size);
	FIND(malloc_trim);
#undef FIND
	libc.reallocarray = libc_reallocarray;
}

static struct pairs
pairs_for(struct worker *w)
{
	return (struct pairs){
		.ours = &host,
		.theirs = &libc,
		.pick = pick,
		.source = &w->random,
		.around = {around[0], around[1]},
		.swap = &swap,
		.name = w->name,
	};
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct pairs r = pairs_for(w);

	while (r.operations < operations)
		pairs_step(&r);
	pairs_end(&r);
	w->operations += r.operations;
	return NULL;
}

static int
play(struct worker *workers, unsigned long round_seed)
{
	for (unsigned i = 0; i < threads; i++) {
		struct worker *w = &workers[i];

		w->random = (round_seed * THREADS_MAX + i + 1) * 0x9e3779b97f4a7c15;
		snprintf(w->name, sizeof(w->name),
			 "differ -s %lu -t %u -n %lu -a %zu,%zu", round_seed, threads,
			 operations, around[0], around[1]);
		if (pthread_create(&w->thread, NULL, work, w) != 0) {
			perror("differ: pthread_create");
			return 2;
		}
	}
	for (unsigned i = 0; i < threads; i++)
		pthread_join(workers[i].thread, NULL);
	struct pairs r = pairs_for(&workers[0]);
	pairs_swap_end(&r);
	return 0;
}

static int
usage(void)
{
	fprintf(stderr, "usage: differ [-s SEED] [-t THREADS] [-n OPERATIONS] "
			"[-r ROUNDS | -d SECONDS] [-a FLOOR,THRESHOLD]\n");
	return 2;
}

int
main(int argc, char **argv)
{
	static struct worker workers[THREADS_MAX];
	time_t end;
	uint64_t total = 0;
	int option;

	while ((option = getopt(argc, argv, "s:t:n:r:d:a:")) != -1) {
		char *rest = NULL;
		unsigned long number = strtoul(optarg != NULL ? optarg : "", &rest, 10);

		if (option == 's')
			seed = number;
		else if (option == 't')
			threads = (unsigned)number;
		else if (option == 'n')
			operations = number;
		else if (option == 'r')
			rounds = number;
		else if (option == 'd')
			seconds = number;
		else if (option == 'a' && *rest == ',')
			around[0] = number, around[1] = strtoul(rest + 1, &rest, 10);
		if (option == '?' || *rest != '\0')
			return usage();
	}
	if (threads == 0 || threads > THREADS_MAX || optind != argc)
		return usage();
	find_heaps();
	pairs_swap_init(&swap);
	end = time(NULL) + (time_t)seconds;
	unsigned long round = 0;
	do {
		int rc = play(workers, seed + round);

		if (rc != 0)
			return rc;
		round++;
	} while (seconds != 0 ? time(NULL) < end : round < rounds);
	for (unsigned i = 0; i < threads; i++)
		total += workers[i].operations;
	printf("seeds %lu to %lu: %llu operations on %u threads, no difference\n", seed,
	       seed + round - 1, (unsigned long long)total, threads);
	return 0;
}
