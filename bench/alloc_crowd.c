/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How cost grows with threads and with the number of live blocks. Blocks are hardly touched:
 * the allocator's own work is what shows.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "bench/alloc_cases.h"
#include "bench/gauge.h"

#define MOST_THREADS 64
#define HELD	     4 /* by each thread */

struct crew {
	size_t ops; /* of each member */
	pthread_barrier_t start;
	_Atomic(void *) belt[MOST_THREADS]; /* from hand to hand */
};

struct member {
	struct crew *crew;
	size_t id;
	uint64_t from, to;
};

static size_t
some_size(uint64_t *state)
{
	return 256 * KB + gauge_random(state) % (4 * MB);
}

static void *
keep_own(void *arg)
{
	struct member *self = arg;
	void *held[HELD] = {NULL};
	uint64_t state = self->id + 1;

	pthread_barrier_wait(&self->crew->start);
	self->from = gauge_now();
	for (size_t i = 0; i < self->crew->ops; i++) {
		void **slot = &held[i % HELD];

		free(*slot);
		*slot = alloc_some(some_size(&state));
		*(volatile char *)*slot = 1;
	}
	self->to = gauge_now();
	for (size_t i = 0; i < HELD; i++)
		free(held[i]);
	return NULL;
}

/* Each block is put on the belt, and whoever puts the next one there frees it. */
static void *
hand_on(void *arg)
{
	struct member *self = arg;
	uint64_t state = self->id + 1;

	pthread_barrier_wait(&self->crew->start);
	self->from = gauge_now();
	for (size_t i = 0; i < self->crew->ops; i++) {
		char *block = alloc_some(some_size(&state));

		*(volatile char *)block = 1;
		free(atomic_exchange(&self->crew->belt[(self->id + i) % MOST_THREADS],
				     block));
	}
	self->to = gauge_now();
	return NULL;
}

static double
run_crew(size_t n, size_t ops, void *(*work)(void *member))
{
	static struct crew crew;
	struct member members[MOST_THREADS];
	pthread_t threads[MOST_THREADS];
	uint64_t from = UINT64_MAX, to = 0;

	crew.ops = ops / n + 1;
	pthread_barrier_init(&crew.start, NULL, (unsigned int)n);
	for (size_t i = 0; i < n; i++) {
		members[i] = (struct member){&crew, i, 0, 0};
		if (pthread_create(&threads[i], NULL, work, &members[i]) != 0) {
			perror("alloc_bench: thread");
			exit(1);
		}
	}
	for (size_t i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		from = members[i].from < from ? members[i].from : from;
		to = members[i].to > to ? members[i].to : to;
	}
	for (size_t i = 0; i < MOST_THREADS; i++)
		free(atomic_exchange(&crew.belt[i], NULL));
	pthread_barrier_destroy(&crew.start);
	return (double)(to - from) / (double)(crew.ops * n);
}

static void
each_crew(const char *name, void *(*work)(void *member), double scale)
{
	size_t ops = alloc_rounds(20000, scale);

	for (size_t n = 1; n <= MOST_THREADS; n *= 2) {
		struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "ns/op");
		double runs[3];

		for (int i = 0; i < 3; i++)
			runs[i] = run_crew(n, ops, work);
		row.value = runs[0] < runs[1] ? runs[0] : runs[1];
		if (runs[2] < row.value)
			row.value = runs[2];
		row.rss_mb = gauge_status_mb("VmRSS:");
		gauge_which(&row, "%s.%zu", name, n);
		gauge_print(&row);
	}
}

void
alloc_threads(double scale)
{
	each_crew("threads", keep_own, scale);
}

void
alloc_handoff(double scale)
{
	each_crew("handoff", hand_on, scale);
}

static void
among(void **blocks, size_t n, double scale)
{
	struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "ns");
	size_t pairs = alloc_rounds(20000, scale);
	struct gauge_samples samples;
	uint64_t state = 3;

	gauge_samples_new(&samples, pairs);
	for (size_t i = 0; i < pairs; i++) {
		size_t at = gauge_random(&state) % n;
		uint64_t start = gauge_now();

		free(blocks[at]);
		blocks[at] = alloc_some(256 * KB);
		gauge_add(&samples, gauge_now() - start);
	}
	gauge_spread(&row, &samples, 1);
	row.maps = gauge_count_maps();
	row.rss_mb = gauge_status_mb("VmRSS:");
	gauge_which(&row, "live.%zu", n);
	gauge_print(&row);
	gauge_samples_release(&samples);
}

/* One block out and one in, among so many; then every other one freed. */
void
alloc_live(double scale)
{
	size_t most = scale < 1 ? 1000 : 100000;
	void **blocks = mmap(NULL, most * sizeof(*blocks), PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct gauge_row holes = GAUGE_ROW(ALLOC_PROGRAM, "maps");
	size_t have = 0;

	if (blocks == MAP_FAILED) {
		perror("alloc_bench");
		exit(1);
	}
	for (size_t n = 10; n <= most; n *= 10) {
		for (; have < n; have++)
			blocks[have] = alloc_some(256 * KB);
		among(blocks, n, scale);
	}
	for (size_t i = 0; i < have; i += 2) {
		free(blocks[i]);
		blocks[i] = NULL;
	}
	holes.value = (double)gauge_count_maps();
	gauge_which(&holes, "live.every_other_freed");
	gauge_print(&holes);
	for (size_t i = 0; i < have; i++)
		free(blocks[i]);
	munmap(blocks, most * sizeof(*blocks));
}
