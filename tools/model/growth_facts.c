/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts out of evidence. Called by growth_verdict.c for each site that is shown; doc/growth.md says
 * what stands behind them.
 */
#include "tools/model/growth_facts.h"

#include "tools/model/growth_course.h"
#include "tools/model/growth_lows.h"
#include "tools/model/growth_trend.h"

#define FEW_POINTS 4
#define FEW_BLOCKS 8
#define FEW_LIVE   128
#define FEW_FLOORS 8
#define FEW_GCS	   16
#define ONE_GCS	   8
#define FEW_KEEPS  4 /* collections that it takes to say so */
#define FEW_MAJORS 2 /* leave no floor */
#define YOUNG_S	   120
#define LIFTS	   3 /* collections that show one that rises */
#define ONE_LIVE   4 /* a block, and copies of it that are not collected yet */

/* Of what lives, so much has survived: it is no garbage, whatever else of the line was freed. */
#define SOLID 0.6

/* So little that it may all be garbage. */
#define UNPROVEN 0.3

/* A rise below this share of what lives is noise, whatever its sign test says. */
#define LEAST_RISE 0.03

#define LEAST_ENLARGED (UINT64_C(16) << 20)

/* So little that survives is nothing. */
#define SURVIVES 0.05

static const struct growth_window *
longest(const struct growth_windows *w)
{
	return &w->of[w->n - 1];
}

/*
 * A block that realloc makes larger where it stands is at work too, and none is new. The row that tells of the last new
 * one may be late, so that once is not enough.
 */
static bool
enlarges(const struct growth_evidence *e)
{
	const struct growth_window *w = longest(e->windows);
	size_t from = growth_window_cell(w, e->active_until_s), times = 0;
	double last = w->live[GROWTH_CELLS - 1], least = LEAST_RISE * last;

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
	const double *live = longest(e->windows)->live;
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

	return longest(w)->points >= FEW_POINTS && w->end_s - until > until - first;
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

/* A cache with garbage beside it: that is of no size, and what is kept is. A floor of nothing is that of the beginning. */
static bool
keeps(const struct growth_evidence *e)
{
	const struct growth_window *w = longest(e->windows);
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
most_of(const double *v, size_t from, size_t to)
{
	double most = 0;

	for (size_t i = from; i < to; i++)
		most = v[i] > most ? v[i] : most;
	return most;
}

static double
least_live(const struct growth_window *w, size_t from, size_t to)
{
	double least = w->live[from];

	for (size_t i = from + 1; i < to; i++)
		least = w->live[i] < least ? w->live[i] : least;
	return least;
}

/* No more was kept at any time than lived then: what has survived is more than was kept in the third quarter. */
static bool
is_more(const struct growth_evidence *e)
{
	const struct growth_window *w = longest(e->windows);
	double aged = (double)e->age_bytes[1] + (double)e->age_bytes[2] +
		      (double)e->age_bytes[3];

	return aged >= 1.25 * least_live(w, GROWTH_CELLS / 2, GROWTH_CELLS * 3 / 4);
}

/*
 * Minor collections free the garbage: what stays beside it, and is more than it was since it first lived, as of what is sampled
 * lately, a major one would tell.
 */
static bool
is_unseen(const struct growth_evidence *e)
{
	const struct growth_window *w = longest(e->windows);
	size_t born = 0;
	struct growth_course c;

	while (born < GROWTH_CELLS - 1 && w->live[born] <= 0)
		born++;
	size_t half = (born + GROWTH_CELLS) / 2;
	double late = least_live(w, half, GROWTH_CELLS);
	double most = most_of(w->live, 0, GROWTH_CELLS);

	bool few = is_more(e) ? w->epochs < FEW_GCS
			      : w->epochs < FEW_FLOORS && growth_lows_rise(w);

	if (w->points < FEW_POINTS || (e->major_gcs >= FEW_MAJORS && !few))
		return false;
	c = growth_course(e->windows, false, LEAST_RISE * (double)e->live_bytes);
	return (c.is & (COURSE_RISES | COURSE_SLOWS | COURSE_LEANS)) != 0 ||
	       (late >= most / 8 &&
		late >= 1.2 * least_live(w, born + (half - born) / 6, half));
}

/* What collections leave is more than it was, and no small part of what lives: not all of it is garbage. */
static bool
is_lifted(const struct growth_evidence *e)
{
	const struct growth_window *w = longest(e->windows);
	const size_t quarter = GROWTH_CELLS / 4;
	double late = mean_floor(w, 3 * quarter, GROWTH_CELLS);

	return w->points >= FEW_POINTS && w->epochs >= LIFTS &&
	       late >= (double)e->peak_bytes / 16 &&
	       late >= 1.6 * mean_floor(w, quarter, 2 * quarter) &&
	       (w->epochs >= FEW_FLOORS || growth_lows_rise(w));
}

/* A young process: more than there ever was, start-up aside, came in the last third, so that it has not stopped for long. */
static bool
has_risen(const struct growth_evidence *e)
{
	const struct growth_window *w = longest(e->windows);
	const double *v = e->gc_known ? w->floor : w->live;
	const size_t third = GROWTH_CELLS / 3, sixth = GROWTH_CELLS / 6;
	double most = most_of(v, GROWTH_CELLS / 12, 2 * third), late = 0;

	for (size_t i = GROWTH_CELLS - sixth; i < GROWTH_CELLS; i++)
		late += v[i] / (double)sixth;
	return w->points >= FEW_POINTS && w->end_s - w->begin_s < YOUNG_S &&
	       late >= 1.25 * most && late >= (double)e->peak_bytes / 4;
}

/* ... through many collections, each of which left one lately; what they leave is more than before: no saw. */
static bool
is_one(const struct growth_evidence *e)
{
	const struct growth_window *w = longest(e->windows);
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
	double aged = (double)e->age_bytes[2] + (double)e->age_bytes[3];
	double until = now->end_s - (now->end_s - now->begin_s) / 8;

	if (aged > now->top[GROWTH_CELLS - 1])
		aged = now->top[GROWTH_CELLS - 1];
	for (size_t k = 0; k < e->windows->n; k++) {
		const struct growth_window *w = &e->windows->of[k];

		if (aged < 1.25 * most_of(w->top, 0, growth_window_cell(w, until)))
			return false;
	}
	return now->points >= FEW_POINTS && now->epochs >= FEW_FLOORS &&
	       aged >= (double)e->peak_bytes / 8;
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
	const struct growth_window *w = longest(e->windows);
	double most = most_of(w->live, 0, GROWTH_CELLS / 2);

	/* What has survived is more than all that lived in the first half. */
	if ((f->is & FACT_GC_SEEN) != 0 && f->survived >= SOLID &&
	    f->survived * (double)e->live_bytes >= 1.25 * most)
		return false;
	return (f->is & FACT_REPLACED) != 0 || (f->is & FACT_PROVEN) == 0 ||
	       growth_lows_fall_back(w);
}

/* Collections leave more in step with the time. */
static double
pace_of(const struct growth_evidence *e, const struct growth_facts *f)
{
	return growth_lows_pace(longest(e->windows), e->first_s,
				f->survived * (double)e->live_bytes,
				f->survived >= SOLID);
}

/* Some of it is freed, and collections are too few for floors: it is kept if they leave more, or by what lives. */
static void
find_kept(const struct growth_evidence *e, const struct growth_course *live,
	  struct growth_facts *f)
{
	double pace = pace_of(e, f);
	bool rises = (live->is & COURSE_RISES) != 0;

	if (longest(e->windows)->epochs >= FEW_FLOORS || (!rises && pace <= 0))
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

/* That of what lives, where few points have no course yet: half of them may be of the first instant. */
static double
plain_slope(const struct growth_window *w)
{
	double bins[GROWTH_BINS];
	size_t n = w->points < GROWTH_BINS ? w->points : GROWTH_BINS;

	if (n < 2 || w->end_s <= w->begin_s)
		return 0;
	growth_window_bins(w, false, 0, n, bins);
	double slope = growth_slope(bins, n) * (double)n / (w->end_s - w->begin_s);
	double late = bins[n - 1] - bins[n / 2];

	return slope > 0 || late <= LEAST_RISE * bins[n - 1]
		       ? slope
		       : late / ((w->end_s - w->begin_s) / 2);
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
	FACT(BEHIND, e->behind);
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
	FACT(SETTLED, f.survived >= (w->epochs < FEW_FLOORS ? SOLID : UNPROVEN) &&
			      (f.is & FACT_UNSEEN) == 0);
	FACT(OUTLASTS, e->gc_known && outlasts(e));
	FACT(LIFTED, e->gc_known && is_lifted(e));
	FACT(SWELLS, e->gc_known && w->epochs < FEW_GCS && swells(e, FEW_LIVE));
	FACT(ONE, e->gc_known && is_one(e));
	FACT(YOUNG, e->gc_known && f.survived < SURVIVES &&
			    w->floor[GROWTH_CELLS - 1] < now / 4);
	if ((f.is & (FACT_GONE | FACT_QUIET)) == 0)
		find_course(e, &f);
	if (f.slope_bytes_per_s <= 0)
		f.slope_bytes_per_s = plain_slope(w);
	FACT(FAR, now >= 1.25 * most_of(live, GROWTH_CELLS / 12, GROWTH_CELLS / 2));
	/* Of a long time a cell is minutes, and shows the least of them. */
	FACT(LATELY, (double)e->live_bytes >= 1.25 * most_of(live, 0, GROWTH_CELLS));
	FACT(GROWN, now > live[0] * (1 + LEAST_RISE) && f.slope_bytes_per_s > 0);
#undef FACT
	return f;
}
