/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a preload costs those who ask for little: malloc+free of small blocks, which a preload
 * for large ones shall only pass on.
 */
#include <pthread.h>
#include <stdlib.h>

#include "bench/alloc_cases.h"
#include "bench/gauge.h"

#define BATCH  1000
#define ROUNDS 401 /* short ones, of which many find the machine quiet */

static const size_t sizes[] = {64, 128, 256, 512, 1024, 2048, 4096};

static uint64_t
pairs(size_t size, size_t n)
{
	uint64_t start = gauge_now();

	for (size_t i = 0; i < n; i++) {
		void *p = malloc(size);

		GAUGE_OPAQUE(p);
		free(p);
	}
	return gauge_now() - start;
}

static uint64_t
batches(size_t size, size_t n)
{
	static void *blocks[BATCH];
	uint64_t start = gauge_now();

	for (size_t done = 0; done < n; done += BATCH) {
		for (size_t i = 0; i < BATCH; i++) {
			blocks[i] = malloc(size);
			GAUGE_OPAQUE(blocks[i]);
		}
		for (size_t i = 0; i < BATCH; i++)
			free(blocks[i]);
	}
	return gauge_now() - start;
}

static void
each_size(const char *name, uint64_t (*run)(size_t size, size_t n), size_t n)
{

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "ns");
		struct gauge_samples samples;

		gauge_samples_new(&samples, ROUNDS);
		run(sizes[i], n);
		for (int round = 0; round < ROUNDS; round++)
			gauge_add(&samples, run(sizes[i], n));
		gauge_spread(&row, &samples, (double)n);
		row.p99 = row.max = row.count = -1;
		gauge_which(&row, "%s.%zu", name, sizes[i]);
		gauge_print(&row);
		gauge_samples_release(&samples);
	}
}

void
alloc_pairs(double scale)
{
	each_size("pair", pairs, alloc_rounds(15, scale) * BATCH);
}

static void *
wait_for_it(void *done)
{
	pthread_mutex_lock(done);
	pthread_mutex_unlock(done);
	return NULL;
}

/* glibc is faster while a process has a single thread; a runtime's process has several. */
void
alloc_pairs_threaded(double scale)
{
	pthread_mutex_t done = PTHREAD_MUTEX_INITIALIZER;
	pthread_t thread;

	pthread_mutex_lock(&done);
	if (pthread_create(&thread, NULL, wait_for_it, &done) != 0)
		abort();
	each_size("pair_threaded", pairs, alloc_rounds(15, scale) * BATCH);
	pthread_mutex_unlock(&done);
	pthread_join(thread, NULL);
}

void
alloc_batches(double scale)
{
	each_size("batch", batches, alloc_rounds(1, scale) * BATCH);
}
