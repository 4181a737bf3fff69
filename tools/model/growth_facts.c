/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts out of evidence. Called by growth_verdict.c for each site that is shown; doc/growth.md says
 * what stands behind them.
 */
#include "tools/model/growth_facts.h"

#include "tools/model/growth_facts_private.h"
#include "tools/model/growth_lows.h"
#include "tools/model/growth_trend.h"

#define FEW_POINTS 4
#define FEW_BLOCKS 8
#define FEW_LIVE   128
#define FEW_GCS	   16
#define ONE_GCS	   8
#define FEW_KEEPS  4 /* collections that it takes to say so */
#define FEW_MAJORS 2 /* leave no floor */
#define YOUNG_S	   120
#define LIFTS	   3 /* collections that show one that rises */
#define ONE_LIVE   4 /* a block, and copies of it that are not collected yet */

/* So little that it may all be garbage. */
#define UNPROVEN 0.3

#define LEAST_ENLARGED (UINT64_C(16) << 20)

/* So little that survives is nothing. */
#define SURVIVES 0.05

/*
 * A block that realloc makes larger where it stands is at work too, and none is new. The row that tells of the last new
 * one may be late, so that once is not enough.
 */
static bool
enlarges(const struct growth_evidence *e)
{
	const struct growth_window *w = growth_longest(e->windows);
	size_t from = growth_window_cell(w, e->active_until_s), times = 0;
	double last = w->live[GROWTH_CELLS - 1], least = GROWTH_LEAST_RISE * last;

	from = from < GROWTH_CELLS ? from : 0;
	for (size_t i = from + 1; i < GROWTH_CELLS; i++)
		times += w->live[i] > w->live[i - 1];
	return times > 1 && e->active_until_s < w->end_s && last - w->live[from] > least;
}

double
growth_active_until(const struct growth_evidence *e)
{
	return enlarges(e) ? e->windows->end_s : e->active_until_s;
}

/* More steps up than there are blocks: they grow where they are. What a runtime maps for itself may, by a little. */
static bool
is_enlarged(const struct growth_evidence *e)
{
	const double *live = growth_longest(e->windows)->live;
	uint64_t steps = 0;

	for (size_t i = 1; i < GROWTH_CELLS; i++)
		steps += live[i] > live[i - 1];
	return steps > 2 * e->alloc_count && e->live_bytes >= LEAST_ENLARGED;
}

static bool
is_quiet(const struct growth_evidence *e)
{
	const struct growth_windows *w = e->windows;
	double first = e->first_s > w->begin_s ? e->first_s : w->begin_s;
	double until = growth_active_until(e);

	return growth_longest(w)->points >= FEW_POINTS &&
	       w->end_s - until > until - first;
}

/* What collections left lately is far below the peak: it was garbage. */
static bool
comes_down(const struct growth_evidence *e)
{
	if (growth_longest(e->windows)->points < FEW_POINTS || e->major_gcs < 2)
		return true;
	for (size_t i = GROWTH_CELLS / 2; i < GROWTH_CELLS; i++)
		if (growth_longest(e->windows)->floor[i] >= (double)e->peak_bytes / 4)
			return false;
	return true;
}

/* A cache with garbage beside it: that is of no size, and what is kept is. A floor of nothing is that of the beginning. */
static bool
keeps(const struct growth_evidence *e)
{
	const struct growth_window *w = growth_longest(e->windows);
	size_t from = GROWTH_CELLS / 2;
	double last = w->floor[GROWTH_CELLS - 1], least, most;

	while (from < GROWTH_CELLS * 3 / 4 && w->floor[from] <= SURVIVES * last)
		from++;
	if (from > GROWTH_CELLS / 2 && growth_lows_rise(w))
		return false;
	least = most = w->floor[from];
	for (size_t i = from; i < GROWTH_CELLS; i++) {
		least = w->floor[i] < least ? w->floor[i] : least;
		most = w->floor[i] > most ? w->floor[i] : most;
	}
	return w->points >= FEW_POINTS && w->epochs >= FEW_KEEPS &&
	       least >= (double)e->peak_bytes / 16 && least >= most / 2;
}

/* A buffer that is copied each time it grows: the copies before it are garbage, the last one is not. */
static bool
swells(const struct growth_evidence *e, uint64_t most_live)
{
	double now =
		(double)e->live_bytes / (double)(e->live_count > 0 ? e->live_count : 1);
	double ever = (double)e->alloc_bytes /
		      (double)(e->alloc_count > 0 ? e->alloc_count : 1);

	return e->live_count <= most_live && e->alloc_count >= FEW_BLOCKS &&
	       now >= 1.5 * ever;
}

static double
mean_floor(const struct growth_window *w, size_t from, size_t to)
{
	double sum = 0;

	for (size_t i = from; i < to; i++)
		sum += w->floor[i];
	return sum / (double)(to - from);
}

static double
least_live(const struct growth_window *w, size_t from, size_t to)
{
	double least = w->live[from];

	for (size_t i = from + 1; i < to; i++)
		least = w->live[i] < least ? w->live[i] : least;
	return least;
}

/* What has been through so many collections and more; three are the most that are told apart. */
static double
survived(const struct growth_evidence *e, size_t collections)
{
	double bytes = 0;

	for (size_t i = collections; i < 4; i++)
		bytes += (double)e->age_bytes[i];
	return bytes;
}

/* No more was kept at any time than lived then: what has survived is more than was kept in the third quarter. */
static bool
is_more(const struct growth_evidence *e)
{
	const struct growth_window *w = growth_longest(e->windows);

	return survived(e, 1) >=
	       1.25 * least_live(w, GROWTH_CELLS / 2, GROWTH_CELLS * 3 / 4);
}

/*
 * Minor collections free the garbage: what stays beside it, and is more than it was since it first lived, as of what is sampled
 * lately, a major one would tell.
 */
static bool
is_unseen(const struct growth_evidence *e)
{
	const struct growth_window *w = growth_longest(e->windows);
	size_t born = 0;
	struct growth_course c;

	while (born < GROWTH_CELLS - 1 && w->live[born] <= 0)
		born++;
	size_t half = (born + GROWTH_CELLS) / 2;
	double late = least_live(w, half, GROWTH_CELLS);
	double most = growth_most_of(w->live, 0, GROWTH_CELLS);

	bool few = is_more(e) ? w->epochs < FEW_GCS
			      : w->epochs < GROWTH_FEW_FLOORS && growth_lows_rise(w);

	if (w->points < FEW_POINTS || (e->major_gcs >= FEW_MAJORS && !few))
		return false;
	c = growth_course(e->windows, false, GROWTH_LEAST_RISE * (double)e->live_bytes);
	return (c.is & (COURSE_RISES | COURSE_SLOWS | COURSE_LEANS)) != 0 ||
	       (late >= most / 8 &&
		late >= 1.2 * least_live(w, born + (half - born) / 6, half));
}

/* What collections leave is more than it was, and no small part of what lives: not all of it is garbage. */
static bool
is_lifted(const struct growth_evidence *e)
{
	const struct growth_window *w = growth_longest(e->windows);
	const size_t quarter = GROWTH_CELLS / 4;
	double late = mean_floor(w, 3 * quarter, GROWTH_CELLS);

	return w->points >= FEW_POINTS && w->epochs >= LIFTS &&
	       late >= (double)e->peak_bytes / 16 &&
	       late >= 1.6 * mean_floor(w, quarter, 2 * quarter) &&
	       (w->epochs >= GROWTH_FEW_FLOORS || growth_lows_rise(w));
}

/* A young process: more than there ever was, start-up aside, came in the last third, so that it has not stopped for long. */
static bool
has_risen(const struct growth_evidence *e)
{
	const struct growth_window *w = growth_longest(e->windows);
	const double *v = e->gc_known ? w->floor : w->live;
	const size_t third = GROWTH_CELLS / 3, sixth = GROWTH_CELLS / 6;
	double most = growth_most_of(v, GROWTH_CELLS / 12, 2 * third), late = 0;

	for (size_t i = GROWTH_CELLS - sixth; i < GROWTH_CELLS; i++)
		late += v[i] / (double)sixth;
	return w->points >= FEW_POINTS && w->end_s - w->begin_s < YOUNG_S &&
	       late >= 1.25 * most && late >= (double)e->peak_bytes / 4;
}

/* ... through many collections, each of which left one lately; what they leave is more than before: no saw. */
static bool
is_one(const struct growth_evidence *e)
{
	const struct growth_window *w = growth_longest(e->windows);
	const size_t quarter = GROWTH_CELLS / 4;

	if (e->major_gcs < ONE_GCS || w->points < FEW_POINTS || !swells(e, ONE_LIVE) ||
	    mean_floor(w, 3 * quarter, GROWTH_CELLS) <
		    1.6 * mean_floor(w, quarter, 2 * quarter))
		return false;
	for (size_t i = 3 * quarter; i < GROWTH_CELLS; i++)
		if (w->floor[i] * 4 * (double)e->live_count < (double)e->live_bytes)
			return false;
	return true;
}

/*
 * What has been through two collections is more than any left before, but for the last eighth of ten minutes: of a long life,
 * of which the last seconds are hardly any, neither floors nor their means tell that.
 */
static bool
outlasts(const struct growth_evidence *e)
{
	const struct growth_window *now = &e->windows->of[0];
	double aged = survived(e, 2);
	double until = now->end_s - (now->end_s - now->begin_s) / 8;

	if (aged > now->top[GROWTH_CELLS - 1])
		aged = now->top[GROWTH_CELLS - 1];
	for (size_t k = 0; k < e->windows->n; k++) {
		const struct growth_window *w = &e->windows->of[k];

		if (aged < 1.25 * growth_most_of(w->top, 0, growth_window_cell(w, until)))
			return false;
	}
	return now->points >= FEW_POINTS && now->epochs >= GROWTH_FEW_FLOORS &&
	       aged >= (double)e->peak_bytes / 8;
}

struct growth_facts
growth_facts(const struct growth_evidence *e)
{
	const struct growth_window *w = growth_longest(e->windows);
	const double *live = w->live;
	double all = survived(e, 0), now = live[GROWTH_CELLS - 1];
	struct growth_facts f = {
		.stays = growth_stays((double)e->alloc_count, (double)e->freed_count),
		.survived = all > 0 ? survived(e, 1) / all : 0,
	};

#define FACT(name, so) f.is |= (so) ? FACT_##name : 0
	FACT(GONE, e->live_bytes == 0 || e->live_bytes < e->peak_bytes / 50);
	FACT(BEHIND, e->behind);
	FACT(CARRIED, e->behind && e->carried_bytes_per_s > 0);
	FACT(QUIET, is_quiet(e));
	FACT(FEW_POINTS, w->points < FEW_POINTS);
	FACT(FEW_BLOCKS, e->alloc_count < FEW_BLOCKS);
	FACT(KEPT, f.stays >= 0.9);
	FACT(REPLACED, f.stays < 0.5);
	FACT(HIGHER, now > live[0]);
	FACT(GC_KNOWN, e->gc_known);
	FACT(GC_SEEN, e->major_gcs > 0);
	FACT(PROVEN, !e->gc_known || (e->major_gcs > 0 && f.survived >= UNPROVEN));
	FACT(COMES_DOWN, comes_down(e));
	FACT(KEEPS, keeps(e));
	FACT(UNSEEN, e->gc_known && (f.is & FACT_REPLACED) != 0 && is_unseen(e));
	FACT(ROSE, has_risen(e));
	FACT(ENLARGED, is_enlarged(e));
	FACT(SETTLED,
	     f.survived >= (w->epochs < GROWTH_FEW_FLOORS ? GROWTH_SOLID : UNPROVEN) &&
		     (f.is & FACT_UNSEEN) == 0);
	FACT(OUTLASTS, e->gc_known && outlasts(e));
	FACT(LIFTED, e->gc_known && is_lifted(e));
	FACT(SWELLS, e->gc_known && w->epochs < FEW_GCS && swells(e, FEW_LIVE));
	FACT(ONE, e->gc_known && is_one(e));
	FACT(YOUNG, e->gc_known && f.survived < SURVIVES &&
			    w->floor[GROWTH_CELLS - 1] < now / 4);
	if ((f.is & (FACT_GONE | FACT_QUIET)) == 0)
		growth_find_course(e, &f);
	if (f.slope_bytes_per_s <= 0 || (f.is & FACT_CARRIED) != 0)
		f.slope_bytes_per_s = e->carried_bytes_per_s;
	if (f.slope_bytes_per_s <= 0)
		f.slope_bytes_per_s = growth_plain_slope(w);
	FACT(FAR,
	     now >= 1.25 * growth_most_of(live, GROWTH_CELLS / 12, GROWTH_CELLS / 2));
	/* Of a long time a cell is minutes, and shows the least of them. */
	FACT(LATELY,
	     (double)e->live_bytes >= 1.25 * growth_most_of(live, 0, GROWTH_CELLS));
	FACT(GROWN, now > live[0] * (1 + GROWTH_LEAST_RISE) && f.slope_bytes_per_s > 0);
#undef FACT
	return f;
}
