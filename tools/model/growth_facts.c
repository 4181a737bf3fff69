/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts out of evidence. Called by growth_verdict.c for each site that is shown; doc/growth.md says
 * what stands behind them.
 */
#include "tools/model/growth_facts.h"

#include "tools/model/growth_course.h"
#include "tools/model/growth_trend.h"

#define FEW_POINTS 4
#define FEW_BLOCKS 8
#define FEW_LIVE   16
#define FEW_GCS	   16

/* A rise below this share of what lives is noise, whatever its sign test says. */
#define LEAST_RISE 0.03

/* So little that survives is nothing. */
#define SURVIVES 0.05

static const struct growth_window *
longest(const struct growth_windows *w)
{
	return &w->of[w->n - 1];
}

static bool
is_quiet(const struct growth_evidence *e)
{
	const struct growth_windows *w = e->windows;
	double first = e->first_s > w->begin_s ? e->first_s : w->begin_s;

	return longest(w)->points >= FEW_POINTS &&
	       w->end_s - e->active_until_s > e->active_until_s - first;
}

/* What collections left lately is far below the peak: it was garbage. */
static bool
comes_down(const struct growth_evidence *e)
{
	if (longest(e->windows)->points < FEW_POINTS || e->major_gcs < 2)
		return true;
	for (size_t i = GROWTH_CELLS / 2; i < GROWTH_CELLS; i++)
		if (longest(e->windows)->floor[i] >= (double)e->peak_bytes / 4)
			return false;
	return true;
}

/* A buffer that is copied each time it grows: the copies before it are garbage, the last one is not. */
static bool
swells(const struct growth_evidence *e)
{
	double now =
		(double)e->live_bytes / (double)(e->live_count > 0 ? e->live_count : 1);
	double ever = (double)e->alloc_bytes /
		      (double)(e->alloc_count > 0 ? e->alloc_count : 1);

	return e->live_count <= FEW_LIVE && e->alloc_count >= FEW_BLOCKS &&
	       now >= 1.5 * ever && longest(e->windows)->epochs < FEW_GCS;
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

/* By the floors; where none was freed, or collections were too few for floors, by what lives. */
static void
find_course(const struct growth_evidence *e, struct growth_facts *f)
{
	double least = LEAST_RISE * (double)e->live_bytes;
	struct growth_course c = growth_course(e->windows, e->gc_known, least), live;
	bool decided = (c.is & (COURSE_RISES | COURSE_SLOWS)) != 0;

	f->is |= facts_of(c);
	f->slope_bytes_per_s = c.slope_bytes_per_s;
	f->window = c.window;
	if (!e->gc_known || decided)
		return;
	if ((f->is & FACT_KEPT) == 0)
		return;
	live = growth_course(e->windows, false, least);
	/* It is no garbage: only how it goes is the question. */
	f->is &= ~(unsigned)(FACT_STOPPED | FACT_LEANS);
	f->is |= facts_of(live) & (FACT_STOPPED | FACT_SLOWS);
	f->slope_bytes_per_s = live.slope_bytes_per_s;
	f->window = live.window;
}

/* That of what lives, where few points have no course yet. */
static double
plain_slope(const struct growth_window *w)
{
	double bins[GROWTH_BINS];
	size_t n = w->points < GROWTH_BINS ? w->points : GROWTH_BINS;

	if (n < 2 || w->end_s <= w->begin_s)
		return 0;
	growth_window_bins(w, false, 0, n, bins);
	return growth_slope(bins, n) * (double)n / (w->end_s - w->begin_s);
}

struct growth_facts
growth_facts(const struct growth_evidence *e)
{
	const struct growth_window *w = longest(e->windows);
	const double *live = w->live;
	const uint64_t *age = e->age_bytes;
	double aged = (double)age[1] + (double)age[2] + (double)age[3];
	double all = aged + (double)age[0], now = live[GROWTH_CELLS - 1];
	struct growth_facts f = {
		.stays = growth_stays((double)e->alloc_count, (double)e->freed_count),
		.survived = all > 0 ? aged / all : 0,
	};

#define FACT(name, so) f.is |= (so) ? FACT_##name : 0
	FACT(GONE, e->live_bytes == 0 || e->live_bytes < e->peak_bytes / 50);
	FACT(QUIET, is_quiet(e));
	FACT(FEW_POINTS, w->points < FEW_POINTS);
	FACT(FEW_BLOCKS, e->alloc_count < FEW_BLOCKS);
	FACT(KEPT, f.stays >= 0.9);
	FACT(REPLACED, f.stays < 0.5);
	FACT(HIGHER, now > live[0]);
	FACT(GC_KNOWN, e->gc_known);
	FACT(GC_SEEN, e->major_gcs > 0);
	FACT(PROVEN, !e->gc_known || (e->major_gcs > 0 && f.survived >= 0.3));
	FACT(COMES_DOWN, comes_down(e));
	FACT(SWELLS, e->gc_known && swells(e));
	FACT(YOUNG, e->gc_known && f.survived < SURVIVES &&
			    w->floor[GROWTH_CELLS - 1] < now / 4);
	if ((f.is & (FACT_GONE | FACT_QUIET)) == 0)
		find_course(e, &f);
	if (f.slope_bytes_per_s <= 0)
		f.slope_bytes_per_s = plain_slope(w);
	FACT(GROWN, now > live[0] * (1 + LEAST_RISE) && f.slope_bytes_per_s > 0);
#undef FACT
	return f;
}
