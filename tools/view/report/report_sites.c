/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace as tables of the report: sites by line, full stacks of the largest, figures over time.
 * What the charts draw stands here too, for readers without them.
 */
#include "tools/view/report/report.h"

#include <inttypes.h>

#include "tools/text/show.h"
#include "tools/view/report/report_html.h"

#define MAX_SITES  200
#define MAX_STACKS 12
#define MAX_ROWS   40

static void
print_no_trace(const struct report *r, FILE *out)
{
	fputs("<p class=\"note\">Not recorded: ", out);
	report_html_text(out, r->why_no_trace);
	fputs("</p>\n", out);
}

static void
slope_cell(struct report_table *t, double slope)
{
	char v[SHOW_VALUE], text[SHOW_VALUE];

	if (slope < 1)
		show_format(text, sizeof(text), "-");
	else
		show_format(text, sizeof(text), "+%s/s", show_bytes(v, (uint64_t)slope));
	report_html_value(t, slope, text);
}

static void
added_cell(struct report_table *t, int64_t added)
{
	uint64_t size = added < 0 ? -(uint64_t)added : (uint64_t)added;
	char v[SHOW_VALUE], text[SHOW_VALUE];

	show_format(text, sizeof(text), "%s%s", added < 0 ? "-" : "",
		    show_bytes(v, size));
	report_html_value(t, (double)added, text);
}

static void
age_cell(struct report_table *t, const struct report *r, const struct growth_group *g)
{
	char v[SHOW_VALUE], text[2 * SHOW_VALUE];

	if (g->live_bytes == 0) {
		report_html_value(t, -1, "-");
		return;
	}
	show_duration(v, (uint64_t)(g->age_s < 1e9 ? g->age_s * 1e9 : 1e18));
	if (r->trace->head.gc_known != 0)
		show_format(text, sizeof(text), "%.1f GCs, %s", g->age_gcs, v);
	else
		show_format(text, sizeof(text), "%s", v);
	report_html_value(t, g->age_s, text);
}

static void
site_row(struct report_table *t, const struct report *r, const struct growth_group *g)
{
	char name[REPORT_NAME_MAX];

	report_html_cell_open(t);
	fputs("<span class=\"code\">", t->out);
	report_html_text(t->out, app_root_cut(r->root, name, g->name));
	fputs("</span>", t->out);
	report_html_cell_close(t);
	report_html_cell_open(t);
	fprintf(t->out, "<span class=\"verdict%s\">%s</span>",
		g->finding.verdict == GROWTH_HELD ? " bad" : "",
		growth_verdict_name(g->finding.verdict));
	report_html_cell_close(t);
	report_html_bytes(t, g->live_bytes);
	report_html_count(t, g->live_count);
	slope_cell(t, g->finding.slope_bytes_per_s);
	added_cell(t, g->added_bytes);
	report_html_bytes(t, g->alloc_bytes);
	age_cell(t, r, g);
}

static const char *const site_heading[] = {"Line",  "Verdict", "Live",	    "Blocks",
					   "Grows", "Added",   "Allocated", "Mean age"};

/* What they have freed again is of interest to few. */
static void
print_empty(const struct report *r, size_t from, FILE *out)
{
	const struct growth_model *m = &r->growth;
	struct report_table t;

	fprintf(out, "<details><summary>%zu more that hold nothing any more</summary>\n",
		m->n_groups - from);
	report_html_table(&t, out, "What they allocated is freed", "sortable cards",
			  "llrrrrrr", site_heading);
	for (size_t i = from; i < m->n_groups && i < from + MAX_SITES; i++)
		site_row(&t, r, &m->groups[i]);
	report_html_table_end(&t);
	fputs("</details>\n", out);
}

void
report_print_sites(const struct report *r, FILE *out)
{
	const struct growth_model *m = &r->growth;
	struct report_table t;
	char v[SHOW_VALUE], reach[SHOW_VALUE], caption[200];
	size_t holding = 0;

	if (r->trace == NULL) {
		print_no_trace(r, out);
		return;
	}
	if (m->n_groups == 0) {
		fputs("<p>No block that is traced was allocated.</p>\n", out);
		return;
	}
	show_format(
		caption, sizeof(caption),
		"By the line of your own code that asked, or the nearest to it. Added: "
		"in the last %s%s%s",
		show_duration(v, m->to_ns - m->from_ns),
		m->older ? "; history reaches back " : "",
		m->older ? show_duration(reach, m->history_ns) : "");
	/* Largest first: those that hold nothing are at the end. */
	while (holding < m->n_groups && m->groups[holding].live_bytes > 0)
		holding++;
	if (holding == 0)
		holding = m->n_groups;
	report_html_table(&t, out, caption, "sortable cards", "llrrrrrr", site_heading);
	for (size_t i = 0; i < holding && i < MAX_SITES; i++)
		site_row(&t, r, &m->groups[i]);
	report_html_table_end(&t);
	if (holding > MAX_SITES)
		fprintf(out, "<p class=\"note\">%zu smaller ones are left out.</p>\n",
			holding - MAX_SITES);
	else if (holding < m->n_groups)
		print_empty(r, holding, out);
	if (m->unattributed_bytes != 0)
		fprintf(out,
			"<p class=\"note\">%s live could not be attributed to a "
			"line.</p>\n",
			show_bytes(v, m->unattributed_bytes));
}

static void
print_frame(const struct report *r, uint32_t frame, bool blamed, FILE *out)
{
	const struct growth_place *p = growth_place(r->places, frame);
	char text[REPORT_NAME_MAX], name[REPORT_NAME_MAX];

	growth_place_text(text, sizeof(text), p);
	fprintf(out, "<li class=\"%s\">",
		blamed			  ? "blamed"
		: p->origin == GROWTH_APP ? "app"
					  : "aside");
	report_html_text(out, app_root_cut(r->root, name, text));
	if (p->script && !p->exact)
		fputs(" <span class=\"sub\">(line of the definition)</span>", out);
	fputs("</li>\n", out);
}

static void
print_stack(const struct report *r, const struct growth_group *g, FILE *out)
{
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];
	uint32_t n = trace_view_stack(
		r->trace, trace_view_site(r->trace, g->site, WEIR_S_stack), frames);
	char v[SHOW_VALUE], name[REPORT_NAME_MAX];

	fputs("<details><summary><span class=\"code\">", out);
	report_html_text(out, app_root_cut(r->root, name, g->name));
	fprintf(out, "</span>: %s", show_bytes(v, g->live_bytes));
	if (g->n_sites > 1)
		fprintf(out, ", %" PRIu32 " stacks; the largest", g->n_sites);
	fputs("</summary>\n<ol class=\"stack\">\n", out);
	for (uint32_t i = 0; i < n; i++)
		print_frame(r, frames[i],
			    g->blame.rank != GROWTH_BLAME_NONE && i == g->blame.depth,
			    out);
	fputs("</ol></details>\n", out);
}

void
report_print_stacks(const struct report *r, FILE *out)
{
	const struct growth_model *m = &r->growth;

	if (r->trace == NULL) {
		print_no_trace(r, out);
		return;
	}
	if (m->n_groups == 0)
		return;
	fputs("<h3>Stacks of the largest, innermost frame first</h3>\n", out);
	for (size_t i = 0; i < m->n_groups && i < MAX_STACKS; i++)
		if (i == 0 || m->groups[i].live_bytes > 0)
			print_stack(r, &m->groups[i], out);
}

void
report_print_timeline(const struct report *r, FILE *out)
{
	static const char *const heading[] = {
		"After", "RSS", "Live", "Cached", "V8's heap in use", "Major GCs"};
	size_t step = (r->rows.n + MAX_ROWS - 1) / MAX_ROWS;
	struct report_table t;
	char v[SHOW_VALUE];

	if (r->rows.n == 0) {
		fputs("<p class=\"note\">There is no record over time", out);
		if (r->trace == NULL) {
			fputs(": ", out);
			report_html_text(out, r->why_no_trace);
		}
		fputs("</p>\n", out);
		return;
	}
	fputs("<details><summary>The same as a table</summary>\n", out);
	report_html_table(&t, out, "Memory over time", "", "rrrrrr", heading);
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct weir_trace_row *row = r->rows.rows[i];

		if (i % step != 0 && i + 1 != r->rows.n)
			continue;
		report_html_cell(&t,
				 show_duration(v, row->monotonic_ns -
							  r->rows.rows[0]->monotonic_ns));
		report_html_bytes(&t, row->rss_bytes);
		report_html_bytes(&t, row->live_bytes);
		report_html_bytes(&t, row->cached_bytes);
		report_html_bytes(&t, row->js_heap_bytes);
		report_html_count(&t, row->major_gcs);
	}
	report_html_table_end(&t);
	fputs("</details>\n", out);
}
