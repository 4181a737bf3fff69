/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The windows of growth_window.h. Called for each site that is judged; no memory of its own.
 */
#include "tools/model/growth_window.h"

#include <string.h>

static const double lengths[GROWTH_WINDOWS] = {600, 7200, 86400, 30 * 86400.0};

double
growth_window_length(size_t i)
{
	return lengths[i < GROWTH_WINDOWS ? i : GROWTH_WINDOWS - 1];
}

void
growth_windows_begin(struct growth_windows *w, double begin_s, double end_s)
{
	w->n = 0;
	w->begin_s = begin_s;
	w->end_s = end_s;
	do {
		struct growth_window *one = &w->of[w->n];
		double from = end_s - lengths[w->n];

		one->begin_s = from > begin_s ? from : begin_s;
		one->end_s = end_s;
		one->points = one->epochs = 0;
		one->epoch = 0;
		for (size_t i = 0; i < GROWTH_CELLS; i++)
			one->floor[i] = one->top[i] = one->live[i] = -1;
		memset(one->epoch_at, 0, sizeof(one->epoch_at));
	} while (w->of[w->n++].begin_s > begin_s && w->n < GROWTH_WINDOWS);
}

size_t
growth_window_cell(const struct growth_window *w, double t_s)
{
	double span = w->end_s - w->begin_s;
	size_t cell;

	if (t_s < w->begin_s || t_s > w->end_s || span <= 0)
		return GROWTH_CELLS;
	cell = (size_t)((t_s - w->begin_s) / span * GROWTH_CELLS);
	return cell < GROWTH_CELLS ? cell : GROWTH_CELLS - 1;
}

void
growth_window_put(struct growth_window *w, size_t cell, const struct growth_point *p)
{
	/* A trough is of the past: what was freed since is not floor any more. */
	double floor = p->trough < p->live ? p->trough : p->live;

	if (w->live[cell] < 0 || p->live < w->live[cell])
		w->live[cell] = p->live;
	if (w->floor[cell] < 0 || floor < w->floor[cell])
		w->floor[cell] = floor;
	if (floor > w->top[cell])
		w->top[cell] = floor;
}

void
growth_window_add(struct growth_window *w, const struct growth_point *p)
{
	size_t cell = growth_window_cell(w, p->t_s);

	if (cell == GROWTH_CELLS)
		return;
	growth_window_put(w, cell, p);
	w->epoch_at[cell] = p->epoch;
	if (w->points == 0)
		w->first_s = p->t_s;
	if (w->points == 0 || p->epoch != w->epoch)
		w->epochs++;
	w->epoch = p->epoch;
	w->points++;
}

static void
hold(double cells[GROWTH_CELLS])
{
	double last = 0;

	for (size_t i = GROWTH_CELLS; i-- > 0;)
		if (cells[i] >= 0)
			last = cells[i];
	for (size_t i = 0; i < GROWTH_CELLS; i++) {
		if (cells[i] < 0)
			cells[i] = last;
		last = cells[i];
	}
}

void
growth_windows_end(struct growth_windows *w)
{
	for (size_t i = 0; i < w->n; i++) {
		hold(w->of[i].floor);
		hold(w->of[i].top);
		hold(w->of[i].live);
		for (size_t k = 1; k < GROWTH_CELLS; k++)
			if (w->of[i].epoch_at[k] == 0)
				w->of[i].epoch_at[k] = w->of[i].epoch_at[k - 1];
	}
}

/* What is left is stretched; as many of the instants are left. */
static void
cut(struct growth_window *w, double begin_s)
{
	size_t from = growth_window_cell(w, begin_s), left = GROWTH_CELLS - from;

	for (size_t i = 0; i < GROWTH_CELLS; i++) {
		size_t at = from + i * left / GROWTH_CELLS;

		w->floor[i] = w->floor[at];
		w->top[i] = w->top[at];
		w->live[i] = w->live[at];
		w->epoch_at[i] = w->epoch_at[at];
	}
	w->points = w->points * left / GROWTH_CELLS;
	w->epochs = (w->epochs * left + GROWTH_CELLS - 1) / GROWTH_CELLS;
	w->begin_s = begin_s;
}

void
growth_windows_from(struct growth_windows *w, double begin_s)
{
	if (begin_s <= w->begin_s || begin_s >= w->end_s)
		return;
	while (w->n > 1 && w->of[w->n - 2].begin_s <= begin_s)
		w->n--;
	w->begin_s = begin_s;
	if (w->of[w->n - 1].begin_s < begin_s)
		cut(&w->of[w->n - 1], begin_s);
}

void
growth_window_bins(const struct growth_window *w, bool floor, size_t first, size_t n,
		   double *out)
{
	const double *cells = floor ? w->floor : w->live;
	size_t all = GROWTH_CELLS - first;

	for (size_t i = 0; i < n; i++) {
		size_t from = first + i * all / n, to = first + (i + 1) * all / n;

		out[i] = cells[from];
		for (size_t k = from + 1; k < to; k++)
			if (cells[k] < out[i])
				out[i] = cells[k];
	}
}

double
growth_window_most(const struct growth_window *w, size_t cell)
{
	double most = 0;

	for (size_t i = 0; i <= cell; i++)
		most = w->live[i] > most ? w->live[i] : most;
	return most;
}
