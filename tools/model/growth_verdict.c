/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of growth_verdict.h. Called for each site that is shown; doc/growth.md says in words
 * what is decided here, and tests/unit/test_growth_verdict.c pins it.
 */
#include "tools/model/growth_verdict.h"

#include <stdlib.h>

#define MIN_POINTS 4 /* below these, no order of values is rare enough */
#define MIN_TAIL   4

/* Below so many blocks, that none was freed means nothing. */
#define FEW_BLOCKS 8

/* z = 1.645 squared: one-sided 5 %. */
#define Z_SQUARED 2.706

/* A rise below this share of what lives is noise, whatever its sign test says. */
#define LEAST_RISE 0.03

struct words {
	const char *name, *meaning, *next;
};

static const struct words *
words_of(enum growth_verdict v)
{
	static const struct words all[] = {
#define X(id, name, meaning, next) {name, meaning, next},
		GROWTH_VERDICTS(X)
#undef X
	};

	return &all[(unsigned)v < GROWTH_N_VERDICTS ? v : GROWTH_UNDECIDED];
}

const char *
growth_verdict_name(enum growth_verdict v)
{
	return words_of(v)->name;
}

const char *
growth_verdict_meaning(enum growth_verdict v, bool gc_known)
{
	return v == GROWTH_HELD && !gc_known ? "grows, and hardly any of it is freed"
					     : words_of(v)->meaning;
}

const char *
growth_verdict_next(enum growth_verdict v)
{
	return words_of(v)->next;
}

static double
value(const struct growth_point *p, bool trough)
{
	return trough ? p->trough : p->live;
}

/* At most GROWTH_MAX_POINTS of the n, first and last among them; returns how many. */
static size_t
thin(const struct growth_point *points, size_t n, struct growth_point *out)
{
	size_t m = n < GROWTH_MAX_POINTS ? n : GROWTH_MAX_POINTS;

	for (size_t i = 0; i < m; i++)
		out[i] = points[m < 2 ? 0 : i * (n - 1) / (m - 1)];
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

	n = thin(all, n, points);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; k < n; k++) {
			double dt = points[k].t_s - points[i].t_s;

			if (dt > 0)
				slopes[n_slopes++] = (value(&points[k], trough) -
						      value(&points[i], trough)) /
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
		sorted[i] = value(&points[i], trough);
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
	size_t n = thin(all, n_all, points);
	double s = 0, count = (double)n, variance, distance;

	if (n < MIN_POINTS)
		return 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; k < n; k++) {
			double d = value(&points[k], trough) - value(&points[i], trough);

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

/* The points while the site was at work: one that rests tells nothing by not growing. */
static size_t
busy_points(const struct growth_evidence *e)
{
	size_t n = e->n;

	while (n > 1 && e->points[n - 2].t_s >= e->active_until_s)
		n--;
	return n;
}

/*
 * Has what rose stopped to rise? The floor of the last third does not do its share; nor does what
 * lives rise there, for a floor stands still from one collection to the next.
 */
static bool
has_stopped(const struct growth_point *p, size_t n, bool trough)
{
	size_t tail = n / 3 > MIN_TAIL ? n / 3 : MIN_TAIL;
	double all, last, span, tail_span;

	if (n < tail + MIN_TAIL)
		return false;
	all = value(&p[n - 1], trough) - value(&p[0], trough);
	last = value(&p[n - 1], trough) - value(&p[n - tail], trough);
	span = p[n - 1].t_s - p[0].t_s;
	tail_span = p[n - 1].t_s - p[n - tail].t_s;
	return growth_trend(p + n - tail, tail, trough) <= 0 &&
	       growth_trend(p + n - tail, tail, false) <= 0 &&
	       last * span < all * tail_span / 4;
}

/* Quiet for longer than it was at work. */
static bool
is_quiet(const struct growth_evidence *e)
{
	size_t n = e->n;

	return n > 0 && e->points[n - 1].t_s - e->active_until_s >
				e->active_until_s - e->points[0].t_s;
}

/* A saw of a few teeth passes the sign test; its floor does not rise. */
static bool
floor_rises(const struct growth_point *points, size_t n, bool trough, double least)
{
	double low[2] = {value(&points[0], trough), value(&points[n - 1], trough)};

	for (size_t i = 0; i < n; i++) {
		double *half = &low[i >= n / 2];

		if (value(&points[i], trough) < *half)
			*half = value(&points[i], trough);
	}
	return low[1] - low[0] >= least;
}

/* One point of each epoch, its last: a trough that is seen many times is one witness. */
static size_t
distinct(const struct growth_point *points, size_t n, struct growth_point *out)
{
	struct growth_point thinned[GROWTH_MAX_POINTS];
	size_t m = 0;

	n = thin(points, n, thinned);
	for (size_t i = 0; i < n; i++) {
		if (m > 0 && thinned[i].epoch != 0 &&
		    thinned[i].epoch == out[m - 1].epoch)
			m--;
		out[m++] = thinned[i];
	}
	return m;
}

/*
 * What is left after collections rises, or without a view of them what lives does; by how many
 * witnesses.
 */
static bool
rises(const struct growth_evidence *e, size_t n, double *slope, size_t *witnesses)
{
	struct growth_point points[GROWTH_MAX_POINTS];
	const struct growth_point *p = e->points;
	double live = (double)e->live_bytes;
	bool trough = e->gc_known;

	if (n < MIN_POINTS)
		return false;
	if (trough) {
		n = distinct(p, n, points);
		p = points;
	}
	if (n < (size_t)MIN_POINTS + trough)
		return false;
	*witnesses = n;
	*slope = growth_slope(p, n, trough);
	return growth_trend(p, n, trough) > 0 &&
	       *slope * (p[n - 1].t_s - p[0].t_s) >= LEAST_RISE * live &&
	       floor_rises(p, n, trough, LEAST_RISE / 2 * live);
}

/* Hardly a block was freed: held, unless it grows no more or no collection could have shown it. */
static enum growth_verdict
judge_unfreed(const struct growth_evidence *e, size_t n, struct growth_finding *f)
{
	const struct growth_point *p = e->points;

	if (n < 2)
		return GROWTH_UNDECIDED;
	if (p[n - 1].live <= p[0].live * (1 + LEAST_RISE))
		return n < MIN_POINTS ? GROWTH_UNDECIDED : GROWTH_PLATEAU;
	if (e->gc_known && (e->major_gcs == 0 || f->survived < 0.3))
		return GROWTH_UNDECIDED;
	f->slope_bytes_per_s = growth_slope(p, n, false);
	return GROWTH_HELD;
}

/* Most is freed again: garbage if collections bring it down to a quarter, else a cache. */
static enum growth_verdict
judge_freed(const struct growth_evidence *e, size_t n)
{
	double floor = 0;

	if (!e->gc_known)
		return GROWTH_PLATEAU;
	if (n < MIN_POINTS || e->major_gcs < 2)
		return GROWTH_GC_LAG;
	for (size_t i = n / 2; i < n; i++)
		if (e->points[i].trough > floor)
			floor = e->points[i].trough;
	return floor < (double)e->peak_bytes / 4 ? GROWTH_GC_LAG : GROWTH_PLATEAU;
}

static enum growth_verdict
judge(const struct growth_evidence *e, struct growth_finding *f)
{
	size_t n = busy_points(e), witnesses;
	double slope;

	if (is_quiet(e) && e->n >= MIN_POINTS)
		return GROWTH_PLATEAU;
	if (rises(e, n, &slope, &witnesses)) {
		if (f->stays < 0.9 && has_stopped(e->points, n, e->gc_known))
			return GROWTH_PLATEAU;
		/* A ring that has just filled: the rise is of then, and most is replaced since. */
		if (f->stays < 0.5 && witnesses < 2 * MIN_TAIL)
			return GROWTH_UNDECIDED;
		f->slope_bytes_per_s = slope;
		return GROWTH_HELD;
	}
	if (e->alloc_count < FEW_BLOCKS)
		return n >= MIN_POINTS && e->points[n - 1].live <= e->points[0].live
			       ? GROWTH_PLATEAU
			       : GROWTH_UNDECIDED;
	if (f->stays >= 0.9)
		return judge_unfreed(e, n, f);
	if (f->stays < 0.5)
		return judge_freed(e, n);
	return n < MIN_POINTS ? GROWTH_UNDECIDED : GROWTH_PLATEAU;
}

struct growth_finding
growth_judge(const struct growth_evidence *e)
{
	const uint64_t *age = e->age_bytes;
	double aged = (double)age[1] + (double)age[2] + (double)age[3];
	double all = aged + (double)age[0];
	struct growth_finding f = {
		.stays = growth_stays((double)e->alloc_count, (double)e->freed_count),
		.survived = all > 0 ? aged / all : 0,
	};

	if (e->live_bytes == 0 || e->live_bytes < e->peak_bytes / 50)
		f.verdict = GROWTH_RELEASED;
	else
		f.verdict = judge(e, &f);
	f.early = f.verdict == GROWTH_HELD &&
		  e->active_until_s - e->first_s < GROWTH_EARLY_S;
	return f;
}

double
growth_eta(uint64_t used, uint64_t limit, double slope)
{
	if (limit == 0 || slope <= 0)
		return -1;
	return used >= limit ? 0 : (double)(limit - used) / slope;
}

struct growth_rss
growth_split(uint64_t rss, uint64_t live, uint64_t cached, uint64_t js_heap)
{
	struct growth_rss r = {.rss_bytes = rss};

	r.cached_bytes = cached < rss ? cached : rss;
	rss -= r.cached_bytes;
	r.live_bytes = live < rss ? live : rss;
	rss -= r.live_bytes;
	r.js_heap_bytes = js_heap < rss ? js_heap : rss;
	r.other_bytes = rss - r.js_heap_bytes;
	return r;
}

enum growth_verdict
growth_judge_rss(const struct growth_rss *now, uint64_t peak_live,
		 const struct growth_point *others, size_t n)
{
	double span = n > 1 ? others[n - 1].t_s - others[0].t_s : 0;

	/* Large beside what lives, after a time when more lived. */
	if (now->cached_bytes >= 32u << 20 && now->cached_bytes >= now->rss_bytes / 4 &&
	    now->live_bytes < peak_live / 2)
		return GROWTH_RETAINED;
	if (growth_trend(others, n, false) > 0 && now->other_bytes >= 64u << 20 &&
	    now->other_bytes >= now->rss_bytes / 4 &&
	    growth_slope(others, n, false) * span >= 0.1 * (double)now->rss_bytes)
		return GROWTH_UNTRACKED;
	return GROWTH_HELD;
}
