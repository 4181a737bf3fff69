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
};

/* Every row at regular times in [from, to]: each ring from where the finer one does not reach. */
struct growth_rows growth_rows_timed(const struct trace_view *v, uint64_t from_ns,
				     uint64_t to_ns);

/* Rings of rows at regular times: 0 is that of seconds, then ten seconds, minutes, hours. */
#define GROWTH_N_PACES 4

/*
 * Rows of [from, to] as even in time as the rings have them: those of this pace, before them those of
 * coarser ones, behind and between them finer ones at this pace; and the very last. The finest pace has
 * the rows after major GCs as well: what is of a GC may lie between two seconds.
 */
struct growth_rows growth_rows_paced(const struct trace_view *v, size_t pace,
				     uint64_t from_ns, uint64_t to_ns);

void growth_rows_free(struct growth_rows *r);

/* The last row of any ring but the marks' at or before `ns`, or NULL. */
const struct weir_trace_row *growth_rows_at(const struct trace_view *v, uint64_t ns);

/* The oldest row at regular times, or NULL. */
const struct weir_trace_row *growth_rows_first(const struct trace_view *v);

/* The newest mark with this label, or whose id the text is, or NULL. */
const struct weir_trace_row *growth_rows_mark(const struct trace_view *v,
					      const char *label);

#endif
