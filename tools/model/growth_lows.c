/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What few collections left, one after the other. Called by growth_facts.c, which says what that means;
 * pure, and of one window.
 */
#include "tools/model/growth_lows.h"

/* Collections that make a line; and of what is no garbage. */
#define FEW_STEPS 4
#define FEW_SOLID 2

/* Of more the floors tell. */
#define MANY 32

/* The fastest of them is at most so many times the slowest: what fills a cache stops sooner. */
#define EVEN 1.25

#define LEAST_MORE 1.1

/* A step below this share of what is left at last is none. */
#define LEAST_STEP 0.03

/* Cells of the first and the last fall by a quarter; 0: none. */
static void
find_falls(const struct growth_window *w, size_t *first, size_t *last)
{
	*first = *last = 0;
	for (size_t i = 1; i < GROWTH_CELLS; i++)
		if (w->live[i] < 0.75 * w->live[i - 1]) {
			*first = *first == 0 ? i : *first;
			*last = i;
		}
}

/*
 * Of few collections what lived after the falls tells more than floors, of which the first is that of the line's beginning: a
 * leak from the beginning on would have risen with the time since. A third of that is enough; of one fall nothing is known.
 */
bool
growth_lows_rise(const struct growth_window *w)
{
	size_t first, last;

	find_falls(w, &first, &last);
	return last == first || 3 * (w->live[last] - w->live[first]) * (double)first >=
					w->live[first] * (double)(last - first);
}

/* After its one fall it may rise by garbage, as it did before; after two and more, if what lived then has not risen. */
bool
growth_lows_fall_back(const struct growth_window *w)
{
	size_t first, last;

	find_falls(w, &first, &last);
	return first != 0 && (first == last || !growth_lows_rise(w));
}

/* The paces from the beginning to each collection: the least, the largest. */
struct paces {
	size_t n;
	double least, most;
};

static void
add_pace(struct paces *p, double left, double cells)
{
	double pace = left / (cells > 1 ? cells : 1);

	p->least = p->n == 0 || pace < p->least ? pace : p->least;
	p->most = pace > p->most ? pace : p->most;
	p->n++;
}

/* The last collection before that cell; 0: none was seen. */
static size_t
last_gc(const struct growth_window *w, size_t cell)
{
	while (cell-- > 1)
		if (w->epoch_at[cell] != w->epoch_at[cell - 1])
			return cell;
	return 0;
}

/*
 * A floor is known one collection later: it is of the one before, or of just now where two came at once, as they do when they are
 * asked for. 0: of before the window.
 */
static size_t
left_at(const struct growth_window *w, size_t known)
{
	if (w->epoch_at[known] - w->epoch_at[known - 1] > 1)
		return known;
	return last_gc(w, known);
}

/* A collection on the way left not half of what it had to. */
static bool
is_missed(const struct growth_window *w, size_t first, size_t last, double pace)
{
	for (size_t i = first + 1; i < GROWTH_CELLS; i++) {
		size_t at = left_at(w, i);

		if (w->epoch_at[i] != w->epoch_at[i - 1] &&
		    at > first + (last - first) / 4 &&
		    2 * w->floor[i] < pace * (double)(at - first))
			return true;
	}
	return false;
}

double
growth_lows_pace(const struct growth_window *w, double first_s, double left, bool solid)
{
	size_t first = growth_window_cell(w, first_s), last = 0;
	double before = 0, floor = 0;
	struct paces p = {0};

	if (w->epoch_at[GROWTH_CELLS - 1] - w->epoch_at[0] > MANY)
		return 0;
	first = first < GROWTH_CELLS ? first : 0;
	for (size_t i = first + 1; i < GROWTH_CELLS; i++) {
		double step = w->floor[i] - w->floor[i - 1];
		size_t at = left_at(w, i);

		if (step < -LEAST_STEP * left)
			return 0;
		if (step <= LEAST_STEP * left || at <= first)
			continue;
		add_pace(&p, w->floor[i], (double)(at - first));
		before = floor;
		floor = w->floor[i];
		last = at;
	}
	/* What the last one left no floor tells yet. */
	if (last_gc(w, GROWTH_CELLS) > last) {
		last = last_gc(w, GROWTH_CELLS);
		add_pace(&p, left, (double)(last > first ? last - first : 1));
		before = floor;
		floor = left;
	}
	if (last < GROWTH_CELLS * 3 / 5 || floor < LEAST_MORE * before ||
	    p.n < (solid ? FEW_SOLID : FEW_STEPS) || p.most > EVEN * p.least ||
	    is_missed(w, first, last, p.least))
		return 0;
	return left / (double)(last - first) * GROWTH_CELLS / (w->end_s - w->begin_s);
}
