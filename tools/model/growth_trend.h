/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statistics of a series that is even in time: how fast it rises, whether it does, whether what came
 * stays. Pure, and of no memory beyond the stack.
 */
#ifndef TOOLS_GROWTH_TREND_H
#define TOOLS_GROWTH_TREND_H

#include <stddef.h>
#include <stdint.h>

#define GROWTH_TREND_MAX 32

/* Of `n` values, GROWTH_TREND_MAX at most. */
struct growth_trend {
	double step; /* median of the slopes between all pairs, by step of the series */
	double z2; /* square of Mann-Kendall's z, ties counted; below 0 where it falls */
	double z2_corrected; /* the same for values that follow each other */
};

struct growth_trend growth_trend(const double *v, size_t n);

/* Median of the slopes between all pairs, by step; 0 below two values. */
double growth_slope(const double *v, size_t n);

/* Laplace's rule: how likely the next block is to stay, after `freed` of `alloc` went. 0 to 1. */
double growth_stays(double alloc, double freed);

/* Seconds until `used` reaches `limit` at this slope; negative: never, or no limit. */
double growth_eta(uint64_t used, uint64_t limit, double slope_bytes_per_s);

#endif
