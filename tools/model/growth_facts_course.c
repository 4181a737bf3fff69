/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a line goes: by what collections leave, or by what lives. Called by growth_facts.c.
 */
#include "tools/model/growth_course.h"
#include "tools/model/growth_facts_private.h"
#include "tools/model/growth_lows.h"
#include "tools/model/growth_trend.h"

double
growth_most_of(const double *v, size_t from, size_t to)
{
	double most = 0;

	for (size_t i = from; i < to; i++)
		most = v[i] > most ? v[i] : most;
	return most;
}

static unsigned
facts_of(struct growth_course c)
{
	return ((c.is & COURSE_RISES) != 0 ? FACT_RISES : 0) |
	       ((c.is & COURSE_OFTEN) != 0 ? FACT_OFTEN : 0) |
	       ((c.is & COURSE_SLOWS) != 0 ? FACT_SLOWS : 0) |
	       ((c.is & COURSE_STOPPED) != 0 ? FACT_STOPPED : 0) |
	       ((c.is & COURSE_LEANS) != 0 ? FACT_LEANS : 0);
}

/* Collections too few for floors, and what lives rises: whether that is garbage. */
static bool
is_garbage(const struct growth_evidence *e, const struct growth_facts *f)
{
	const struct growth_window *w = growth_longest(e->windows);
	double most = growth_most_of(w->live, 0, GROWTH_CELLS / 2);

	/* What has survived is more than all that lived in the first half. */
	if ((f->is & FACT_GC_SEEN) != 0 && f->survived >= GROWTH_SOLID &&
	    f->survived * (double)e->live_bytes >= 1.25 * most)
		return false;
	return (f->is & FACT_REPLACED) != 0 || (f->is & FACT_PROVEN) == 0 ||
	       growth_lows_fall_back(w);
}

/* Collections leave more in step with the time. */
static double
pace_of(const struct growth_evidence *e, const struct growth_facts *f)
{
	return growth_lows_pace(growth_longest(e->windows), e->first_s,
				f->survived * (double)e->live_bytes,
				f->survived >= GROWTH_SOLID);
}

/* Some of it is freed, and collections are too few for floors: it is kept if they leave more, or by what lives. */
static void
find_kept(const struct growth_evidence *e, const struct growth_course *live,
	  struct growth_facts *f)
{
	double pace = pace_of(e, f);
	bool rises = (live->is & COURSE_RISES) != 0;

	/* Floors that are many tell by themselves, unless they are in step with the time. */
	if (pace <= 0 &&
	    (!rises || growth_longest(e->windows)->epochs >= GROWTH_FEW_FLOORS))
		return;
	if (pace > 0 || !is_garbage(e, f))
		f->is |= FACT_CLIMBS;
	else if ((f->is & FACT_REPLACED) == 0)
		f->is |= FACT_LEANS;
	else
		return;
	f->slope_bytes_per_s = rises ? live->slope_bytes_per_s : pace;
	f->window = live->window;
}

void
growth_find_course(const struct growth_evidence *e, struct growth_facts *f)
{
	double least = GROWTH_LEAST_RISE * (double)e->live_bytes;
	struct growth_course c = growth_course(e->windows, e->gc_known, least), live;
	bool decided = (c.is & (COURSE_RISES | COURSE_SLOWS)) != 0;

	f->is |= facts_of(c);
	f->slope_bytes_per_s = c.slope_bytes_per_s;
	f->window = c.window;
	if ((f->is & FACT_RISES) != 0 && e->gc_known && pace_of(e, f) > 0)
		f->is |= FACT_CLIMBS;
	if (!e->gc_known || decided)
		return;
	live = growth_course(e->windows, false, least);
	if ((f->is & FACT_KEPT) == 0) {
		find_kept(e, &live, f);
		return;
	}
	/* It is no garbage: only how it goes is the question. */
	f->is &= ~(unsigned)(FACT_STOPPED | FACT_LEANS);
	f->is |= facts_of(live) & (FACT_STOPPED | FACT_SLOWS);
	f->slope_bytes_per_s = live.slope_bytes_per_s;
	f->window = live.window;
}

double
growth_plain_slope(const struct growth_window *w)
{
	double bins[GROWTH_BINS];
	size_t n = w->points < GROWTH_BINS ? w->points : GROWTH_BINS;

	if (n < 2 || w->end_s <= w->begin_s)
		return 0;
	growth_window_bins(w, false, 0, n, bins);
	double slope = growth_slope(bins, n) * (double)n / (w->end_s - w->begin_s);
	double late = bins[n - 1] - bins[n / 2];

	return slope > 0 || late <= GROWTH_LEAST_RISE * bins[n - 1]
		       ? slope
		       : late / ((w->end_s - w->begin_s) / 2);
}
