/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statistics of a series: how fast it rises, whether it does, whether what came stays. Pure, and of
 * no memory beyond the stack.
 */
#ifndef TOOLS_GROWTH_TREND_H
#define TOOLS_GROWTH_TREND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One instant of a site, oldest first in an array. */
struct growth_point {
	double t_s;
	double live;   /* bytes */
	double trough; /* the least between the last two major GCs; = live if not known */
	double alloc;  /* bytes, ever */
	uint64_t
		epoch; /* major GCs seen: equal ones have one trough between them; 0: unknown */
};

static inline double
growth_value(const struct growth_point *p, bool trough)
{
	return trough ? p->trough : p->live;
}

/* Points beyond this many are thinned out evenly. */
#define GROWTH_MAX_POINTS 96

/* Below these, no order of values is rare enough. */
#define GROWTH_MIN_POINTS 4

/* At most GROWTH_MAX_POINTS of the n, first and last among them; returns how many. */
size_t growth_thin(const struct growth_point *points, size_t n,
		   struct growth_point out[GROWTH_MAX_POINTS]);

/*
 * The series evenly in time, from `from_s` on or its own begin, as `want` points, GROWTH_MAX_POINTS at
 * most: on the line between two of its own. Only `t_s` and `live`. Returns how many; 0 below two.
 */
size_t growth_even(const struct growth_point *points, size_t n, double from_s,
		   size_t want, struct growth_point out[GROWTH_MAX_POINTS]);

/* Median of the slopes between all pairs; `trough` says which value. 0 below two points. */
double growth_slope(const struct growth_point *points, size_t n, bool trough);

/*
 * Mann-Kendall: 1 rises, -1 falls, 0 neither, one-sided at 5 % with ties counted. Below
 * GROWTH_MIN_POINTS always 0.
 */
int growth_trend(const struct growth_point *points, size_t n, bool trough);

/* Laplace's rule: how likely the next block is to stay, after `freed` of `alloc` went. 0 to 1. */
double growth_stays(double alloc, double freed);

/* Seconds until `used` reaches `limit` at this slope; negative: never, or no limit. */
double growth_eta(uint64_t used, uint64_t limit, double slope_bytes_per_s);

#endif
