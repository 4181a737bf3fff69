/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two ways to do one thing, measured in turns in the same run, so that what the machine does
 * meanwhile meets both. For encode_bench.c and bytes_bench.c.
 */
#ifndef BENCH_PAIRS_H
#define BENCH_PAIRS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/gauge.h"

enum { PAIRS_MAX = 51 };

struct pairs {
	size_t rounds, times; /* calls in each round */
	double own, other;    /* median seconds of one call */
};

typedef void pairs_call(const void *context);

static inline int
pairs_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static inline double
pairs_median(double *samples, size_t n)
{
	qsort(samples, n, sizeof(*samples), pairs_order);
	return samples[n / 2];
}

/* Of this thread alone: whoever else has the processor meanwhile is not counted. */
static inline double
pairs_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline double
pairs_time(pairs_call *call, const void *context, size_t times)
{
	double start = pairs_now();

	for (size_t i = 0; i < times; i++)
		call(context);
	return (pairs_now() - start) / (double)times;
}

/* `other` may be NULL. */
static inline void
pairs_run(struct pairs *p, pairs_call *own, pairs_call *other, const void *context)
{
	double a[PAIRS_MAX], b[PAIRS_MAX];

	for (size_t i = 0; i < p->rounds; i++) {
		a[i] = pairs_time(own, context, p->times);
		b[i] = other != NULL ? pairs_time(other, context, p->times) : 0;
	}
	p->own = pairs_median(a, p->rounds);
	p->other = pairs_median(b, p->rounds);
}

/* Zeroed, touched, and from a page on. */
static inline char *
pairs_memory(size_t n)
{
	char *p = aligned_alloc(4096, (n + 4095) / 4096 * 4096);

	if (p == NULL) {
		fputs("no memory\n", stderr);
		exit(1);
	}
	memset(p, 1, n);
	return p;
}

#endif
