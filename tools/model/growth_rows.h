/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rows of a trace speak for a time: the rings put together, finest first, thinned to what the
 * verdicts take. Called by growth_model.c and by views that draw a time line; pure.
 */
#ifndef TOOLS_GROWTH_ROWS_H
#define TOOLS_GROWTH_ROWS_H

#include "tools/read/trace_view.h"

struct growth_rows {
	const struct weir_trace_row **rows; /* oldest first; owned */
	size_t n;
	size_t n_held; /* of these: the last row again, for the time since, in which it holds */
	uint64_t held_ns, step_ns;
	bool after_gc; /* each after a major GC, else at regular times */
};

/* Every row at regular times in [from, to]: each ring from where the finer one does not reach. */
struct growth_rows growth_rows_timed(const struct trace_view *v, uint64_t from_ns,
				     uint64_t to_ns);

/*
 * The rows to judge growth on: those after major GCs if there are enough of them and they cover the
 * time, else those together with the ones at regular times. At most GROWTH_MAX_POINTS, and as many for
 * a time since the last one, in which it holds.
 */
struct growth_rows growth_rows_judged(const struct trace_view *v, uint64_t from_ns,
				      uint64_t to_ns);

/* The instant that row i stands for. */
uint64_t growth_rows_ns(const struct growth_rows *r, size_t i);

void growth_rows_free(struct growth_rows *r);

/* The last row of any ring but the marks' at or before `ns`, or NULL. */
const struct weir_trace_row *growth_rows_at(const struct trace_view *v, uint64_t ns);

/* The oldest row at regular times, or NULL. */
const struct weir_trace_row *growth_rows_first(const struct trace_view *v);

/* The newest mark with this label, or whose id the text is, or NULL. */
const struct weir_trace_row *growth_rows_mark(const struct trace_view *v,
					      const char *label);

#endif
