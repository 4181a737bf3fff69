/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sidecar's slots say, as tables of the report: where resident memory is, size classes,
 * requested sizes, callers. Needs no trace.
 */
#include "tools/view/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "tools/model/derive.h"
#include "tools/read/trace_view.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"
#include "tools/view/report/report_html.h"
#include "tools/view/resident_text.h"

static void
meter_cell(struct report_table *t, const char *label, uint64_t part, uint64_t whole)
{
	char v[SHOW_VALUE];

	report_html_cell_open(t);
	fprintf(t->out,
		"<meter min=\"0\" max=\"100\" value=\"%.1f\" aria-label=\"%s %s\">",
		whole != 0 ? 100.0 * (double)part / (double)whole : 0.0, label,
		show_percent(v, part, whole));
	fputs("</meter>", t->out);
	report_html_cell_close(t);
}

static void
memory_row(struct report_table *t, const char *what, uint64_t bytes, uint64_t whole)
{
	report_html_cell(t, what);
	report_html_bytes(t, bytes);
	report_html_percent(t, bytes, whole);
	meter_cell(t, what, bytes, whole);
}

/* What is not known of it, and how old it is: as `weir stat` says. */
static void
report_print_notes(const struct resident *m, FILE *out)
{
	char *text, *line, *rest;
	size_t bytes;
	FILE *memory = open_memstream(&text, &bytes);

	if (memory == NULL)
		tell_no_memory();
	resident_text_notes(m, memory, 0);
	if (fclose(memory) != 0)
		tell_no_memory();
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		fputs("<p class=\"note\">", out);
		report_html_text(out, line);
		fputs("</p>\n", out);
	}
	free(text);
}

void
report_print_memory(const struct report *r, FILE *out)
{
	static const char *const heading[] = {"Part", "Bytes", "Of all", ""};
	const struct resident *m = &r->rss;
	struct resident_row rows[WEIR_N_MEMORY_PARTS];
	size_t n = resident_rows(m, rows);
	struct report_table t;

	report_html_table(&t, out,
			  r->now ? "Resident memory, when this was written"
			  : r->trace != NULL && r->trace->before_exit
				  ? "Resident memory, just before the process ended"
				  : "Resident memory, at the last write of the process",
			  "", "lrrl", heading);
	for (size_t i = 0; i < n; i++)
		memory_row(&t, rows[i].meaning, rows[i].bytes, m->rss_bytes);
	memory_row(&t, "all (RSS)", m->rss_bytes, m->rss_bytes);
	report_html_table_end(&t);
	report_print_notes(m, out);
}

static void
class_row(struct report_table *t, const struct sidecar *s, uint32_t row)
{
	uint64_t requested = sidecar_class(s, row, WEIR_K_requested_bytes);
	uint64_t rounding = sidecar_class(s, row, WEIR_K_rounding_bytes);
	uint64_t gets = sidecar_class(s, row, WEIR_K_gets), held;

	if (__builtin_add_overflow(requested, rounding, &held))
		held = UINT64_MAX;
	report_html_bytes(t, sidecar_class(s, row, WEIR_K_capacity_bytes));
	report_html_count(t, gets);
	report_html_percent(t, sidecar_class(s, row, WEIR_K_hits), gets);
	report_html_percent(t, rounding, held);
	report_html_count(t, sidecar_class(s, row, WEIR_K_live));
	report_html_count(t, sidecar_class(s, row, WEIR_K_live_peak));
	report_html_count(t, sidecar_class(s, row, WEIR_K_cached));
	report_html_count(t, sidecar_class(s, row, WEIR_K_evicted));
}

static void
map_line(const struct sidecar *s, FILE *out)
{
	uint64_t gets = sidecar_counter(s, WEIR_C_map_gets);
	char a[SHOW_VALUE], b[SHOW_VALUE], c[SHOW_VALUE], d[SHOW_VALUE];

	if ((gets | sidecar_counter(s, WEIR_C_map_live)) == 0)
		return;
	fprintf(out,
		"<p>Larger blocks: %s asked for, %s of them reused; %s in use "
		"(%s).</p>\n",
		show_count(a, gets),
		show_percent(b, sidecar_counter(s, WEIR_C_map_recycled_dirty), gets),
		show_count(c, sidecar_counter(s, WEIR_C_map_live)),
		show_bytes(d, sidecar_counter(s, WEIR_C_map_live_held_bytes)));
}

void
report_print_classes(const struct report *r, FILE *out)
{
	static const char *const heading[] = {"Size", "Blocks", "Reused", "Rounding",
					      "Live", "Peak",	"Cached", "Given back"};
	const struct sidecar *s = &r->entry->sidecar;
	struct derive_totals sum = derive_totals(s);
	char gets[SHOW_VALUE], rate[SHOW_VALUE];
	struct report_table t;

	if (sum.pool_gets == 0) {
		fputs("<p>No block of these sizes was asked for.</p>\n", out);
	} else {
		fprintf(out,
			"<p>%s block%s asked for, %s of them reused. Rounding is what "
			"a size takes more than was asked for.</p>\n",
			show_count(gets, sum.pool_gets), show_plural(sum.pool_gets),
			show_percent(rate, sum.pool_hits, sum.pool_gets));
		report_html_table(&t, out, "Sizes that were used", "sortable", "rrrrrrrr",
				  heading);
		for (uint32_t row = 0; row < s->rows[WEIR_SECTION_CLASSES].records; row++)
			if (derive_class_used(s, row))
				class_row(&t, s, row);
		report_html_table_end(&t);
	}
	map_line(s, out);
}

void
report_print_sizes(const struct report *r, FILE *out)
{
	static const char *const heading[] = {"Up to", "Requests", "Of all", ""};
	const struct sidecar *s = &r->entry->sidecar;
	uint64_t most = 0, sum = sidecar_sum(s, WEIR_SECTION_SIZES, WEIR_Z_requests);
	uint32_t n = s->rows[WEIR_SECTION_SIZES].records;
	struct report_table t;

	if (sum == 0)
		return;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t v = sidecar_at(s, WEIR_SECTION_SIZES, i, WEIR_Z_requests);

		most = v > most ? v : most;
	}
	report_html_table(&t, out, "Sizes that were asked for", "", "rrrl", heading);
	for (uint32_t i = 0; i < n && i < 64; i++) {
		uint64_t v = sidecar_at(s, WEIR_SECTION_SIZES, i, WEIR_Z_requests);

		if (v == 0)
			continue;
		report_html_bytes(&t, UINT64_C(1) << i);
		report_html_count(&t, v);
		report_html_percent(&t, v, sum);
		meter_cell(&t, "share", v, most);
	}
	report_html_table_end(&t);
}

void
report_print_kinds(const struct report *r, FILE *out)
{
	static const char *const heading[] = {"Caller", "Requests", "Bytes", "In use",
					      "Bytes in use"};
	const struct sidecar *s = &r->entry->sidecar;
	struct report_table t;

	if (sidecar_sum(s, WEIR_SECTION_KINDS, WEIR_KF_requests) == 0)
		return;
	report_html_table(&t, out, "Who asked", "", "lrrrr", heading);
	for (uint32_t i = 0; i < s->rows[WEIR_SECTION_KINDS].records; i++) {
		if (sidecar_at(s, WEIR_SECTION_KINDS, i, WEIR_KF_requests) == 0)
			continue;
		report_html_cell(&t, i < WEIR_N_KINDS ? trace_view_kind_name(i)
						      : "a kind unknown here");
		report_html_count(&t,
				  sidecar_at(s, WEIR_SECTION_KINDS, i, WEIR_KF_requests));
		report_html_bytes(&t,
				  sidecar_at(s, WEIR_SECTION_KINDS, i, WEIR_KF_bytes));
		report_html_count(&t, sidecar_at(s, WEIR_SECTION_KINDS, i, WEIR_KF_live));
		report_html_bytes(
			&t, sidecar_at(s, WEIR_SECTION_KINDS, i, WEIR_KF_live_bytes));
	}
	report_html_table_end(&t);
}
