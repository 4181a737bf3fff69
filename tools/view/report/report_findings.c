/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report's first section, behind its summary: in words what grows, which line, what that means, what to do next.
 * Called by the page; the verdicts are growth_verdict.c's.
 */
#include "tools/view/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "tools/model/growth_sums.h"
#include "tools/names/growth_source.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"
#include "tools/view/growth_rose.h"
#include "tools/view/part_advice.h"
#include "tools/view/report/report_html.h"

#define MAX_HELD	5
#define MAX_OTHERS	3
#define SOURCE_MAX	200
#define UNTOUCHED_WORTH (UINT64_C(16) << 20)

/* A line below this share of what lives is not worth a sentence. */
#define WORTH 0.1

/* A line of advice: words, a command behind "$ " to be copied, and what is said of it behind "#". */
static void
print_step(char *line, FILE *out)
{
	char *command = strstr(line, "$ "), *remark;

	if (command == NULL || (command > line && command[-1] != ' ')) {
		fputs("<p>", out);
		report_html_text(out, line);
		fputs("</p>\n", out);
		return;
	}
	if (command > line) {
		*command = '\0';
		fputs("<p>", out);
		report_html_text(out, line);
		fputs("</p>\n", out);
	}
	command += 2;
	remark = strstr(command, "    # ");
	if (remark != NULL)
		*remark = '\0';
	fputs("<div class=\"command\"><code>", out);
	report_html_text(out, command);
	fputs("</code>", out);
	if (remark != NULL) {
		fputs("<span class=\"sub\">", out);
		report_html_text(out, remark + 6);
		fputs("</span>", out);
	}
	fputs("</div>\n", out);
}

/*
 * What `weir growth` advises, for the group, the part (-1: none) or else for weir's own, line by line. Folded: the
 * finding before says nearly the same.
 */
static void
print_advice(const struct report *r, const struct growth_group *g, int part, bool folded,
	     FILE *out)
{
	char *text, *line, *rest;
	size_t n;
	FILE *memory = open_memstream(&text, &n);

	if (memory == NULL)
		tell_no_memory();
	if (g != NULL)
		growth_advice_print(&r->view, g, memory, 0);
	else if (part >= 0)
		part_advice_print(&r->view, (enum weir_memory_part)part, memory, 0);
	else
		growth_advice_rss_print(&r->view, memory, 0);
	if (fclose(memory) != 0)
		tell_no_memory();
	if (n > 0 && folded)
		fputs("<details><summary>What to do next</summary>\n", out);
	if (n > 0)
		fputs("<div class=\"next\">\n", out);
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		print_step(line, out);
	if (n > 0)
		fputs(folded ? "</div></details>\n" : "</div>\n", out);
	free(text);
}

/* The blamed line itself, if its file is here and as old as the process. */
static void
print_source(const struct report *r, const struct growth_group *g, FILE *out)
{
	const struct growth_place *p = growth_place(r->places, g->blame.frame);
	char line[SOURCE_MAX];

	if (!r->read_files || g->blame.rank == GROWTH_BLAME_NONE || !p->script ||
	    growth_source_line(p->file, p->line, r->entry->sidecar.header.created_unix_ns,
			       line, sizeof(line)) != GROWTH_SOURCE_SHOWN)
		return;
	fprintf(out, "<pre class=\"source\">%u  ", p->line);
	report_html_text(out, line);
	fputs("</pre>\n", out);
}

static void
print_name(const struct report *r, const struct growth_group *g, FILE *out)
{
	char name[REPORT_NAME_MAX];

	fputs("<span class=\"code\">", out);
	report_html_text(out, app_root_cut(r->root, name, g->name));
	fputs("</span>", out);
}

static void
print_held(const struct report *r, const struct growth_group *g, bool folded, FILE *out)
{
	char live[SHOW_VALUE], count[SHOW_VALUE], slope[SHOW_VALUE], eta[SHOW_VALUE];
	char age[64] = "", meaning[512], rose[GROWTH_ROSE];

	report_html_finding(out, "bad");
	print_name(r, g, out);
	report_html_print(out, " holds %s in %s %s, and %s more each second.",
			  show_bytes(live, g->live_bytes),
			  show_count(count, g->live_count),
			  g->live_count == 1 ? "block" : "blocks",
			  show_bytes(slope, (uint64_t)g->finding.slope_bytes_per_s));
	if (g->eta_s >= 0)
		report_html_print(out, " Alone it %s the memory limit in %s.",
				  r->entry->life == LOCATE_RUNNING ? "reaches"
								   : "would reach",
				  report_eta(eta, g->eta_s));
	growth_rose(rose, g);
	if (r->trace->head.gc_known != 0)
		show_format(age, sizeof(age),
			    "; %.0f %% of it survived a major collection",
			    100 * g->finding.survived);
	show_format(meaning, sizeof(meaning), "%s: %s%s%s%s",
		    growth_verdict_name(GROWTH_HELD), growth_finding_meaning(&g->finding),
		    age, rose[0] != '\0' ? "; " : "", rose);
	report_html_finding_body(out, meaning);
	print_source(r, g, out);
	print_advice(r, g, -1, folded, out);
	report_html_finding_end(out);
}

static int
by_slope(const void *a, const void *b)
{
	const struct growth_group *const *x = a, *const *y = b;
	double s = (*x)->finding.slope_bytes_per_s, t = (*y)->finding.slope_bytes_per_s;

	return s > t ? -1 : s < t;
}

static void
print_all_held(const struct report *r, FILE *out)
{
	const struct growth_model *m = &r->growth;
	const struct growth_group **held = calloc(m->n_groups + 1, sizeof(*held));
	size_t n = 0;

	if (held == NULL)
		tell_no_memory();
	for (size_t i = 0; i < m->n_groups; i++)
		if (m->groups[i].finding.verdict == GROWTH_HELD)
			held[n++] = &m->groups[i];
	qsort(held, n, sizeof(*held), by_slope);
	for (size_t i = 0; i < n && i < MAX_HELD; i++)
		print_held(r, held[i], i > 0, out);
	free(held);
	if (n > MAX_HELD)
		fprintf(out, "<li><p>%zu more lines grow: see the table.</p></li>\n",
			n - MAX_HELD);
}

/* Of lines and of parts alike: what grows by garbage is no leak. */
static const char *
color_of(enum growth_verdict verdict)
{
	return verdict == GROWTH_HELD	     ? "bad"
	       : verdict == GROWTH_UNDECIDED ? "warn"
					     : "good";
}

/* Large lines that are no leak, so that nobody hunts them. */
static void
print_others(const struct report *r, enum growth_verdict verdict, FILE *out)
{
	const struct growth_model *m = &r->growth;
	unsigned n = 0;
	char live[SHOW_VALUE];

	for (size_t i = 0; i < m->n_groups && n < MAX_OTHERS; i++) {
		const struct growth_group *g = &m->groups[i];
		uint64_t most =
			g->live_bytes > g->peak_bytes ? g->live_bytes : g->peak_bytes;

		if (g->finding.verdict != verdict ||
		    (double)most < WORTH * (double)m->live_bytes)
			continue;
		n++;
		report_html_finding(out, color_of(verdict));
		print_name(r, g, out);
		report_html_print(out, ": %s live, %s.", show_bytes(live, g->live_bytes),
				  growth_verdict_name(verdict));
		report_html_finding_body(out, growth_finding_meaning(&g->finding));
		print_advice(r, g, -1, n > 1, out);
		report_html_finding_end(out);
	}
}

/* Pages that nobody has touched yet: the sites show them, resident memory does not. */
static void
print_untouched(const struct report *r, FILE *out)
{
	/* Both of one moment: resident memory is looked at seldom, and what came since is not untouched. */
	uint64_t asked = growth_sums_served(r->trace, r->rss.age_ns);
	uint64_t live = r->rss.live_bytes;
	char a[SHOW_VALUE], b[SHOW_VALUE];

	if (asked / 5 * 4 <= live || asked - live < UNTOUCHED_WORTH)
		return;
	report_html_finding(out, "warn");
	report_html_print(out, "Of %s in blocks that weir serves, %s are resident.",
			  show_bytes(a, asked), show_bytes(b, live));
	report_html_finding_body(
		out,
		"the rest was allocated but never touched: it takes address space, and "
		"memory only once something is written to it");
	report_html_finding_end(out);
}

static void
print_retained(const struct report *r, FILE *out)
{
	enum growth_verdict v = r->growth.rss_verdict;
	char a[SHOW_VALUE], b[SHOW_VALUE];

	if (v != GROWTH_RETAINED)
		return;
	report_html_finding(out, "warn");
	report_html_print(out, "%s of %s resident: %s.",
			  show_bytes(a, r->rss.cached_bytes),
			  show_bytes(b, r->rss.rss_bytes), growth_verdict_name(v));
	report_html_finding_body(out, growth_verdict_meaning(v));
	print_advice(r, NULL, -1, false, out);
	report_html_finding_end(out);
}

/* Parts of resident memory that no line of code stands for. */
static void
print_parts(const struct report *r, FILE *out)
{
	for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++) {
		const struct growth_part *p = &r->growth.parts[i];
		char *text;
		size_t n;
		FILE *memory;

		if (!p->worth)
			continue;
		memory = open_memstream(&text, &n);
		if (memory == NULL)
			tell_no_memory();
		part_advice_say(&r->view, (enum weir_memory_part)i, memory);
		if (fclose(memory) != 0)
			tell_no_memory();
		report_html_finding(out, color_of(p->verdict));
		text[strcspn(text, "\n")] = '\0';
		report_html_text(out, text);
		free(text);
		report_html_finding_body(out, NULL);
		print_advice(r, NULL, i, false, out);
		report_html_finding_end(out);
	}
}

static void
print_no_trace(const struct report *r, FILE *out)
{
	char a[SHOW_VALUE], b[SHOW_VALUE], c[SHOW_VALUE];

	report_html_finding(out, "warn");
	report_html_print(
		out,
		"RSS %s: %s are blocks in use that weir serves, %s are free "
		"and kept by weir. Which lines allocated them was not recorded.",
		show_bytes(a, r->rss.rss_bytes), show_bytes(b, r->rss.live_bytes),
		show_bytes(c, r->rss.cached_bytes));
	report_html_finding_body(out, r->why_no_trace);
	fputs("<p>With the option trace on, a new run tells.</p>\n", out);
	report_html_finding_end(out);
}

void
report_print_findings(const struct report *r, FILE *out)
{
	fputs("<ol class=\"findings\">\n", out);
	if (r->trace == NULL) {
		print_no_trace(r, out);
	} else {
		report_print_summary(r, out);
		print_all_held(r, out);
		print_retained(r, out);
		print_parts(r, out);
		print_untouched(r, out);
		print_others(r, GROWTH_UNDECIDED, out);
		print_others(r, GROWTH_GC_LAG, out);
		print_others(r, GROWTH_PLATEAU, out);
	}
	fputs("</ol>\n", out);
}
