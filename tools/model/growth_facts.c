/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts out of evidence. Called by growth_verdict.c for each site that is shown; doc/growth.md says
 * what stands behind them.
 */
#include "tools/model/growth_facts.h"

#define MIN_TAIL 4

/* So many floors are seen often. */
#define MANY (2 * MIN_TAIL)

#define FEW_BLOCKS 8

/* A rise below this share of what lives is noise, whatever its sign test says. */
#define LEAST_RISE 0.03

/* The points while the site was at work: one that rests tells nothing by not growing. */
static size_t
busy_points(const struct growth_evidence *e)
{
	size_t n = e->n;

	while (n > 1 && e->points[n - 2].t_s >= e->active_until_s)
		n--;
	return n;
}

static bool
is_quiet(const struct growth_evidence *e)
{
	size_t n = e->n;

	return n >= GROWTH_MIN_POINTS && e->points[n - 1].t_s - e->active_until_s >
						 e->active_until_s - e->points[0].t_s;
}

/* A saw of a few teeth passes the sign test; its floor does not rise. */
static bool
floor_rises(const struct growth_point *points, size_t n, bool trough, double least)
{
	double low[2] = {growth_value(&points[0], trough),
			 growth_value(&points[n - 1], trough)};

	for (size_t i = 0; i < n; i++) {
		double *half = &low[i >= n / 2];

		if (growth_value(&points[i], trough) < *half)
			*half = growth_value(&points[i], trough);
	}
	return low[1] - low[0] >= least;
}

/* One point of each epoch, its last: a trough that is seen many times is one witness. */
static size_t
distinct(const struct growth_point *points, size_t n, struct growth_point *out)
{
	struct growth_point thinned[GROWTH_MAX_POINTS];
	size_t m = 0;

	n = growth_thin(points, n, thinned);
	for (size_t i = 0; i < n; i++) {
		if (m > 0 && thinned[i].epoch != 0 &&
		    thinned[i].epoch == out[m - 1].epoch)
			m--;
		out[m++] = thinned[i];
	}
	return m;
}

/* FACT_RISES and FACT_OFTEN, and the slope. */
static unsigned
find_rise(const struct growth_evidence *e, size_t n, double *slope)
{
	struct growth_point points[GROWTH_MAX_POINTS];
	const struct growth_point *p = e->points;
	double live = (double)e->live_bytes, rise;
	bool trough = e->gc_known;

	if (n < GROWTH_MIN_POINTS)
		return 0;
	if (trough) {
		n = distinct(p, n, points);
		p = points;
	}
	if (n < (size_t)GROWTH_MIN_POINTS + trough)
		return 0;
	rise = growth_slope(p, n, trough);
	if (growth_trend(p, n, trough) <= 0 ||
	    rise * (p[n - 1].t_s - p[0].t_s) < LEAST_RISE * live ||
	    !floor_rises(p, n, trough, LEAST_RISE / 2 * live))
		return 0;
	*slope = rise;
	return n >= MANY ? FACT_RISES | FACT_OFTEN : FACT_RISES;
}

/*
 * The floor of the last third does not do its share; nor does what lives rise there, for a floor stands
 * still from one collection to the next.
 */
static bool
has_stopped(const struct growth_point *p, size_t n, bool trough)
{
	size_t tail = n / 3 > MIN_TAIL ? n / 3 : MIN_TAIL;
	double all, last, span, tail_span;

	if (n < tail + MIN_TAIL)
		return false;
	all = growth_value(&p[n - 1], trough) - growth_value(&p[0], trough);
	last = growth_value(&p[n - 1], trough) - growth_value(&p[n - tail], trough);
	span = p[n - 1].t_s - p[0].t_s;
	tail_span = p[n - 1].t_s - p[n - tail].t_s;
	return growth_trend(p + n - tail, tail, trough) <= 0 &&
	       growth_trend(p + n - tail, tail, false) <= 0 &&
	       last * span < all * tail_span / 4;
}

static bool
comes_down(const struct growth_evidence *e, size_t n)
{
	double floor = 0;

	if (n < GROWTH_MIN_POINTS || e->major_gcs < 2)
		return true;
	for (size_t i = n / 2; i < n; i++)
		if (e->points[i].trough > floor)
			floor = e->points[i].trough;
	return floor < (double)e->peak_bytes / 4;
}

struct growth_facts
growth_facts(const struct growth_evidence *e)
{
	const struct growth_point *p = e->points;
	const uint64_t *age = e->age_bytes;
	double aged = (double)age[1] + (double)age[2] + (double)age[3];
	double all = aged + (double)age[0];
	struct growth_facts f = {
		.n = busy_points(e),
		.stays = growth_stays((double)e->alloc_count, (double)e->freed_count),
		.survived = all > 0 ? aged / all : 0,
	};
	size_t n = f.n;

#define FACT(name, so) f.is |= (so) ? FACT_##name : 0
	FACT(GONE, e->live_bytes == 0 || e->live_bytes < e->peak_bytes / 50);
	FACT(QUIET, is_quiet(e));
	FACT(FEW_POINTS, n < GROWTH_MIN_POINTS);
	FACT(FEW_BLOCKS, e->alloc_count < FEW_BLOCKS);
	FACT(KEPT, f.stays >= 0.9);
	FACT(REPLACED, f.stays < 0.5);
	FACT(HIGHER, n > 0 && p[n - 1].live > p[0].live);
	FACT(GROWN, n > 0 && p[n - 1].live > p[0].live * (1 + LEAST_RISE));
	FACT(GC_KNOWN, e->gc_known);
	FACT(PROVEN, !e->gc_known || (e->major_gcs > 0 && f.survived >= 0.3));
	FACT(COMES_DOWN, comes_down(e, n));
	if ((f.is & (FACT_GONE | FACT_QUIET)) == 0)
		f.is |= find_rise(e, n, &f.slope_bytes_per_s);
	FACT(STOPPED, (f.is & FACT_RISES) != 0 && (f.is & FACT_KEPT) == 0 &&
			      has_stopped(p, n, e->gc_known));
#undef FACT
	return f;
}
