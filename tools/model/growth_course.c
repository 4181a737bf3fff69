/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Window after window, the longest first. doc/growth.md says what is asked of each, and tests/growth how
 * that answers for series whose answer is known.
 */
#include "tools/model/growth_course.h"

#include "tools/model/growth_bins.h"
#include "tools/model/growth_trend.h"

/* So many are seen often. */
#define MANY 8

/* Shares of all that is known that are start-up, at first and at second sight. */
#define FIRST (1 / 12.0)
#define LATER (1 / 3.0)

/* Squares of z: one-sided 1 % and 5 %; of few bins, each one must be above the last. */
#define FEW_Z2	6.63
#define SURE_Z2 5.41
#define LEAN_Z2 2.706

/* Cells of a window that are start-up. */
static size_t
start_up(const struct growth_windows *w, size_t k, double share)
{
	const struct growth_window *win = &w->of[k];
	double start = w->begin_s + (w->end_s - w->begin_s) * share;
	double span = win->end_s - win->begin_s;

	return start <= win->begin_s || span <= 0
		       ? 0
		       : (size_t)((start - win->begin_s) / span * GROWTH_CELLS + 0.5);
}

/* Without these cells, and by what comes after a third of all time: that is no start-up. */
static struct growth_bins
take(const struct growth_windows *w, size_t k, bool floor, size_t skip, size_t n)
{
	const struct growth_window *win = &w->of[k];
	size_t left = GROWTH_CELLS - skip, later = start_up(w, k, LATER);
	struct growth_bins b = {.n = n,
				.span_s = (win->end_s - win->begin_s) * (double)left /
					  GROWTH_CELLS};

	growth_window_bins(win, floor, skip, n, b.v);
	if (later > skip)
		b.settled = (later - skip) * n / left;
	growth_bins_measure(&b);
	return b;
}

/* The same from the most of a time to the least of a later one: what a wave within a bin hides. */
static double
deepest_dive(const struct growth_windows *w, size_t k)
{
	const struct growth_window *win = &w->of[k];
	size_t first = start_up(w, k, LATER);
	double top = win->top[first], fall = 0;

	for (size_t i = first + 1; i < GROWTH_CELLS; i++) {
		if (top - win->floor[i] > fall)
			fall = top - win->floor[i];
		top = win->top[i] > top ? win->top[i] : top;
	}
	return fall;
}

struct look {
	const struct growth_windows *w;
	bool floor;
	double least;
	struct growth_course *c;
	double slowed; /* slope of the longest window that slows down, by second */
};

/* The tests of one choice of bins but that of chance; what fell before is `fallen`. */
static bool
is_higher(const struct look *l, const struct growth_bins *b, bool late, double fallen)
{
	return b->rise >= (late ? 2 : 1) * l->least &&
	       b->rise >= 4 * growth_bins_fall(b) && b->rise >= 1.5 * fallen &&
	       growth_bins_spread(b) && growth_bins_go_on(b);
}

/* Bins that are long do not follow each other: that of chance takes them as they are. */
static bool
is_no_chance(const struct growth_bins *b)
{
	struct growth_trend t = growth_trend(b->v, b->n);

	return b->n < MANY	 ? t.z2 >= FEW_Z2
	       : b->n < 2 * MANY ? t.z2 >= SURE_Z2
				 : t.z2_corrected >= SURE_Z2;
}

/* Bytes a second since it rises: of what began lately the median of all knows little. */
static double
slope_of(const struct growth_bins *b)
{
	size_t onset = growth_bins_onset(b);

	return growth_slope(b->v + onset, b->n - onset) * (double)b->n / b->span_s;
}

/* As many bins as tell something, at most. */
static size_t
most_bins(const struct growth_windows *w, size_t k, bool floor, size_t skip)
{
	const struct growth_window *win = &w->of[k];
	size_t n = floor && win->epochs < win->points ? win->epochs : win->points;

	/* In step with the cells. */
	n = n < GROWTH_BINS ? n : GROWTH_BINS;
	return n * (GROWTH_CELLS - skip) / GROWTH_CELLS;
}

/* A window in coarser and coarser bins: a wave goes, if it fits one. */
static bool
judge_window(struct look *l, size_t k, double share, double fallen)
{
	size_t skip = start_up(l->w, k, share);
	bool late = share == LATER;
	size_t most = most_bins(l->w, k, l->floor, skip);
	struct growth_bins finest = take(l->w, k, l->floor, skip, most);
	double slope = 0;

	for (size_t n = most; n >= (late ? MANY : GROWTH_MIN_BINS); n /= 2) {
		struct growth_bins b = take(l->w, k, l->floor, skip, n);

		if (!is_higher(l, &b, late, fallen))
			continue;
		slope = slope_of(&b);
		if (growth_bins_slow(&finest, l->w->end_s - l->w->begin_s)) {
			if (l->slowed == 0)
				l->slowed = slope;
			return false;
		}
		if (!is_no_chance(&b))
			continue;
		/* What slows down over a day may rise evenly over an hour of it. */
		if (!late && slope <= l->slowed)
			return false;
		l->c->is |= COURSE_RISES | (most >= MANY ? COURSE_OFTEN : 0);
		l->c->window = k;
		l->c->slope_bytes_per_s = slope;
		return true;
	}
	return false;
}

/* What a window shows that does not rise. */
static unsigned
judge_rest(const struct look *l, size_t k)
{
	size_t skip = start_up(l->w, k, FIRST);
	size_t n = most_bins(l->w, k, l->floor, skip);
	struct growth_bins b = take(l->w, k, l->floor, skip, n);

	if (n < GROWTH_MIN_BINS || b.rise < l->least)
		return 0;
	if (!growth_bins_go_on(&b) || (l->slowed > 0 && growth_bins_full(&b, l->least)))
		return growth_bins_wait(&b, l->floor) ? COURSE_LEANS : COURSE_STOPPED;
	if (b.rise < 2 * growth_bins_fall(&b) || growth_trend(b.v, n).z2 < LEAN_Z2)
		return 0;
	/* All at once: what it does since, a shorter window shows. */
	if (growth_bins_spread(&b) || growth_bins_wait(&b, l->floor))
		return COURSE_LEANS;
	return k == 0 || judge_rest(l, k - 1) != COURSE_LEANS ? COURSE_STOPPED
							      : COURSE_LEANS;
}

struct growth_course
growth_course(const struct growth_windows *w, bool floor, double least)
{
	struct growth_course c = {0};
	struct look l = {.w = w, .floor = floor, .least = least, .c = &c};
	double fallen = 0;

	if (judge_window(&l, w->n - 1, FIRST, 0) || judge_window(&l, w->n - 1, LATER, 0))
		return c;
	for (size_t k = w->n - 1; k-- > 0;) {
		double dive = deepest_dive(w, k + 1);

		fallen = dive > fallen ? dive : fallen;
		if (judge_window(&l, k, FIRST, fallen))
			return c;
	}
	c.is |= judge_rest(&l, w->n - 1);
	if (l.slowed > 0 && (c.is & COURSE_STOPPED) == 0)
		c.is |= COURSE_SLOWS;
	return c;
}

/* From the longest window's cells to the shortest's: each until the finer one begins. */
struct growth_climb
growth_climb(const struct growth_windows *w, bool floor)
{
	const struct growth_window *now = &w->of[0];
	double end = (floor ? now->floor : now->live)[GROWTH_CELLS - 1], low = end;
	struct growth_climb c = {0};
	bool reached = false;

	for (size_t k = 0; k < w->n; k++)
		for (size_t i = start_up(w, k, FIRST); i < GROWTH_CELLS; i++) {
			double v = (floor ? w->of[k].floor : w->of[k].live)[i];

			low = v < low ? v : low;
		}
	c.bytes = end - low;
	for (size_t k = w->n; k-- > 0;) {
		const struct growth_window *win = &w->of[k];
		double cell_s = (win->end_s - win->begin_s) / GROWTH_CELLS;
		double finer = k > 0 ? w->of[k - 1].begin_s : win->end_s + 1;

		for (size_t i = start_up(w, k, FIRST); i < GROWTH_CELLS; i++) {
			double v = (floor ? win->floor : win->live)[i] - low;
			double t = win->begin_s + cell_s * (double)i;

			if (t >= finer)
				break;
			if (v <= c.bytes / 20) {
				c.from_s = w->end_s - t;
				reached = false;
			}
			if (!reached && v >= c.bytes * 0.98) {
				c.to_s = w->end_s - t;
				reached = true;
			}
		}
	}
	return c;
}
