/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Series of a site's memory, for the tests of the statistics and of the verdict.
 */
#ifndef TESTS_UNIT_GROWTH_SERIES_H
#define TESTS_UNIT_GROWTH_SERIES_H

#include "tools/model/growth_trend.h"

#define MB 1048576.0

static struct growth_point points[3000];

static inline void
fill(size_t n, double (*live)(double t), double (*trough)(double t))
{
	for (size_t i = 0; i < n; i++)
		points[i] = (struct growth_point){(double)i, live((double)i),
						  trough((double)i), 0, 0};
}

static inline double
zero(double t)
{
	(void)t;
	return 0;
}

static inline double
line(double t)
{
	return 5 * MB + 2 * MB * t;
}

static inline double
saw(double t)
{
	return MB + (double)((int)t % 10) * 3 * MB;
}

static inline double
saw_floor(double t)
{
	(void)t;
	return MB;
}

static inline double
bend(double t)
{
	return (t < 10 ? t : 10) * MB;
}

/* A saw whose floor rises: one block in a hundred stays. */
static inline double
rising_saw(double t)
{
	return saw(t) + t * MB / 10;
}

static inline double
rising_floor(double t)
{
	return MB + (double)((int)t / 10 * 10) * MB / 10;
}

static inline double
constant(double t)
{
	(void)t;
	return 20 * MB;
}

#endif
