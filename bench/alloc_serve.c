/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that works: it has built a heap of 200 MB in blocks of 1 to 60 KB, has freed half of it here and there, and
 * goes on at 20 and at 2000 requests a second. What a request takes, and what the process holds meanwhile: an allocator
 * that gives the free half back must not keep a request waiting for it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "bench/alloc_cases.h"
#include "bench/gauge.h"

#define HEAP_BYTES (200 * MB)
#define MEAN_BYTES ((1 + 60) * KB / 2)
#define OWN	   20 /* blocks of a request's own */
#define REPLACED   2  /* blocks of the heap that it replaces */

struct server {
	void **heap;
	size_t n;
	uint64_t state;
};

static size_t
some_size(struct server *s)
{
	return KB + gauge_random(&s->state) % (59 * KB);
}

static void *
filled(size_t bytes)
{
	void *p = alloc_some(bytes);

	memset(p, 1, bytes);
	return p;
}

static void
build(struct server *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->heap[i] = filled(some_size(s));
	for (size_t i = 0; i < s->n; i++) {
		if (gauge_random(&s->state) % 2) {
			free(s->heap[i]);
			s->heap[i] = NULL;
		}
	}
}

/* As many live blocks after it as before. */
static void
request(struct server *s)
{
	void *own[OWN];

	for (size_t i = 0; i < OWN; i++)
		own[i] = filled(some_size(s) / 4);
	for (size_t i = 0; i < REPLACED;) {
		void **from = &s->heap[gauge_random(&s->state) % s->n];
		void **to = &s->heap[gauge_random(&s->state) % s->n];

		if (*from == NULL || *to != NULL)
			continue;
		free(*from);
		*from = NULL;
		*to = filled(some_size(s));
		i++;
	}
	for (size_t i = 0; i < OWN; i++)
		free(own[i]);
}

static void
rest_until(uint64_t ns)
{
	const struct timespec t = {.tv_sec = (time_t)(ns / 1000000000),
				   .tv_nsec = (long)(ns % 1000000000)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0)
		;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Resident memory is the mean of the last third. */
static void
serve(struct server *s, size_t a_second, size_t seconds)
{
	size_t n = a_second * seconds;
	struct gauge_row calls = GAUGE_ROW(ALLOC_PROGRAM, "us");
	struct gauge_row tail = GAUGE_ROW(ALLOC_PROGRAM, "us");
	struct gauge_samples samples;
	uint64_t due = gauge_now(), mb_sum = 0, mb_n = 0;

	gauge_samples_new(&samples, n);
	for (size_t i = 0; i < n; i++) {
		uint64_t from = gauge_now();

		request(s);
		gauge_add(&samples, gauge_now() - from);
		if (i >= n - n / 3 && i % (a_second / 10) == 0) {
			mb_sum += (uint64_t)gauge_status_mb("VmRSS:");
			mb_n++;
		}
		due += 1000000000 / a_second;
		if (due > gauge_now())
			rest_until(due);
		else
			due = gauge_now(); /* a late one does not make the next ones hurry */
	}
	qsort(samples.ns, samples.n, sizeof(*samples.ns), by_value);
	tail.value = (double)samples.ns[samples.n - 1 - samples.n / 1000] / 1e3;
	gauge_spread(&calls, &samples, 1e3);
	calls.rss_mb = mb_n != 0 ? (double)(mb_sum / mb_n) : gauge_status_mb("VmRSS:");
	gauge_which(&calls, "serve.%zu", a_second);
	gauge_print(&calls);
	gauge_which(&tail, "serve.%zu.p99.9", a_second);
	gauge_print(&tail);
	gauge_samples_release(&samples);
}

static void *
wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

void
alloc_serve(double scale)
{
	struct server s = {.n = HEAP_BYTES / MEAN_BYTES, .state = 7};
	size_t seconds = alloc_rounds(45, scale);
	pthread_t other;

	/* So that who works in the background may. */
	if (pthread_create(&other, NULL, wait_for_ever, NULL) != 0)
		exit(1);
	s.heap = mmap(NULL, s.n * sizeof(*s.heap), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s.heap == MAP_FAILED) {
		perror("alloc_bench");
		exit(1);
	}
	build(&s);
	serve(&s, 20, seconds);
	serve(&s, 2000, seconds);
	for (size_t i = 0; i < s.n; i++)
		free(s.heap[i]);
	munmap(s.heap, s.n * sizeof(*s.heap));
}
