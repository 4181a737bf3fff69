/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that keep four blocks of 128 KB to 4 MB each, and replace one of them at random: processor time
 * of the whole process for each replacement. And the slowest calls of a thread that wakes up often, beside
 * one that makes and frees thousands of blocks.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/alloc_cases.h"
#include "bench/gauge.h"

#define MOST_THREADS 4000
#define HELD	     4
#define STORM_BLOCKS 4000
#define STORM_HELD   16
#define STORM_PAUSE  150000 /* us */

struct member {
	uint64_t state;
	_Atomic uint64_t replaced;
} __attribute__((aligned(64)));

static struct member members[MOST_THREADS];
static _Atomic bool stop;
static bool touches_all;
static pthread_barrier_t start;

/* All of 128 KB to 2 MB are as likely, and half as much again at most. */
static size_t
some_size(uint64_t *state)
{
	size_t least = 128 * KB << gauge_random(state) % 5;
	size_t bytes = least + gauge_random(state) % least;

	return bytes < 4 * MB ? bytes : 4 * MB;
}

static void *
replace(void *arg)
{
	struct member *self = arg;
	char *held[HELD] = {NULL};

	pthread_barrier_wait(&start);
	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		char **slot = &held[gauge_random(&self->state) % HELD];
		size_t bytes = some_size(&self->state);

		free(*slot);
		*slot = alloc_some(bytes);
		for (size_t at = 0; at < (touches_all ? bytes : 1); at += 4 * KB)
			((volatile char *)*slot)[at] = 1;
		atomic_store_explicit(&self->replaced, self->replaced + 1,
				      memory_order_relaxed);
	}
	for (size_t i = 0; i < HELD; i++)
		free(held[i]);
	return NULL;
}

static void
start_thread(pthread_t *thread, void *(*work)(void *), void *arg)
{
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 * KB);
	if (pthread_create(thread, &small, work, arg) != 0) {
		perror("alloc_bench: thread");
		exit(1);
	}
	pthread_attr_destroy(&small);
}

static void
gang(size_t n, double seconds)
{
	static pthread_t threads[MOST_THREADS];
	struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "ns");
	double replaced = 0;

	pthread_barrier_init(&start, NULL, (unsigned)n + 1);
	for (size_t i = 0; i < n; i++) {
		members[i].state = (i + 1) * 0x9e3779b97f4a7c15u;
		start_thread(&threads[i], replace, &members[i]);
	}
	pthread_barrier_wait(&start);
	double from = gauge_processor_ns();
	usleep((useconds_t)(seconds * 1e6));
	double took = gauge_processor_ns() - from;
	for (size_t i = 0; i < n; i++)
		replaced += (double)members[i].replaced;
	row.rss_mb = gauge_status_mb("VmRSS:");
	row.peak_mb = gauge_status_mb("VmHWM:");
	atomic_store(&stop, true);
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	row.value = took / (replaced > 0 ? replaced : 1);
	row.count = replaced;
	gauge_which(&row, "threads_%s.%zu", touches_all ? "all" : "one", n);
	gauge_print(&row);
}

/* Each number of threads in a process of its own, so that none finds what the last one left. */
static void
gangs(bool all, const size_t *counts, size_t n, double scale)
{
	touches_all = all;
	fflush(stdout);
	for (size_t i = 0; i < n; i++) {
		int status = -1;
		pid_t child = fork();

		if (child == 0) {
			gang(counts[i], 2 * scale);
			fflush(stdout);
			_exit(0);
		}
		if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
			fprintf(stderr, "alloc_bench: %zu threads failed\n", counts[i]);
			exit(1);
		}
	}
}

void
alloc_threads_one(double scale)
{
	static const size_t counts[] = {1, 8, 64, 512, 4000};

	gangs(false, counts, scale < 1 ? 4 : 5, scale);
}

void
alloc_threads_all(double scale)
{
	static const size_t counts[] = {1, 8, 64};

	gangs(true, counts, 3, scale);
}

/* Half of the blocks go at random, the others after a pause. */
static void *
burst(void *unused)
{
	static char *blocks[STORM_BLOCKS];
	uint64_t state = 99;

	while (!atomic_load(&stop)) {
		for (size_t i = 0; i < STORM_BLOCKS; i++) {
			blocks[i] =
				alloc_some(128 * KB + gauge_random(&state) % (896 * KB));
			*(volatile char *)blocks[i] = 1;
		}
		for (int half = 0; half < 2; half++) {
			for (size_t i = 0; i < STORM_BLOCKS; i++) {
				if (half == 0 && gauge_random(&state) % 2)
					continue;
				free(blocks[i]);
				blocks[i] = NULL;
			}
			usleep(STORM_PAUSE);
		}
	}
	return unused;
}

static void
tail(const char *call, const struct gauge_samples *sorted)
{
	static const struct {
		const char *name;
		double part;
	} parts[] = {{"p50", 0.5}, {"p99.9", 0.999}, {"p99.99", 0.9999}, {"max", 1}};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "us");
		size_t at = (size_t)((double)(sorted->n - 1) * parts[i].part);

		row.value = (double)sorted->ns[at] / 1e3;
		row.count = (double)sorted->n;
		gauge_which(&row, "storm.%s.%s", call, parts[i].name);
		gauge_print(&row);
	}
}

void
alloc_storm(double scale)
{
	struct gauge_samples mallocs, frees;
	struct gauge_row unused = GAUGE_ROW(ALLOC_PROGRAM, "us");
	size_t most = alloc_rounds(60000, scale);
	char *held[STORM_HELD] = {NULL};
	uint64_t state = 7, end = gauge_now() + (uint64_t)(10e9 * scale);
	pthread_t thread;

	gauge_samples_new(&mallocs, most);
	gauge_samples_new(&frees, most);
	start_thread(&thread, burst, NULL);
	while (mallocs.n < most && gauge_now() < end) {
		char **slot = &held[gauge_random(&state) % STORM_HELD];
		size_t bytes = 128 * KB + gauge_random(&state) % (3 * MB);
		uint64_t from = gauge_now();

		free(*slot);
		uint64_t freed = gauge_now();
		*slot = alloc_some(bytes);
		gauge_add(&mallocs, gauge_now() - freed);
		gauge_add(&frees, freed - from);
		*(volatile char *)*slot = 1;
		nanosleep(&(struct timespec){0, 20000}, NULL);
	}
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	gauge_spread(&unused, &mallocs, 1000); /* sorts them */
	gauge_spread(&unused, &frees, 1000);
	tail("malloc", &mallocs);
	tail("free", &frees);
	for (size_t i = 0; i < STORM_HELD; i++)
		free(held[i]);
	gauge_samples_release(&mallocs);
	gauge_samples_release(&frees);
}
