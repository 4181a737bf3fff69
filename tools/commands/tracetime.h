/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times and marks of a trace as a person writes them. For the subcommands that take a window.
 */
#ifndef TOOLS_TRACETIME_H
#define TOOLS_TRACETIME_H

#include "tools/model/growth_model.h"
#include "tools/read/trace_view.h"

/*
 * "90", "1.5m", "2h": since tracing began; "-30": before the last write; else the label or number
 * of a mark. False after an error has been told.
 */
bool tracetime_parse(const struct trace_view *v, const char *text, uint64_t *ns);

/* The row of a mark; NULL after an error has been told that lists those there are. */
const struct weir_trace_row *tracetime_mark(const struct trace_view *v,
					    const char *label);

/*
 * The window from one time or mark to another, either of which may be NULL, into `g`. False after an
 * error has been told, also where it ends before it begins or begins after the trace has ended.
 */
bool tracetime_window(const struct trace_view *v, const char *from, const char *to,
		      struct growth_request *g);

/* The same for the difference of two marks. */
bool tracetime_diff(const struct trace_view *v, const char *a, const char *b,
		    struct growth_request *g);

#endif
