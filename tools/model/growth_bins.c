/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tests of growth_bins.h. The thresholds were chosen on the series of tests/growth, which say how
 * often they are wrong.
 */
#include "tools/model/growth_bins.h"

#define MINUTE 60.0
#define HOUR   3600.0

static double
mean(const double *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	return n > 0 ? sum / (double)n : 0;
}

static size_t
ends(size_t n)
{
	return n / 6 > 1 ? n / 6 : 1;
}

void
growth_bins_measure(struct growth_bins *b)
{
	size_t e = ends(b->n);

	b->rise = b->n > 0 ? mean(b->v + b->n - e, e) - mean(b->v, e) : 0;
}

size_t
growth_bins_onset(const struct growth_bins *b)
{
	size_t i = b->n > 0 ? b->n - 1 : 0;

	while (i > 0 && b->v[i - 1] > b->v[b->n - 1] - 0.95 * b->rise)
		i--;
	return i > 0 ? i - 1 : 0;
}

double
growth_bins_fall(const struct growth_bins *b)
{
	double top = 0, fall = 0;

	for (size_t i = b->settled; i < b->n; i++) {
		if (i == b->settled || b->v[i] > top)
			top = b->v[i];
		if (top - b->v[i] > fall)
			fall = top - b->v[i];
	}
	return fall;
}

/* Steps up, as bins show them: how many, the largest, and the longest way from one to the next. */
struct steps {
	size_t n, gap, rest; /* in bins; `rest`: since the last one */
	double largest;
};

static struct steps
find_steps(const struct growth_bins *b, double least)
{
	struct steps s = {0};
	size_t last = 0;

	for (size_t i = 1; i < b->n; i++) {
		double d = b->v[i] - b->v[i - 1];

		if (d <= least)
			continue;
		if (s.n > 0 && i - last > s.gap)
			s.gap = i - last;
		if (d > s.largest)
			s.largest = d;
		s.n++;
		last = i;
	}
	s.rest = b->n - 1 - last;
	return s;
}

bool
growth_bins_spread(const struct growth_bins *b)
{
	struct steps s = find_steps(b, b->rise / 50);

	if (s.n >= 6)
		return s.largest <= b->rise * 0.55;
	/* Of few, only what comes as by a clock: a pool's highest marks come seldom too. */
	return s.n >= 3 && s.largest <= b->rise * (s.n < 4 ? 0.36 : 0.42) &&
	       (s.gap > s.rest ? s.gap : s.rest) * s.n * 10 <= b->n * 11;
}

bool
growth_bins_wait(const struct growth_bins *b, bool floor)
{
	struct steps s = find_steps(b, b->rise / 12);

	double fall = growth_bins_fall(b);

	/* Of two that are alike, until a third has failed to come; of floors two are two collections. */
	if (s.n == 2 && !floor)
		return s.largest <= 0.6 * b->rise && s.rest <= s.gap + 1 &&
		       b->rise > 50 * fall;
	return s.n >= 3 && s.rest <= 2 * (s.gap + 1) && b->rise > 8 * fall;
}

bool
growth_bins_go_on(const struct growth_bins *b)
{
	size_t e = ends(b->n), then = b->n - 1 - b->n / 3;
	size_t from = then + 1 > e ? then + 1 - e : 0;

	return mean(b->v + b->n - e, e) - mean(b->v + from, then + 1 - from) >
	       b->rise / 8;
}

/* How far bins are from the line through their third, squared, a mean. */
static double
noise2(const double *v, size_t n)
{
	double middle = mean(v, n), t = ((double)n - 1) / 2, xy = 0, xx = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		xy += ((double)i - t) * (v[i] - middle);
		xx += ((double)i - t) * ((double)i - t);
	}
	for (size_t i = 0; i < n; i++) {
		double d = v[i] - middle - ((double)i - t) * (xx > 0 ? xy / xx : 0);

		sum += d * d;
	}
	return n > 2 ? sum / (double)(n - 2) : 0;
}

/* The same for bins that follow a curve: around lines through pieces of it. */
static double
rough2(const struct growth_bins *b)
{
	size_t pieces = b->n < 15 ? 3 : 5, n = b->n / pieces;
	double sum = 0;

	for (size_t i = 0; i < pieces; i++)
		sum += noise2(b->v + b->n - (i + 1) * n, n);
	return sum / (double)pieces;
}

/* What three thirds bring, from the mean of one to that of the next. */
struct thirds {
	double before, after, last;
	size_t n;
};

static struct thirds
thirds(const double *v, size_t n)
{
	struct thirds t = {.n = n / 3};
	double a, b;

	v += n - 3 * t.n;
	a = mean(v, t.n);
	b = mean(v + t.n, t.n);
	t.last = mean(v + 2 * t.n, t.n);
	t.before = b - a;
	t.after = t.last - b;
	return t;
}

/* The last third brings less than this share of the one before, and not by chance. */
static bool
slows(struct thirds t, double share, double noise)
{
	double missing = t.before - t.after;

	/* The variance of a - 2 b + c, three to four times its root. */
	return t.n >= 2 && t.after < share * t.before &&
	       missing * missing > 12 * 6 * noise / (double)t.n;
}

bool
growth_bins_slow(const struct growth_bins *b, double known_s)
{
	size_t half = b->n / 2;

	/* A program that starts, and a busy machine, go unevenly; readers say that it is early. */
	if (known_s < MINUTE)
		return false;
	if (slows(thirds(b->v, b->n), 0.75, rough2(b)))
		return true;
	return b->span_s >= 2 * HOUR && known_s < 36 * HOUR &&
	       slows(thirds(b->v + b->n - half, half), 0.92, rough2(b));
}

bool
growth_bins_full(const struct growth_bins *b, double least)
{
	struct thirds t = thirds(b->v, b->n);
	double still;

	if (t.after >= t.before || t.before <= 0)
		return false;
	still = t.after * t.after / (t.before - t.after);
	return t.last + still - b->v[b->n - 1] < least;
}
