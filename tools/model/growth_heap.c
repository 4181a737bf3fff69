/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What collections say of V8's heap, beside its size.
 */
#include "tools/model/growth_heap.h"

#include "tools/model/growth_course.h"
#include "tools/model/growth_facts.h"

#define MB (UINT64_C(1) << 20)

/* A rise that is noise. */
#define LEAST_RISE 0.05

#define FEW_POINTS 4

/* In a younger record a heap that stands still may just have been collected. */
#define YOUNG_S 60
#define BRIEF_S 20

/* More than there was until then is a leak's; more than that, of a cache as well. */
#define SINCE_THEN  0.6
#define SINCE_START 0.33

/* Pages that V8 keeps for the next objects. */
#define OTHERS_BYTES (96.0 * MB)

/* By so much more two collections in a row do not leave of what is flat. */
#define LEAST_MORE (4 * MB)

/* Of V8's heap, which stands still from one collection to the next, a record of the last seconds alone does not tell that it is flat. */
static bool
is_brief(const struct growth_window *w)
{
	return w->end_s - w->begin_s < BRIEF_S && w->begin_s > w->end_s / 3;
}

/* Most of what a collection left came at the very start: of what the program does since, it knows little. */
static bool
is_of_start(const struct growth_window *w, double left)
{
	return w->live[GROWTH_CELLS / 12] - w->live[0] > left * 2 / 3;
}

/* The last collection of a window: when it was, and what had come by then. */
struct last {
	size_t cell;
	double left, seen; /* beyond what there was at first */
};

static struct last
last_of(const struct growth_window *w, const struct growth_window *used)
{
	const double *floor = used->floor;
	size_t k = GROWTH_CELLS - 1, known = growth_window_cell(used, used->first_s);

	while (k > known && floor[k - 1] == floor[k])
		k--;
	double before = w->live[k > 0 ? k - 1 : 0], after = w->live[k];

	return (struct last){.cell = k,
			     .left = floor[GROWTH_CELLS - 1] - w->live[0],
			     .seen = (before > after ? before : after) - w->live[0]};
}

/* About as much comes after the collection as before it, in the same time; of just now, in the two halves before it. */
static bool
is_steady(const struct growth_window *w, struct last l, uint64_t bytes)
{
	double first = w->live[0], middle = w->live[l.cell / 2] - first;
	double pace = l.seen / (double)(l.cell > 0 ? l.cell : 1);
	double since = ((double)bytes - first - l.seen) / (double)(GROWTH_CELLS - l.cell);

	if (l.cell >= GROWTH_CELLS * 7 / 8)
		return middle > l.seen / 3 && middle < l.seen * 2 / 3;
	return since > pace / 2 && since < pace * 2;
}

/*
 * More than half of what came in this time has survived the last collection, and that left more than the first:
 * whatever few points prove of the order, it is no garbage that grows. One collection may be of a start.
 */
static bool
survives(const struct growth_window *w, const struct growth_window *used, uint64_t bytes)
{
	double first = w->live[0], last = used->floor[GROWTH_CELLS - 1];
	struct last l = last_of(w, used);

	/* Of just now it says what stays, and the time before whether that still came. */
	if (l.cell >= GROWTH_CELLS * 7 / 8
		    ? last < growth_window_most(w, GROWTH_CELLS / 2)
		    : !is_steady(w, l, bytes))
		return false;
	return used->epochs > 1 && l.cell >= GROWTH_CELLS * 2 / 5 &&
	       last > used->floor[0] && (double)bytes > first &&
	       !is_of_start(w, last - first) &&
	       last - first >= ((double)bytes - first) / 2;
}

/*
 * The last collection, not in the window's first third, left seven tenths of what had come by then: so will the next, if as much
 * comes all the time, and not more came since than it can speak for. V8 lets its heap double and more before it looks again. Of
 * four and more, each of which left more, a half is enough.
 */
static bool
leaves_most(const struct growth_window *w, const struct growth_window *used,
	    uint64_t bytes)
{
	const double *floor = used->floor;
	struct last l = last_of(w, used);
	bool rising = used->epochs >= FEW_POINTS && floor[0] < floor[l.cell / 3] &&
		      floor[l.cell / 3] < floor[l.cell] &&
		      1.1 * floor[l.cell * 2 / 3] < floor[l.cell];

	double all = (double)bytes - w->live[0];

	if (used->epochs < 1 || l.left <= 0 || is_of_start(w, l.left) ||
	    l.left < (rising ? 0.5 : 0.7) * l.seen ||
	    (used->epochs > 1 && floor[GROWTH_CELLS - 1] <= floor[0]))
		return false;
	return l.cell >= GROWTH_CELLS / 3 && all <= 2.5 * l.left &&
	       (rising || is_steady(w, l, bytes));
}

/* What collections leave is by a third more than it was half way, if too seldom or unevenly for a proof: no garbage. */
static bool
leaves_more(const struct growth_window *used, double least)
{
	double last = used->floor[GROWTH_CELLS - 1], half = used->floor[GROWTH_CELLS / 2];

	return used->epochs >= FEW_POINTS - 1 && last >= 1.3 * half &&
	       last - half >= least && half >= used->floor[GROWTH_CELLS / 4];
}

/* What was left by the collection before, a while before the last one. */
static struct last
before_last(const struct growth_window *w, const struct growth_window *used)
{
	size_t k = last_of(w, used).cell, known = growth_window_cell(used, used->first_s);
	size_t at = k > GROWTH_CELLS / 8 ? k - GROWTH_CELLS / 8 : 0, since = at;

	if (at < known)
		return (struct last){0};
	while (since > known && used->floor[since - 1] == used->floor[since])
		since--;
	return (struct last){.cell = since, .left = used->floor[at] - w->live[0]};
}

/* In the later half of what the process has lived, of which the record may have the last part only. */
static bool
is_late(const struct growth_window *w, size_t cell)
{
	double cell_s = (w->end_s - w->begin_s) / GROWTH_CELLS;

	return w->begin_s + (double)cell * cell_s >= w->end_s / 2;
}

/* The last of just now left more than the one before: whatever the size says, it may not be flat. */
static bool
left_more(const struct growth_window *w, const struct growth_window *used, double least)
{
	struct last l = last_of(w, used), before = before_last(w, used);

	return used->epochs > 1 && l.cell >= GROWTH_CELLS * 7 / 8 &&
	       is_late(w, before.cell) && l.left - before.left >= least;
}

/* By how much the last one left more than that before, in a second. */
static double
pace_between(const struct growth_window *w, const struct growth_window *used)
{
	struct last l = last_of(w, used), before = before_last(w, used);
	double cell_s = (w->end_s - w->begin_s) / GROWTH_CELLS;

	return l.cell > before.cell ? (l.left - before.left) /
					      ((double)(l.cell - before.cell) * cell_s)
				    : 0;
}

/* Two in a row, the last of just now: what stays has grown by as much in between as in the time before, and is no less than all there was. */
static bool
comes_on(const struct growth_window *w, const struct growth_window *used, double least)
{
	struct last l = last_of(w, used), before = before_last(w, used);
	double pace = pace_between(w, used);
	double all =
		l.left / ((double)(l.cell + 1) / GROWTH_CELLS * (w->end_s - w->begin_s));

	return used->epochs > 1 && l.cell >= GROWTH_CELLS * 7 / 8 &&
	       is_late(w, before.cell) &&
	       l.left - before.left >= (least > l.left / 8 ? least : l.left / 8) &&
	       pace >= all / 2 && pace <= all * 2 &&
	       used->floor[GROWTH_CELLS - 1] >=
		       growth_window_most(w, GROWTH_CELLS * 2 / 5);
}

/*
 * A collection of just now, as `weir collect` asks for one, left most of what there is, and that is more than in all of this share of
 * the time, garbage and all: the size may have come down, what is kept has grown.
 */
static bool
outgrows(const struct growth_window *w, const struct growth_window *used, double share,
	 double least)
{
	double now = w->live[GROWTH_CELLS - 1];
	/* A record that began when the process was large has nothing of the time before, when it was smaller. */
	double then = w->begin_s < YOUNG_S ? w->end_s * share : 0;
	size_t until =
		then > 0 ? growth_window_cell(w, then) : (size_t)(GROWTH_CELLS * share);

	return used->epochs > 1 && last_of(w, used).cell >= GROWTH_CELLS * 7 / 8 &&
	       used->floor[GROWTH_CELLS - 1] >= 0.7 * now &&
	       now - growth_window_most(w, until < GROWTH_CELLS ? until : 0) >=
		       (least > now / 8 ? least : now / 8);
}

/*
 * A young one that has grown, and no collection since the first look: what stands still may fill what that has freed. So it may where
 * most of what is there came since the last one.
 */
static bool
is_unseen(const struct growth_window *w, const struct growth_window *used, double least)
{
	double now = w->live[GROWTH_CELLS - 1], left = used->floor[GROWTH_CELLS - 1];

	return w->end_s - w->begin_s < YOUNG_S && now - w->live[0] >= least &&
	       (used->epochs < 2 || now >= 2 * left);
}

/* Collections take most of what comes, or always leave the same: what grows is garbage. */
static bool
takes_most(const struct growth_window *w, const struct growth_window *used, double least)
{
	struct last l = last_of(w, used);

	return l.left < l.seen / 2 ||
	       used->floor[GROWTH_CELLS - 1] < used->floor[GROWTH_CELLS / 3] + least;
}

/*
 * For a while, the last collection in it, the size was never near what that left: the collections that are seen are not of most of it. A worker
 * that asks for no large block is not followed.
 */
static bool
is_of_others(const struct growth_window *w, const struct growth_window *used)
{
	double left = used->floor[GROWTH_CELLS - 1], least = w->live[GROWTH_CELLS - 1];

	size_t last = last_of(w, used).cell, quarter = GROWTH_CELLS * 3 / 4;

	for (size_t i = last < quarter ? last : quarter; i < GROWTH_CELLS; i++)
		least = w->live[i] < least ? w->live[i] : least;
	return used->epochs > 0 && least > 3 * left + OTHERS_BYTES;
}

unsigned
growth_heap_facts(uint64_t rss_bytes, uint64_t bytes, const struct growth_windows *w,
		  const struct growth_script *script, unsigned is, double *slope)
{
	const struct growth_windows *used = &script->used;
	const struct growth_window *now = &w->of[w->n - 1];
	const struct growth_window *all = &used->of[used->n - 1];
	double least = LEAST_RISE * (double)rss_bytes;
	double much = least < 8 * MB ? 8 * MB : least;
	/* A leak under garbage that comes and goes: the size says nothing, what is left does. */
	double rise = all->floor[GROWTH_CELLS - 1] - all->floor[GROWTH_CELLS / 12];
	struct growth_course left = growth_course(
		used, true, LEAST_RISE * used->of[0].live[GROWTH_CELLS - 1]);
	bool left_rises = (left.is & COURSE_RISES) != 0;

	is |= FACT_GC_KNOWN;
	if (survives(now, all, bytes) || leaves_most(now, all, bytes) || left_rises)
		is |= FACT_RISES | FACT_GC_SEEN;
	if ((is & FACT_GROWN) == 0 && left_rises &&
	    rise >= (least < 4 * MB ? 4 * MB : least)) {
		is |= FACT_GROWN;
		*slope = left.slope_bytes_per_s;
	}
	if (outgrows(now, all, SINCE_THEN, much)) {
		is |= FACT_GROWN | FACT_RISES | FACT_GC_SEEN;
		*slope = (all->floor[GROWTH_CELLS - 1] - now->live[0]) /
			 (all->end_s - all->begin_s);
	}
	if (all->epochs >= FEW_POINTS)
		is |= FACT_GC_SEEN;
	if (comes_on(now, all, much)) {
		is |= FACT_GROWN | FACT_RISES | FACT_GC_SEEN;
		*slope = pace_between(now, all);
	}
	double pace = growth_lefts_pace(&script->lefts, now->end_s, much);
	if (pace > 0) {
		is |= FACT_GROWN | FACT_RISES | FACT_GC_SEEN;
		*slope = pace;
	}
	if (outgrows(now, all, SINCE_START, much) || is_brief(now) ||
	    left_more(now, all, LEAST_MORE) || is_unseen(now, all, much) ||
	    leaves_more(all, much))
		is |= FACT_HIGHER;
	if (!leaves_more(all, 0) && takes_most(now, all, least))
		is |= FACT_COMES_DOWN;
	if (is_of_others(now, all)) {
		is &= ~(unsigned)(FACT_GC_SEEN | FACT_RISES | FACT_COMES_DOWN);
		is |= FACT_HIGHER;
	}
	return is;
}
