/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sidecar printed whole: for people, or as JSON for programs. Both show the same figures.
 */
#ifndef TOOLS_STAT_VIEW_H
#define TOOLS_STAT_VIEW_H

#include <stdio.h>

#include "tools/model/derive.h"
#include "tools/model/resident.h"
#include "tools/read/collections.h"
#include "tools/read/locate.h"
#include "weir/trace.h"

/* How long taking a stack takes; zeros if none was timed. */
struct stat_trace_cost {
	uint64_t median_ns, p99_ns;
};
#define STAT_TRACE_COSTS 3 /* enum trace_cost_of */

/* What the trace costs; `there` is false if the file has none. */
struct stat_trace {
	bool there;
	struct weir_trace_head head;
	struct stat_trace_cost costs[STAT_TRACE_COSTS];
	uint64_t file_bytes, disk_bytes;
};

struct stat_view {
	const struct locate_entry *entry;
	struct stat_trace trace;
	struct resident memory;
	struct collections collections;
	uint64_t age_ns;
	bool all; /* also what is zero */
};

/* Reads only the headers of the trace and that histogram; `path`: of the sidecar. */
struct stat_trace stat_trace_of(const char *path);
/* With `all` also what that took. */
void stat_trace_print(const struct stat_trace *t, bool all, FILE *out);
struct json;
void stat_trace_put(struct json *j, const struct stat_trace *t);

/* What weir's hook in a runtime has collected; nothing is printed where none was asked for. */
void stat_collect_print(const struct collections *c, FILE *out);
void stat_collect_put(struct json *j, const struct collections *c);

void stat_text_print(const struct stat_view *v, FILE *out);
void stat_json_print(const struct stat_view *v, FILE *out);

/* What was found in the default folders, one line or object each. */
void stat_text_list(const struct locate_entry *entries, size_t n, bool all, FILE *out);
void stat_json_list(const struct locate_entry *entries, size_t n, FILE *out);

#endif
