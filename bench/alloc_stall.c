/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slowest call: where the allocator has much to tidy (free spans by the ten thousand, full
 * stocks), where a thread asks for the first time, and where a host that does little is taken for one
 * that does nothing. The program has a second thread, so that whoever works in the background may.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bench/alloc_cases.h"
#include "bench/gauge.h"

#define SMALL_STACK (64 * KB)

static uint64_t
used_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void
rest_ns(uint64_t ns)
{
	const struct timespec t = {.tv_sec = (time_t)(ns / 1000000000),
				   .tv_nsec = (long)(ns % 1000000000)};

	nanosleep(&t, NULL);
}

static void *
wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void
start(void *(*run)(void *arg), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, SMALL_STACK);
	if (pthread_create(&thread, &attr, run, arg) != 0) {
		perror("alloc_bench: thread");
		exit(1);
	}
	pthread_attr_destroy(&attr);
	pthread_detach(thread);
}

static void *
room_for(size_t n, size_t bytes)
{
	void *p = mmap(NULL, n * bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		perror("alloc_bench");
		exit(1);
	}
	return p;
}

/*
 * Every other of n blocks freed, then a little work: its calls, and the processor time that was used
 * by others than this thread.
 */
static void
among_fragments(size_t n, size_t rounds)
{
	struct gauge_row calls = GAUGE_ROW(ALLOC_PROGRAM, "us");
	struct gauge_row others = GAUGE_ROW(ALLOC_PROGRAM, "ms");
	struct gauge_samples samples;
	void **blocks = room_for(n, sizeof(*blocks)), *held[64] = {NULL};

	gauge_samples_new(&samples, rounds);
	for (size_t i = 0; i < n; i++) {
		blocks[i] = alloc_some(128 * KB);
		*(volatile char *)blocks[i] = 1;
	}
	for (size_t i = 0; i < n; i += 2)
		free(blocks[i]);
	uint64_t before =
		used_ns(CLOCK_PROCESS_CPUTIME_ID) - used_ns(CLOCK_THREAD_CPUTIME_ID);
	for (size_t i = 0; i < rounds; i++) {
		void **slot = &held[i % 64];

		free(*slot);
		uint64_t from = gauge_now();
		*slot = alloc_some((192 + i % 5 * 64) * KB);
		gauge_add(&samples, gauge_now() - from);
		*(volatile char *)*slot = 1;
		rest_ns(500000);
	}
	uint64_t after =
		used_ns(CLOCK_PROCESS_CPUTIME_ID) - used_ns(CLOCK_THREAD_CPUTIME_ID);
	gauge_spread(&calls, &samples, 1e3);
	calls.rss_mb = gauge_status_mb("VmRSS:");
	gauge_which(&calls, "fragments.%zu.malloc", n);
	gauge_print(&calls);
	/* The two clocks are not read at one instant. */
	others.value = after > before ? (double)(after - before) / 1e6 : 0;
	gauge_which(&others, "fragments.%zu.background", n);
	gauge_print(&others);
	for (size_t i = 0; i < 64; i++)
		free(held[i]);
	for (size_t i = 1; i < n; i += 2)
		free(blocks[i]);
	munmap(blocks, n * sizeof(*blocks));
	gauge_samples_release(&samples);
}

void
alloc_fragments(double scale)
{
	start(wait_for_ever, NULL);
	among_fragments(alloc_rounds(20000, scale), alloc_rounds(8000, scale));
	if (scale >= 1)
		among_fragments(200000, 8000);
}

/* One request of another size after n blocks of one size were freed. */
void
alloc_stocked(double scale)
{
	start(wait_for_ever, NULL);
	for (size_t n = 1000; n <= (scale < 1 ? 1000 : 100000); n *= 10) {
		struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "us");
		void **blocks = room_for(n, sizeof(*blocks));

		for (size_t i = 0; i < n; i++)
			blocks[i] = alloc_some(128 * KB);
		for (size_t i = 0; i < n; i += 2)
			free(blocks[i]);
		uint64_t from = used_ns(CLOCK_THREAD_CPUTIME_ID);
		void *other = alloc_some(192 * KB);
		GAUGE_OPAQUE(other);
		row.value = (double)(used_ns(CLOCK_THREAD_CPUTIME_ID) - from) / 1e3;
		gauge_which(&row, "stocked.%zu", n);
		gauge_print(&row);
		free(other);
		for (size_t i = 1; i < n; i += 2)
			free(blocks[i]);
		munmap(blocks, n * sizeof(*blocks));
	}
}

/* A thread that stays, and asks once when it is told to. */
struct asker {
	sem_t made, turn, done;
	uint64_t took;
};

static void *
ask_once(void *arg)
{
	struct asker *self = arg;

	sem_post(&self->made);
	sem_wait(&self->turn);
	uint64_t from = used_ns(CLOCK_THREAD_CPUTIME_ID);
	void *block = alloc_some(200 * KB);
	self->took = used_ns(CLOCK_THREAD_CPUTIME_ID) - from;
	*(volatile char *)block = 1;
	free(block);
	sem_post(&self->done);
	return wait_for_ever(arg);
}

/* The processor time of the first request of 50 threads among n, the oldest ones. */
static void
first_among(size_t n)
{
	struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "us");
	size_t asking = n < 50 ? n : 50;
	struct asker *askers = room_for(n, sizeof(*askers));
	struct gauge_samples samples;

	gauge_samples_new(&samples, asking);
	for (size_t i = 0; i < n; i++) {
		sem_init(&askers[i].made, 0, 0);
		sem_init(&askers[i].turn, 0, 0);
		sem_init(&askers[i].done, 0, 0);
		start(ask_once, &askers[i]);
		sem_wait(&askers[i].made);
	}
	for (size_t i = 0; i < asking; i++) {
		sem_post(&askers[i].turn);
		sem_wait(&askers[i].done);
		gauge_add(&samples, askers[i].took);
	}
	gauge_spread(&row, &samples, 1e3);
	gauge_which(&row, "first.%zu", n);
	gauge_print(&row);
	gauge_samples_release(&samples);
}

void
alloc_first(double scale)
{
	first_among(alloc_rounds(100, scale));
	if (scale >= 1)
		first_among(4000);
}

/*
 * A heap of small blocks, half of it free, and 20 requests a second of 200 small blocks each: how long
 * the slowest takes, and what the process holds.
 */
static void
serve_seldom(size_t mb, size_t requests)
{
	struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "us");
	size_t n = mb * MB / (8 * KB);
	void **heap = room_for(n, sizeof(*heap)), *large = alloc_some(17 * MB);
	struct gauge_samples samples;
	uint64_t state = 5;

	memset(large, 1, 17 * MB);
	gauge_samples_new(&samples, requests * 200);
	for (size_t i = 0; i < n; i++) {
		heap[i] = alloc_some((4 + i % 9) * KB);
		memset(heap[i], 1, 4 * KB);
	}
	for (size_t i = 0; i < n; i++)
		if (i / 8 % 2) {
			free(heap[i]);
			heap[i] = NULL;
		}
	for (size_t r = 0; r < requests; r++) {
		void *own[200];

		for (size_t i = 0; i < 200; i++) {
			uint64_t from = gauge_now();

			own[i] = alloc_some(6000 + i % 7 * 512);
			gauge_add(&samples, gauge_now() - from);
			memset(own[i], 2, 4 * KB);
		}
		for (size_t i = 0; i < 200; i++)
			free(own[i]);
		for (int k = 0; k < 50; k++) {
			void **slot = &heap[gauge_random(&state) % n];

			free(*slot);
			*slot = *slot != NULL ? NULL : alloc_some(6 * KB);
		}
		rest_ns(50000000);
	}
	gauge_spread(&row, &samples, 1e3);
	row.rss_mb = gauge_status_mb("VmRSS:");
	gauge_which(&row, "seldom.%zuM", mb);
	gauge_print(&row);
	for (size_t i = 0; i < n; i++)
		free(heap[i]);
	munmap(heap, n * sizeof(*heap));
	gauge_samples_release(&samples);
	free(large);
}

void
alloc_seldom(double scale)
{
	static const size_t mbs[] = {100, 700, 1400};

	start(wait_for_ever, NULL);
	for (size_t i = 0; i < (scale < 1 ? 1 : 3); i++)
		serve_seldom(mbs[i], alloc_rounds(160, scale));
}
