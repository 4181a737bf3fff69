/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statistics of growth_trend.h. Called by growth_verdict.c, which says what they mean; all of
 * them take few points, so that what is quadratic stays cheap.
 */
#include "tools/model/growth_trend.h"

#include <stdlib.h>

/* z = 1.645 squared: one-sided 5 %. */
#define Z_SQUARED 2.706

size_t
growth_thin(const struct growth_point *points, size_t n,
	    struct growth_point out[GROWTH_MAX_POINTS])
{
	size_t m = n < GROWTH_MAX_POINTS ? n : GROWTH_MAX_POINTS;

	for (size_t i = 0; i < m; i++)
		out[i] = points[m < 2 ? 0 : i * (n - 1) / (m - 1)];
	return m;
}

size_t
growth_even(const struct growth_point *p, size_t n, double from_s, size_t want,
	    struct growth_point out[GROWTH_MAX_POINTS])
{
	size_t m = want < GROWTH_MAX_POINTS ? want : GROWTH_MAX_POINTS, k = 0;
	double begin, span;

	if (n < 2 || m < 2)
		return 0;
	begin = p[0].t_s > from_s ? p[0].t_s : from_s;
	span = p[n - 1].t_s - begin;
	for (size_t i = 0; i < m; i++) {
		double t = begin + span * (double)i / (double)(m - 1), part;

		while (k + 2 < n && p[k + 1].t_s <= t)
			k++;
		part = (t - p[k].t_s) / (p[k + 1].t_s - p[k].t_s);
		out[i] = (struct growth_point){
			.t_s = t, .live = p[k].live + part * (p[k + 1].live - p[k].live)};
	}
	return m;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double
growth_slope(const struct growth_point *all, size_t n, bool trough)
{
	double slopes[GROWTH_MAX_POINTS * (GROWTH_MAX_POINTS - 1) / 2];
	struct growth_point points[GROWTH_MAX_POINTS];
	size_t n_slopes = 0;

	n = growth_thin(all, n, points);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; k < n; k++) {
			double dt = points[k].t_s - points[i].t_s;

			if (dt > 0)
				slopes[n_slopes++] = (growth_value(&points[k], trough) -
						      growth_value(&points[i], trough)) /
						     dt;
		}
	}
	if (n_slopes == 0)
		return 0;
	qsort(slopes, n_slopes, sizeof(slopes[0]), by_size);
	if (n_slopes % 2 == 1)
		return slopes[n_slopes / 2];
	return (slopes[n_slopes / 2 - 1] + slopes[n_slopes / 2]) / 2;
}

/* What ties take from the variance: t(t-1)(2t+5) for each group of t equal values. */
static double
tie_correction(const struct growth_point *points, size_t n, bool trough)
{
	double sorted[GROWTH_MAX_POINTS] = {0}, sum = 0;

	for (size_t i = 0; i < n; i++)
		sorted[i] = growth_value(&points[i], trough);
	qsort(sorted, n, sizeof(sorted[0]), by_size);
	for (size_t i = 0; i < n;) {
		size_t k = i;

		while (k < n && !(sorted[k] > sorted[i]))
			k++;
		double t = (double)(k - i);

		sum += t * (t - 1) * (2 * t + 5);
		i = k;
	}
	return sum;
}

int
growth_trend(const struct growth_point *all, size_t n_all, bool trough)
{
	struct growth_point points[GROWTH_MAX_POINTS];
	size_t n = growth_thin(all, n_all, points);
	double s = 0, count = (double)n, variance, distance;

	if (n < GROWTH_MIN_POINTS)
		return 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; k < n; k++) {
			double d = growth_value(&points[k], trough) -
				   growth_value(&points[i], trough);

			s += (d > 0) - (d < 0);
		}
	}
	variance = (count * (count - 1) * (2 * count + 5) -
		    tie_correction(points, n, trough)) /
		   18;
	distance = s > 0 ? s - 1 : s < 0 ? -s - 1 : 0;
	if (distance * distance <= Z_SQUARED * variance)
		return 0;
	return s > 0 ? 1 : -1;
}

double
growth_stays(double alloc, double freed)
{
	double p = 1 - (freed + 1) / (alloc + 2);

	return p < 0 ? 0 : p > 1 ? 1 : p;
}

double
growth_eta(uint64_t used, uint64_t limit, double slope)
{
	if (limit == 0 || slope <= 0)
		return -1;
	return used >= limit ? 0 : (double)(limit - used) / slope;
}
