/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gathers what the report is about. Called by `weir report` and the fuzzer; the parts only print.
 */
#include "tools/view/report/report.h"

#include <string.h>

#include "tools/read/measure.h"

void
report_fill(struct report *r, const struct locate_entry *e,
	    const struct trace_view *trace, const char *why_no_trace, unsigned flags)
{
	struct growth_request request = {.by = GROWTH_BY_LINE, .sort = GROWTH_SORT_LIVE};
	struct measure now = measure_now(e);
	struct resident d = resident_of(&e->sidecar, &now);

	memset(r, 0, sizeof(*r));
	r->entry = e;
	r->age_ns = locate_age_ns(&e->sidecar);
	r->now = d.now;
	r->rss = d;
	r->why_no_trace = why_no_trace;
	r->read_files = (flags & GROWTH_PLACE_FILES) != 0;
	if (trace == NULL)
		return;
	r->trace = trace;
	r->places = growth_places_new(trace, flags);
	growth_model_make(&r->growth, r->places, &request, &d);
	r->view = (struct growth_view){
		.entry = e, .trace = trace, .places = r->places, .model = &r->growth};
	r->rss = r->growth.rss;
	r->rows = growth_rows_timed(trace, 0, UINT64_MAX);
	app_root_find(r->root, r->places);
	r->view.root = r->root;
}

void
report_release(struct report *r)
{
	if (r->trace == NULL)
		return;
	growth_rows_free(&r->rows);
	growth_model_free(&r->growth);
	growth_places_free(r->places);
}
