/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the writers of exports share: amounts by site, stacks of scripts, names. Called by them and
 * by cmd_export.c; pure but for memory.
 */
#include <stdlib.h>

#include "tools/text/show.h"
#include "tools/text/tell.h"
#include "tools/view/export/export.h"

static int64_t
whole(uint64_t n)
{
	return n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

static void
subtract_row(struct export_amount (*a)[EXPORT_N_VALUES], const struct weir_trace_row *row)
{
	const struct weir_trace_point *points =
		row != NULL ? trace_view_points(row) : NULL;

	for (uint32_t i = 0; row != NULL && i < row->n_points; i++) {
		struct export_amount *to = &a[points[i].site][EXPORT_GROWTH];

		if (__builtin_sub_overflow(to->bytes, whole(points[i].live_bytes),
					   &to->bytes))
			to->bytes = 0;
		to->count -= points[i].live_count;
	}
}

static void
set_to_row(struct export_amount (*a)[EXPORT_N_VALUES], uint32_t n,
	   const struct weir_trace_row *row)
{
	const struct weir_trace_point *points = trace_view_points(row);

	for (uint32_t i = 0; i < n; i++)
		a[i][EXPORT_GROWTH] = (struct export_amount){0, 0};
	for (uint32_t i = 0; i < row->n_points; i++)
		a[points[i].site][EXPORT_GROWTH] = (struct export_amount){
			whole(points[i].live_bytes), points[i].live_count};
}

struct export_amount (*export_amounts(const struct growth_model *m))[EXPORT_N_VALUES]
{
	const struct trace_view *v = m->v;
	const struct weir_trace_row *end = m->request.b;
	struct export_amount(*a)[EXPORT_N_VALUES] =
		calloc((size_t)v->n_sites + 1, sizeof(*a));

	if (a == NULL)
		tell_no_memory();
	for (uint32_t i = 0; i < v->n_sites; i++) {
		a[i][EXPORT_LIVE] = (struct export_amount){
			whole(trace_view_site(v, i, WEIR_S_live_bytes)),
			whole(trace_view_site(v, i, WEIR_S_live_count))};
		a[i][EXPORT_ALLOC] = (struct export_amount){
			whole(trace_view_site(v, i, WEIR_S_alloc_bytes)),
			whole(trace_view_site(v, i, WEIR_S_alloc_count))};
		a[i][EXPORT_GROWTH] = a[i][EXPORT_LIVE];
	}
	if (end == NULL && m->to_ns < v->head.monotonic_ns)
		end = growth_rows_at(v, m->to_ns);
	if (end != NULL && v->n_sites > 0)
		set_to_row(a, v->n_sites, end);
	if (m->request.a != NULL)
		subtract_row(a, m->request.a);
	else if (m->from_ns > v->head.started_ns)
		subtract_row(a, growth_rows_at(v, m->from_ns));
	return a;
}

uint32_t
export_script_stack(const struct growth_view *v, uint32_t site,
		    uint32_t frames[WEIR_TRACE_MAX_DEPTH])
{
	uint32_t all[WEIR_TRACE_MAX_DEPTH], n = 0;
	uint32_t n_all = trace_view_stack(
		v->trace, trace_view_site(v->trace, site, WEIR_S_stack), all);

	for (uint32_t i = 0; i < n_all; i++) {
		const struct growth_place *p = growth_place(v->places, all[i]);

		if (p->script || p->origin == GROWTH_APP || p->origin == GROWTH_PACKAGE)
			frames[n++] = all[i];
	}
	return n;
}

char *
export_frame_name(char *buf, size_t size, const struct growth_place *p)
{
	const char *async = p->async ? "async " : "";

	if (p->function[0] != '\0')
		show_format(buf, size, "%s%s", async, p->function);
	else if (p->script)
		show_format(buf, size, "%s(anonymous)", async);
	else
		growth_place_text(buf, size, p);
	return buf;
}

void
export_json(const struct export_job *job, FILE *out)
{
	growth_json_print(job->view, out);
}
