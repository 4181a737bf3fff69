/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What few collections left, one after the other. Called by growth_facts.c, which says what that means;
 * pure, and of one window.
 */
#include "tools/model/growth_lows.h"

/* Collections that make a line; and of what is no garbage. */
#define FEW_STEPS 4
#define FEW_SOLID 2

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

double
growth_lows_pace(const struct growth_window *w, double first_s, double left, bool solid)
{
	size_t first = growth_window_cell(w, first_s), last, fell;
	struct paces p = {0};

	find_falls(w, &last, &fell);
	first = first < last ? first : 0;
	/* A floor is known one collection later: it is of when the floor before it began. */
	for (size_t i = first + 1; i < GROWTH_CELLS; i++) {
		double step = w->floor[i] - w->floor[i - 1];

		if (step < -LEAST_STEP * left)
			return 0;
		if (step <= LEAST_STEP * left)
			continue;
		if (last > first && last < i)
			add_pace(&p, w->floor[i], (double)(last - first));
		last = i;
	}
	/* Or the last collection has left no more than the one before. */
	if (last <= first || last < GROWTH_CELLS * 3 / 5 ||
	    left < LEAST_MORE * w->floor[last])
		return 0;
	add_pace(&p, left, (double)(last - first));
	if (p.n < (solid ? FEW_SOLID : FEW_STEPS) || p.most > EVEN * p.least)
		return 0;
	return left / (double)(last - first) * GROWTH_CELLS / (w->end_s - w->begin_s);
}
