/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Series of a site's memory, one instant a second, for the tests of the statistics and of the verdict.
 */
#ifndef TESTS_UNIT_GROWTH_SERIES_H
#define TESTS_UNIT_GROWTH_SERIES_H

#include "tools/model/growth_verdict.h"

#define MB 1048576.0

static struct growth_windows windows;

/* n seconds; a major collection each second, or each `gc_s` of them, 0: never. */
static inline void
fill_gc(size_t n, double (*live)(double t), double (*trough)(double t), size_t gc_s)
{
	growth_windows_begin(&windows, 0, (double)n - 1);
	for (size_t i = 0; i < n; i++) {
		struct growth_point p = {(double)i, live((double)i), trough((double)i),
					 gc_s > 0 ? i / gc_s : 0};

		for (size_t k = 0; k < windows.n; k++)
			growth_window_add(&windows.of[k], &p);
	}
	growth_windows_end(&windows);
}

static inline void
fill(size_t n, double (*live)(double t), double (*trough)(double t))
{
	fill_gc(n, live, trough, 1);
}

static inline double
last_live(void)
{
	return windows.of[0].live[GROWTH_CELLS - 1];
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

/* A block of 1 MB a second more, and none, one or two copies of it. */
static inline double
copies(double t)
{
	return (1 + t) * MB * (1 + (int)(t / 3) % 3);
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

/* Ever slower: to 100 MB, a tenth of what is missing each three seconds. */
static inline double
filling(double t)
{
	double missing = 100 * MB;

	for (int i = 0; i < (int)t / 3; i++)
		missing *= 0.9;
	return 100 * MB - missing;
}

/* Higher at the end, with waves half as deep. */
static inline double
waves(double t)
{
	return (40 + t / 2 + (double)((int)t % 24 < 12 ? 0 : 16)) * MB;
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

static inline double
late_step(double t)
{
	return (t < 31 ? 10 : 20) * MB;
}

/* Garbage that minor collections free, and one block of four that stays. */
static inline double
kept_under_saw(double t)
{
	return t * MB + (double)((int)t % 3) * 8 * MB;
}

/* A thousand blocks of n seconds, none freed. */
static inline struct growth_evidence
evidence(size_t n)
{
	return (struct growth_evidence){
		.windows = &windows,
		.gc_known = true,
		.major_gcs = n,
		.live_bytes = (uint64_t)last_live(),
		.peak_bytes = (uint64_t)last_live(),
		.alloc_count = 1000,
		.alloc_bytes = 1000u << 20,
		.live_count = (uint64_t)last_live() >> 20,
		.active_until_s = (double)n,
	};
}

static inline enum growth_verdict
verdict(const struct growth_evidence *e)
{
	return growth_judge(e).verdict;
}

#endif
