/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statistics of growth_trend.h. Called by growth_course.c, which says what they mean; all of
 * them take few values, so that what is quadratic stays cheap.
 *
 * Memory of one minute follows that of the minute before, so that a sign test that takes its values
 * for independent finds a rise in every wave: of series without one whose values keep 0.8 of the last, in
 * 18 of 100 where it should in one. They are taken for as many as they are worth: S. Yue, C. Y. Wang, "The
 * Mann-Kendall test modified by effective sample size to detect trend in serially correlated hydrological
 * series", Water Resources Management 18 (2004), 201-218. That leaves 4 of 100 (test_growth_trend.c); the
 * rest is for growth_bins.c, which asks how far it fell.
 */
#include "tools/model/growth_trend.h"

#include <stdlib.h>

/* A curve is no wave: more is not believed. */
#define MOST 0.7

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double
growth_slope(const double *v, size_t n)
{
	double slopes[GROWTH_TREND_MAX * (GROWTH_TREND_MAX - 1) / 2];
	size_t m = 0;

	if (n > GROWTH_TREND_MAX)
		n = GROWTH_TREND_MAX;
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			slopes[m++] = (v[k] - v[i]) / (double)(k - i);
	if (m == 0)
		return 0;
	qsort(slopes, m, sizeof(slopes[0]), by_size);
	return m % 2 == 1 ? slopes[m / 2] : (slopes[m / 2 - 1] + slopes[m / 2]) / 2;
}

/* What ties take from the variance: t(t-1)(2t+5) for each group of t equal values. */
static double
ties(const double *v, size_t n)
{
	double sorted[GROWTH_TREND_MAX] = {0}, sum = 0;

	for (size_t i = 0; i < n; i++)
		sorted[i] = v[i];
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

/* Ranks of the values less their trend, around 0. */
static void
rank(const double *v, size_t n, double step, double *out)
{
	for (size_t i = 0; i < n; i++) {
		double mine = v[i] - step * (double)i;

		out[i] = 0;
		for (size_t k = 0; k < n; k++) {
			double other = v[k] - step * (double)k;

			out[i] += (other < mine) - (other > mine);
		}
	}
}

/*
 * How many values stand for one: 1 if they do not follow each other. By the correlation of each rank with the
 * next, which a short series shows too small.
 */
static double
inflation(const double *v, size_t n, double step)
{
	double ranks[GROWTH_TREND_MAX], square = 0, product = 0, m = (double)n, r;

	if (n <= 4)
		return 1;
	rank(v, n, step, ranks);
	for (size_t i = 0; i < n; i++)
		square += ranks[i] * ranks[i];
	for (size_t i = 0; i + 1 < n; i++)
		product += ranks[i] * ranks[i + 1];
	r = square > 0 ? (m * product / square + 1) / (m - 4) : 0;
	r = r > MOST ? MOST : r;
	return r > 0 ? (1 + r) / (1 - r) : 1;
}

struct growth_trend
growth_trend(const double *v, size_t n)
{
	struct growth_trend t = {0};
	double s = 0, m = (double)n, variance, square;

	if (n < 2 || n > GROWTH_TREND_MAX)
		return t;
	t.step = growth_slope(v, n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			s += (v[k] > v[i]) - (v[k] < v[i]);
	variance = (m * (m - 1) * (2 * m + 5) - ties(v, n)) / 18;
	s = s > 0 ? s - 1 : s < 0 ? s + 1 : 0;
	if (variance <= 0)
		return t;
	square = (s > 0 ? s : -s) * s;
	t.z2 = square / variance;
	t.z2_corrected = square / (variance * inflation(v, n, t.step));
	return t;
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
