/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report: one page of HTML about one process, from its sidecar. `weir report` gathers a struct
 * report and prints the page; each part of it is a function here, in the file its name says.
 */
#ifndef TOOLS_REPORT_H
#define TOOLS_REPORT_H

#include <stdio.h>

#include "tools/model/derive.h"
#include "tools/read/locate.h"
#include "tools/text/json.h"
#include "tools/text/show.h"
#include "tools/names/app_root.h"
#include "tools/view/growth_view.h"

#define REPORT_NAME_MAX APP_ROOT_MAX

struct report {
	const struct locate_entry *entry;
	uint64_t age_ns;
	bool read_files; /* source lines may be shown */
	bool now;	 /* memory was measured now, else at the last write */
	struct resident rss;
	const struct trace_view
		*trace; /* NULL: there is none, and what follows is empty */
	const char *why_no_trace;
	struct growth_places *places;
	struct growth_model growth; /* by line, largest first */
	struct growth_view view;    /* the same, for those who print it elsewhere */
	struct growth_rows rows;    /* over the whole time */
	char root[APP_ROOT_MAX];    /* as the file has it */
};

/*
 * `trace` NULL: there is none, and why. `flags` are those of growth_places_new. What is pointed to
 * stays the caller's and must outlive the report.
 */
void report_fill(struct report *r, const struct locate_entry *e,
		 const struct trace_view *trace, const char *why_no_trace,
		 unsigned flags);
void report_release(struct report *r);

/* The whole page. */
void report_page_print(const struct report *r, FILE *out);

/* In so many seconds. */
char *report_eta(char buf[SHOW_VALUE], double seconds);

/* Parts of it, as HTML. */
void report_print_subtitle(const struct report *r, FILE *out);
void report_print_summary(const struct report *r, FILE *out);
void report_print_findings(const struct report *r, FILE *out);
void report_print_memory(const struct report *r, FILE *out);
void report_print_timeline(const struct report *r, FILE *out);
void report_print_stacks(const struct report *r, FILE *out);
void report_print_sites(const struct report *r, FILE *out);
void report_print_classes(const struct report *r, FILE *out);
void report_print_sizes(const struct report *r, FILE *out);
void report_print_kinds(const struct report *r, FILE *out);
void report_print_run(const struct report *r, FILE *out);
void report_print_missing(const struct report *r, FILE *out);
void report_print_footer(const struct report *r, FILE *out);

/* What the page's script draws, as JSON. */
void report_data_print(const struct report *r, FILE *out);
void report_stacks_print(const struct report *r, struct json *j);

#endif
