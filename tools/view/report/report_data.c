/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data that the page's script draws: series over time. Called by the page; names are
 * cleaned here, the page escapes them for HTML.
 */
#include "tools/view/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "tools/model/growth_group.h"
#include "tools/text/json.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define CHART_LINES 8 /* with a colour of their own */

static void
put_string(struct json *j, const char *key, const char *text)
{
	char clean[REPORT_NAME_MAX];

	json_string(j, key, show_clean(clean, sizeof(clean), text));
}

static uint64_t
since_first(const struct report *r, uint64_t monotonic_ns)
{
	uint64_t first = r->rows.rows[0]->monotonic_ns;

	return monotonic_ns > first ? monotonic_ns - first : 0;
}

static void
print_times(const struct report *r, struct json *j)
{
	json_seconds(j, "t0", r->rows.n > 0 ? r->rows.rows[0]->unix_ns : 0);
	json_open(j, "times", '[');
	for (size_t i = 0; i < r->rows.n; i++)
		json_seconds(j, NULL, since_first(r, r->rows.rows[i]->monotonic_ns));
	json_close(j, ']');
}

static uint64_t
field_of(const struct weir_trace_row *row, int field)
{
	switch (field) {
	case 0:
		return row->rss_bytes;
	case 1:
		return row->live_bytes;
	case 2:
		return row->cached_bytes;
	default:
		return row->js_heap_bytes;
	}
}

static void
print_memory_series(const struct report *r, struct json *j)
{
	static const char *const names[] = {"RSS", "live, served by weir",
					    "cached by weir", "V8's heap in use"};

	json_open(j, "memory", '[');
	for (int field = 0; field < 4; field++) {
		uint64_t most = 0;

		for (size_t i = 0; i < r->rows.n; i++)
			most |= field_of(r->rows.rows[i], field);
		if (field == 3 && most == 0)
			continue;
		json_open(j, NULL, '{');
		json_string(j, "name", names[field]);
		json_open(j, "v", '[');
		for (size_t i = 0; i < r->rows.n; i++)
			json_u64(j, NULL, field_of(r->rows.rows[i], field));
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
print_instants(const struct report *r, struct json *j)
{
	const struct trace_ring *marks;
	uint64_t majors = r->rows.n > 0 ? r->rows.rows[0]->major_gcs : 0;

	json_open(j, "gcs", '[');
	for (size_t i = 1; i < r->rows.n; i++) {
		if (r->rows.rows[i]->major_gcs > majors)
			json_seconds(j, NULL,
				     since_first(r, r->rows.rows[i]->monotonic_ns));
		majors = r->rows.rows[i]->major_gcs;
	}
	json_close(j, ']');
	json_open(j, "marks", '[');
	if (r->rows.n > 0) {
		marks = trace_view_ring(r->trace, WEIR_PART_MARKS);
		for (uint32_t i = 0; i < marks->n; i++) {
			char label[sizeof(marks->rows[i]->label) + 1] = "";

			memcpy(label, marks->rows[i]->label, sizeof(label) - 1);
			json_open(j, NULL, '{');
			json_seconds(j, "t",
				     since_first(r, marks->rows[i]->monotonic_ns));
			put_string(j, "label", label);
			json_close(j, '}');
		}
	}
	json_close(j, ']');
}

/* Live bytes of each line at each row: [row][line]. */
struct history {
	struct growth_group *lines; /* name of each */
	size_t n;
	uint64_t *bytes;
	uint64_t *peak; /* of each line */
};

static void
add_row(struct history *h, size_t i, const struct weir_trace_row *row,
	const uint32_t *line_of)
{
	const struct weir_trace_point *points = trace_view_points(row);

	for (uint32_t k = 0; k < row->n_points; k++) {
		size_t line = line_of[points[k].site];
		uint64_t *at = &h->bytes[i * h->n + line];

		if (points[k].site == 0)
			continue;
		*at += points[k].live_bytes;
		if (*at > h->peak[line])
			h->peak[line] = *at;
	}
}

static void
make_history(struct history *h, const struct report *r)
{
	uint32_t *line_of = calloc((size_t)r->trace->n_sites + 1, sizeof(*line_of));

	if (line_of == NULL)
		tell_no_memory();
	h->lines = growth_group_sites(r->places, GROWTH_BY_LINE, &h->n, line_of);
	h->bytes = calloc(r->rows.n * h->n + 1, sizeof(*h->bytes));
	h->peak = calloc(h->n + 1, sizeof(*h->peak));
	if (h->bytes == NULL || h->peak == NULL)
		tell_no_memory();
	for (size_t i = 0; i < r->rows.n && h->n > 0; i++)
		add_row(h, i, r->rows.rows[i], line_of);
	free(line_of);
}

static void
free_history(struct history *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->lines[i].name);
	free(h->lines);
	free(h->bytes);
	free(h->peak);
}

static void
print_line(const struct report *r, const struct history *h, size_t line, struct json *j)
{
	char name[REPORT_NAME_MAX];

	json_open(j, NULL, '{');
	put_string(j, "name", app_root_cut(r->root, name, h->lines[line].name));
	json_open(j, "v", '[');
	for (size_t i = 0; i < r->rows.n; i++)
		json_u64(j, NULL, h->bytes[i * h->n + line]);
	json_close(j, ']');
	json_close(j, '}');
}

static void
print_others(const struct report *r, const struct history *h, const size_t *shown,
	     size_t n_shown, struct json *j)
{
	json_open(j, NULL, '{');
	json_string(j, "name", "everything else");
	json_bool(j, "rest", true);
	json_open(j, "v", '[');
	for (size_t i = 0; i < r->rows.n; i++) {
		uint64_t all = r->rows.rows[i]->live_bytes, sum = 0;

		for (size_t k = 0; k < n_shown; k++)
			sum += h->bytes[i * h->n + shown[k]];
		json_u64(j, NULL, all > sum ? all - sum : 0);
	}
	json_close(j, ']');
	json_close(j, '}');
}

/* The lines that were largest at any time, and all else that weir serves. */
static void
print_line_series(const struct report *r, struct json *j)
{
	struct history h = {0};
	size_t shown[CHART_LINES], n_shown = 0;

	if (r->trace != NULL)
		make_history(&h, r);
	while (n_shown < CHART_LINES && h.n > 0) {
		size_t best = 0;

		for (size_t i = 1; i < h.n; i++)
			if (h.peak[i] > h.peak[best])
				best = i;
		if (h.peak[best] == 0)
			break;
		h.peak[best] = 0;
		shown[n_shown++] = best;
	}
	json_open(j, "sites", '[');
	for (size_t i = 0; i < n_shown; i++)
		print_line(r, &h, shown[i], j);
	if (n_shown > 0)
		print_others(r, &h, shown, n_shown, j);
	json_close(j, ']');
	free_history(&h);
}

void
report_data_print(const struct report *r, FILE *out)
{
	struct json j;

	json_begin(&j, out);
	json_open(&j, NULL, '{');
	print_times(r, &j);
	json_u64(&j, "limit",
		 sidecar_counter(&r->entry->sidecar, WEIR_C_cgroup_limit_bytes));
	print_memory_series(r, &j);
	print_instants(r, &j);
	print_line_series(r, &j);
	report_stacks_print(r, &j);
	json_close(&j, '}');
	json_end(&j);
}
