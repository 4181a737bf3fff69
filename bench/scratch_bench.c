/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scratch_bench [--scale X] [CASE...]: what a warm block costs an encoder, from weir's pool and
 * from its rivals: time by class and by thread, waste, and growth over many rounds. Run it
 * with libweir_preload.so preloaded, or there is no weir in it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/gauge.h"
#include "bench/scratch_rivals.h"

#define PROGRAM	     "scratch"
#define BATCHES	     15
#define MOST_THREADS 64

static const size_t one_of_each[] = {8 * KB,  16 * KB,	32 * KB,    64 * KB,
				     65 * KB, 128 * KB, 256 * KB,   512 * KB,
				     MB,      2 * MB,	2 * MB + 1, 10 * MB};
static double scale = 1;

static size_t
rounds(double full)
{
	return full * scale < 1 ? 1 : (size_t)(full * scale);
}

/* `fill` bytes are written at the start: 1, without a call, shows the pool's own cost. */
static void
get_put(const struct rival *rival, size_t bytes, size_t fill)
{
	void *data = NULL;
	void *handle = rival->get(bytes, &data);

	if (handle == NULL) {
		perror("scratch_bench");
		exit(1);
	}
	GAUGE_OPAQUE(data);
	if (fill == 1)
		*(char *)data = 1;
	else
		memset(data, 1, fill);
	rival->put(handle);
}

static void
each_class(const struct rival *rival)
{
	size_t n = rounds(20000);

	for (size_t i = 0; i < sizeof(one_of_each) / sizeof(one_of_each[0]); i++) {
		struct gauge_row row = GAUGE_ROW(PROGRAM, "ns");
		struct gauge_samples samples;
		char text[24];

		gauge_samples_new(&samples, BATCHES);
		for (int batch = 0; batch < BATCHES; batch++) {
			uint64_t start = gauge_now();

			for (size_t k = 0; k < n; k++)
				get_put(rival, one_of_each[i], 1);
			gauge_add(&samples, gauge_now() - start);
		}
		gauge_spread(&row, &samples, (double)n);
		row.p99 = row.max = row.count = -1;
		gauge_which(&row, "class.%s.%s", gauge_size(one_of_each[i], text),
			    rival->name);
		gauge_print(&row);
		gauge_samples_release(&samples);
	}
}

struct worker {
	const struct rival *rival;
	pthread_barrier_t *start;
	size_t n;
	size_t id;
	uint64_t from, to;
};

static void *
mixed_sizes(void *arg)
{
	struct worker *self = arg;
	uint64_t state = self->id + 1;
	size_t sizes[256];

	for (size_t i = 0; i < 256; i++)
		sizes[i] = (4 * KB << gauge_random(&state) % 9) + 1;
	pthread_barrier_wait(self->start);
	self->from = gauge_now();
	for (size_t i = 0; i < self->n; i++)
		get_put(self->rival, sizes[i % 256], 1);
	self->to = gauge_now();
	return NULL;
}

/* The time of an operation as its thread sees it: the same for all numbers if it is linear. */
static double
with_threads(const struct rival *rival, size_t n)
{
	struct worker workers[MOST_THREADS];
	pthread_t threads[MOST_THREADS];
	pthread_barrier_t start;
	double ns = 0;

	pthread_barrier_init(&start, NULL, (unsigned int)n);
	for (size_t i = 0; i < n; i++) {
		workers[i] = (struct worker){rival, &start, rounds(50000), i, 0, 0};
		if (pthread_create(&threads[i], NULL, mixed_sizes, &workers[i]) != 0) {
			perror("scratch_bench: thread");
			exit(1);
		}
	}
	for (size_t i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		ns += (double)(workers[i].to - workers[i].from) / (double)workers[i].n;
	}
	pthread_barrier_destroy(&start);
	return ns / (double)n;
}

static void
mixed(const struct rival *rival)
{
	size_t cores = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
	size_t most = cores < MOST_THREADS ? cores : MOST_THREADS;

	for (size_t n = 1;; n = n * 2 < most ? n * 2 : most) {
		struct gauge_row row = GAUGE_ROW(PROGRAM, "ns");
		struct gauge_samples samples;

		gauge_samples_new(&samples, 5);
		for (int i = 0; i < 5; i++)
			gauge_add(&samples, (uint64_t)(with_threads(rival, n) * 1e3));
		gauge_spread(&row, &samples, 1e3);
		row.p99 = row.max = row.count = -1;
		gauge_which(&row, "mixed.%zu_threads.%s", n, rival->name);
		gauge_print(&row);
		gauge_samples_release(&samples);
		if (n == most)
			break;
	}
}

static double
waste_of(const struct rival *rival, size_t bytes)
{
	void *data = NULL;
	void *handle = rival->get(bytes, &data);
	double capacity = (double)rival->capacity(handle);

	rival->put(handle);
	return 100 * (capacity - (double)bytes) / capacity;
}

/* Part of a block that was not asked for: just above every power of two, and on average. */
static void
waste(const struct rival *rival)
{
	struct gauge_row worst = GAUGE_ROW(PROGRAM, "%"), mean = GAUGE_ROW(PROGRAM, "%");
	uint64_t state = 5;

	for (size_t bytes = 8 * KB; bytes <= 8 * MB; bytes *= 2) {
		double percent = waste_of(rival, bytes + 1);

		worst.value = percent > worst.value ? percent : worst.value;
	}
	mean.value = 0;
	for (size_t i = 0; i < 1000; i++) {
		size_t low = 8 * KB << gauge_random(&state) % 10;

		mean.value += waste_of(rival, low + gauge_random(&state) % low) / 1000;
	}
	gauge_which(&worst, "waste.boundary.%s", rival->name);
	gauge_which(&mean, "waste.mean.%s", rival->name);
	gauge_print(&worst);
	gauge_print(&mean);
}

/* Whether the first page of a block costs no fault. Seen from outside, the same for all. */
static bool
is_warm(void *data)
{
	uintptr_t page = (uintptr_t)data & ~(uintptr_t)4095;
	unsigned char resident = 0;

	return mincore((void *)page, 1, &resident) == 0 && (resident & 1) != 0;
}

/* Blocks of every size, eight alive at a time: how many come warm once that has gone on a while? */
static void
hits(const struct rival *rival)
{
	struct gauge_row row = GAUGE_ROW(PROGRAM, "%");
	size_t n = rounds(20000), warm = 0;
	void *held[8] = {NULL};
	uint64_t state = 9;

	for (size_t i = 0; i < n + 2000; i++) {
		size_t low = (8 * KB) << gauge_random(&state) % 10;
		size_t bytes = low + gauge_random(&state) % low;
		void **slot = &held[gauge_random(&state) % 8], *data = NULL;

		if (*slot != NULL)
			rival->put(*slot);
		*slot = rival->get(bytes, &data);
		if (*slot == NULL) {
			perror("scratch_bench");
			exit(1);
		}
		warm += i >= 2000 && is_warm(data);
		memset(data, 1, bytes < 64 * KB ? bytes : 64 * KB);
	}
	for (size_t i = 0; i < 8; i++) {
		if (held[i] != NULL)
			rival->put(held[i]);
	}
	row.value = 100 * (double)warm / (double)n;
	gauge_which(&row, "hits.steady.%s", rival->name);
	gauge_print(&row);
}

/* Resident memory after so many rounds, against that after the first. */
static void
growth_of(const struct rival *rival, const char *name, size_t n, size_t bytes,
	  size_t fill)
{
	struct gauge_row row = GAUGE_ROW(PROGRAM, "KB");
	double before;

	get_put(rival, bytes, fill);
	before = gauge_status_mb("VmRSS:");
	for (size_t i = 0; i < n; i++)
		get_put(rival, bytes, fill);
	row.value = (gauge_status_mb("VmRSS:") - before) * 1024;
	/* The allocator may give back meanwhile what the rounds before this had left. */
	if (row.value < 0)
		row.value = 0;
	gauge_which(&row, "growth.%s.%s", name, rival->name);
	gauge_print(&row);
}

static void
growth(const struct rival *rival)
{
	growth_of(rival, "1000x1M", 1000, MB, MB);
	growth_of(rival, "10000_encodes", 10000, 128 * KB, 128 * KB);
}

static const struct {
	const char *name;
	void (*run)(const struct rival *rival);
} cases[] = {{"class", each_class},
	     {"mixed", mixed},
	     {"waste", waste},
	     {"hits", hits},
	     {"growth", growth}};

#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static int
run(const char *name)
{
	for (size_t i = 0; i < N_CASES; i++) {
		if (strcmp(cases[i].name, name) != 0)
			continue;
		for (size_t k = 0; k < scratch_n_rivals; k++) {
			const struct rival *rival = &scratch_rivals[k];

			if (rival->there == NULL || rival->there())
				cases[i].run(rival);
		}
		return 0;
	}
	fputs("usage: scratch_bench [--scale X] [class|mixed|waste|hits|growth...]\n",
	      stderr);
	return 2;
}

int
main(int argc, char **argv)
{
	static char out[4096];
	int first = 1, rc = 0;

	setvbuf(stdout, out, _IOFBF, sizeof(out));
	if (argc > 2 && strcmp(argv[1], "--scale") == 0) {
		scale = strtod(argv[2], NULL);
		first = 3;
	}
	for (size_t i = 0; first >= argc && i < N_CASES; i++)
		run(cases[i].name);
	for (int i = first; i < argc && rc == 0; i++)
		rc = run(argv[i]);
	return rc;
}
