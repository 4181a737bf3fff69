/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A site's memory over the last ten minutes, two hours, day and month, each evenly in time, whatever
 * pace its rows have. Filled by growth_fill.c, judged by growth_course.c; pure.
 */
#ifndef TOOLS_GROWTH_WINDOW_H
#define TOOLS_GROWTH_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One instant of a site. */
struct growth_point {
	double t_s;
	double live;   /* bytes */
	double trough; /* the least between the last two major GCs; = live if not known */
	uint64_t epoch; /* major GCs seen: equal ones have one trough between them */
};

#define GROWTH_WINDOWS 4

/* Cells of a window: each is the least of its time. */
#define GROWTH_CELLS 96

/* As many bins are judged at most. */
#define GROWTH_BINS 24

struct growth_window {
	double begin_s, end_s;
	double first_s; /* of its first point */
	size_t points;	/* that came in */
	size_t epochs;	/* of different major GCs */
	uint64_t epoch;
	/* What no collection took, its most, what lives; below 0 until something is known. */
	double floor[GROWTH_CELLS], top[GROWTH_CELLS], live[GROWTH_CELLS];
	uint64_t epoch_at[GROWTH_CELLS]; /* major GCs by its end */
};

struct growth_windows {
	size_t n; /* the shortest first; the last one reaches back to the begin */
	double begin_s, end_s;
	struct growth_window of[GROWTH_WINDOWS];
};

/* 600, 7200, 86400, 2592000 */
double growth_window_length(size_t i);

/* For what is known of [begin_s, end_s]. */
void growth_windows_begin(struct growth_windows *w, double begin_s, double end_s);

/* The next instant of window i, in order of time; what lies outside it is left out. */
void growth_window_add(struct growth_window *w, const struct growth_point *p);

/* The same for many series of the same instants: where one belongs, GROWTH_CELLS for nowhere; put there. */
size_t growth_window_cell(const struct growth_window *w, double t_s);
void growth_window_put(struct growth_window *w, size_t cell,
		       const struct growth_point *p);

/* Where nothing was written, what was known before holds. */
void growth_windows_end(struct growth_windows *w);

/* After that: of what is seen only since then, as samples are, nothing is known of the time before. */
void growth_windows_from(struct growth_windows *w, double begin_s);

/*
 * The window from cell `first` on as n bins of equal time, each the least of its time. n is at most
 * GROWTH_BINS.
 */
void growth_window_bins(const struct growth_window *w, bool floor, size_t first, size_t n,
			double *out);

/* The most that lived until this cell, which counts. */
double growth_window_most(const struct growth_window *w, size_t cell);

#endif
