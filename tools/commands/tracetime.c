/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing of times and marks. Called by `weir growth` and `weir export`.
 */
#include "tools/commands/tracetime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/model/growth_rows.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define MAX_SECONDS 1e9

/* `what` was expected, and `label` is none. */
static void
tell_no_mark(const struct trace_view *v, const char *label, const char *what)
{
	const struct trace_ring *marks = trace_view_ring(v, WEIR_PART_MARKS);
	char known[512] = "";
	size_t n = 0;

	for (uint32_t i = 0; i < marks->n && n < sizeof(known); i++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", n ? ", " : "",
				      marks->rows[i]->label);
	tell_error("%s \"%s\"%s%s; `weir snap PID LABEL` makes one", what, label,
		   known[0] != '\0' ? ", but " : "", known);
}

const struct weir_trace_row *
tracetime_mark(const struct trace_view *v, const char *label)
{
	const struct weir_trace_row *row = growth_rows_mark(v, label);

	if (row == NULL)
		tell_no_mark(v, label, "there is no mark");
	return row;
}

static bool
parse_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	if (end == text)
		return false;
	if (strcmp(end, "m") == 0 || strcmp(end, "min") == 0)
		*seconds *= 60;
	else if (strcmp(end, "h") == 0)
		*seconds *= 3600;
	else if (strcmp(end, "d") == 0)
		*seconds *= 86400;
	else if (strcmp(end, "ms") == 0)
		*seconds /= 1000;
	else if (end[0] != '\0' && strcmp(end, "s") != 0)
		return false;
	return *seconds > -MAX_SECONDS && *seconds < MAX_SECONDS;
}

bool
tracetime_parse(const struct trace_view *v, const char *text, uint64_t *ns)
{
	const struct weir_trace_row *row = growth_rows_mark(v, text);
	uint64_t begin = v->head.started_ns, end = v->head.monotonic_ns;
	double seconds;

	/* A label that looks like a time is a label; a mark's number is not a time. */
	if (row != NULL && strcmp(row->label, text) == 0) {
		*ns = row->monotonic_ns;
		return true;
	}
	if (parse_seconds(text, &seconds)) {
		uint64_t distance = (uint64_t)((seconds < 0 ? -seconds : seconds) * 1e9);

		if (text[0] == '-')
			*ns = end > begin + distance ? end - distance : begin;
		else
			*ns = begin + distance;
		if (*ns == 0)
			*ns = 1; /* 0 would mean: not given */
		return true;
	}
	if (row == NULL)
		tell_no_mark(v, text, "no time, such as 90, 5m or -30s, and no mark is");
	if (row != NULL)
		*ns = row->monotonic_ns;
	return row != NULL;
}

bool
tracetime_window(const struct trace_view *v, const char *from, const char *to,
		 struct growth_request *g)
{
	uint64_t begin = v->head.started_ns, end = v->head.monotonic_ns;
	char length[SHOW_VALUE];

	if ((from != NULL && !tracetime_parse(v, from, &g->from_ns)) ||
	    (to != NULL && !tracetime_parse(v, to, &g->to_ns)))
		return false;
	show_duration(length, end > begin ? end - begin : 0);
	if (from != NULL && g->from_ns >= end) {
		tell_error("nothing is recorded after --from=%s: the trace is %s long",
			   from, length);
		return false;
	}
	if (to != NULL && g->to_ns <= (from != NULL ? g->from_ns : begin)) {
		tell_error("--to=%s is not after %s%s: the trace is %s long", to,
			   from != NULL ? "--from=" : "its begin",
			   from != NULL ? from : "", length);
		return false;
	}
	return true;
}

bool
tracetime_diff(const struct trace_view *v, const char *a, const char *b,
	       struct growth_request *g)
{
	g->a = tracetime_mark(v, a);
	g->b = tracetime_mark(v, b);
	if (g->a == NULL || g->b == NULL)
		return false;
	if (g->a->monotonic_ns < g->b->monotonic_ns)
		return true;
	tell_error(
		"--diff %s %s: the second mark is not after the first; the earlier one "
		"comes first",
		a, b);
	return false;
}
