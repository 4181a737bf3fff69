/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir growth` for people: a table of sites, where resident memory is, and what to do about the worst, with
 * their stacks. All foreign text goes through show_clean.
 */
#include <inttypes.h>
#include <stdio.h>

#include "tools/model/growth_headline.h"
#include "tools/names/app_root.h"
#include "tools/read/program_path.h"
#include "tools/read/script_name.h"
#include "tools/text/show.h"
#include "tools/text/table.h"
#include "tools/view/attached.h"
#include "tools/view/census_view.h"
#include "tools/view/growth_rose.h"
#include "tools/view/growth_view.h"
#include "tools/view/part_advice.h"
#include "tools/view/resident_text.h"

/* The recorder writes once a second. */
#define YOUNG_NS      UINT64_C(2000000000)
#define WHERE_COLUMNS 100
#define SMALL_BYTES   (1u << 20) /* not worth a line of its own, nor a stack */
#define MUCH_BYTES    (32u << 20)

size_t
growth_view_rows(const struct growth_view *v)
{
	const struct growth_model *m = v->model;
	size_t n = m->n_groups;

	/* What is idle sorts to the end only by size: count, do not assume. */
	while (n > 0 && m->groups[n - 1].live_bytes == 0 &&
	       m->groups[n - 1].added_bytes == 0 && m->groups[n - 1].alloc_bytes == 0)
		n--;
	return n;
}

/* What holds nothing is worth a row to who asks for all of them, or for what came and went. */
static bool
is_worth_a_row(const struct growth_view *v, const struct growth_group *g)
{
	const struct growth_request *asked = &v->model->request;

	return g->live_bytes != 0 || v->top == 0 || asked->sort == GROWTH_SORT_ALLOC ||
	       (asked->a != NULL && g->added_bytes != 0);
}

static char *
show_signed(char buf[SHOW_VALUE + 1], int64_t bytes)
{
	uint64_t size = bytes < 0 ? -(uint64_t)bytes : (uint64_t)bytes;

	show_bytes(buf + 1, size);
	buf[0] = bytes < 0 ? '-' : '+';
	return size == 0 ? buf + 1 : buf;
}

static void
print_head(const struct growth_view *v, FILE *out)
{
	const struct trace_view *t = v->trace;
	const struct weir_trace_head *h = &t->head;
	const struct growth_model *m = v->model;
	char path[PATH_MAX], exe[512], runtime[128], version[128], reason[256];
	char all[SHOW_VALUE], from[SHOW_VALUE], to[SHOW_VALUE], attached[ATTACHED_TEXT];
	char headline[GROWTH_HEADLINE];
	uint64_t start = h->started_ns;

	if (v->entry != NULL) {
		char name[SCRIPT_NAME_BYTES];

		script_name(&v->entry->sidecar, name);
		fprintf(out, "%s, ", show_clean(exe, sizeof(exe), name));
	}
	fprintf(out, "pid %d, %s", t->file.pid,
		show_clean(exe, sizeof(exe), program_path(&t->file, path)));
	show_clean(runtime, sizeof(runtime), trace_view_string(t, h->runtime));
	show_clean(version, sizeof(version), trace_view_string(t, h->runtime_version));
	if (runtime[0] != '\0')
		fprintf(out, " (%s%s%s)", runtime, version[0] != '\0' ? ", " : "",
			version);
	if (v->entry != NULL)
		fprintf(out, ", %s", locate_life_text(v->entry->life));
	if (v->entry != NULL && v->entry->inner_pid != 0)
		fprintf(out, ", process %d of its container", (int)v->entry->inner_pid);
	fprintf(out, "\ntraced %s",
		show_duration(all,
			      h->monotonic_ns > start ? h->monotonic_ns - start : 0));
	if (m->from_ns > start || m->to_ns < h->monotonic_ns)
		fprintf(out, "; added: from %s to %s",
			show_duration(from, m->from_ns > start ? m->from_ns - start : 0),
			show_duration(to, m->to_ns > start ? m->to_ns - start : 0));
	if (m->older)
		fprintf(out, "; history reaches back %s",
			show_duration(all, m->history_ns));
	if (h->gc_known)
		fprintf(out, "; %" PRIu64 " major garbage collection%s",
			h->main_major_gcs, h->main_major_gcs == 1 ? "" : "s");
	else if (h->cycles_known != 0)
		fprintf(out, "; %" PRIu64 " full run%s of its garbage collector",
			h->main_major_gcs, h->main_major_gcs == 1 ? "" : "s");
	else
		fputs("; garbage collections cannot be observed here", out);
	if (trace_view_workers_majors(t) != 0)
		fprintf(out, ", and %" PRIu64 " of %s", trace_view_workers_majors(t),
			trace_view_workers_majors(t) == 1 ? "a worker" : "workers");
	if (trace_view_workers_at_once(t) > 1)
		fprintf(out, "; %" PRIu32 " workers at the same time",
			trace_view_workers_at_once(t));
	if (attached_text(attached, &t->file, h->unix_ns))
		fprintf(out, "\n%s", attached);
	if (t->before_exit)
		fputs("\nas it was just before the process ended", out);
	if (t->cut)
		fputs("\nthe file is shorter than it says, a copy that was cut: what is "
		      "missing is not shown",
		      out);
	show_clean(reason, sizeof(reason), trace_view_string(t, h->tier_reason));
	if (reason[0] != '\0')
		fprintf(out, "\nframes read as: %s (%s)", trace_view_tier(t), reason);
	if (v->root != NULL && v->root[0] != '\0')
		fprintf(out, "\npaths are below %s",
			show_clean(path, sizeof(path), v->root));
	growth_headline(headline, m,
			v->entry != NULL && v->entry->life == LOCATE_RUNNING);
	fprintf(out, "\n\n%s\n\n", headline);
}

/* Something is on its way to the memory limit. */
static bool
is_near_limit(const struct growth_group *g)
{
	return g->eta_s >= 0 && g->eta_s < 1e9;
}

static void
add_row(struct table *t, const struct growth_view *v, const struct growth_group *g,
	bool limits)
{
	char a[SHOW_VALUE + 1], b[SHOW_VALUE], where[4 * WHERE_COLUMNS];
	char margin[CENSUS_MARGIN], cut[APP_ROOT_MAX];
	const struct growth_finding *f = &g->finding;

	table_cell(t, "%s", show_signed(a, g->added_bytes));
	table_cell(t, "%+" PRId64, g->added_count);
	table_cell(t, "%s%s", show_bytes(a, g->live_bytes),
		   census_margin(margin, g->error));
	table_cell(t, "%s", show_count(b, g->live_count));
	if (f->slope_bytes_per_s >= 1)
		table_cell(t, "%s/s", show_bytes(a, (uint64_t)f->slope_bytes_per_s));
	else
		table_cell(t, "-");
	if (v->trace->head.gc_known)
		table_cell(t, "%.1f GC", g->age_gcs);
	else
		table_cell(t, "%s", show_duration(a, (uint64_t)(g->age_s * 1e9)));
	table_cell(t, "%s", growth_verdict_name(f->verdict));
	if (limits && is_near_limit(g))
		table_cell(t, "%s", show_duration(a, (uint64_t)(g->eta_s * 1e9)));
	else if (limits)
		table_cell(t, "-");
	table_cell(t, "%s",
		   show_clean(where, sizeof(where), app_root_cut(v->root, cut, g->name)));
}

static void
print_table(const struct growth_view *v, FILE *out)
{
	static const char *const with_limit[] = {
		"added", "blocks",  "live",	   "blocks", "slope",
		"age",	 "verdict", "at limit in", "where",  NULL};
	static const char *const heading[] = {"added",	 "blocks", "live",
					      "blocks",	 "slope",  "age",
					      "verdict", "where",  NULL};
	const struct growth_model *m = v->model;
	size_t rows = growth_view_rows(v), shown = 0, more = 0, nothing = 0;
	uint64_t rest = 0;
	bool limits = false;
	struct table *t;
	char buf[SHOW_VALUE];

	if (rows == 0 && v->trace->cut) {
		fputs("No line is left of it.\n", out);
		return;
	}
	if (rows == 0 && v->entry != NULL && v->entry->life == LOCATE_RUNNING &&
	    v->trace->head.monotonic_ns < v->trace->head.started_ns + YOUNG_NS) {
		fputs("The record has only begun, and no allocation was written to it "
		      "yet: look again in a second or two.\n",
		      out);
		return;
	}
	if (rows == 0) {
		fprintf(out,
			"No allocation was recorded: those of %s and more would be "
			"(floor, "
			"trace_min); what it maps by itself is looked at every ten "
			"seconds.\n",
			show_bytes(buf, v->trace->head.exact_bytes));
		return;
	}
	for (size_t i = 0; i < rows; i++)
		limits = limits || is_near_limit(&m->groups[i]);
	t = table_new(limits ? "rrrrrrlrl" : "rrrrrrll");
	table_heading(t, limits ? with_limit : heading);
	for (size_t i = 0; i < rows; i++) {
		if (!is_worth_a_row(v, &m->groups[i])) {
			nothing++;
		} else if (v->top == 0 || shown < v->top) {
			add_row(t, v, &m->groups[i], limits);
			shown++;
		} else {
			more++;
			rest += m->groups[i].live_bytes;
		}
	}
	if (shown > 0)
		table_print(t, out, 0);
	if (more > 0)
		fprintf(out, "and %zu more with %s live (--top 0 lists all)\n", more,
			show_bytes(buf, rest));
	if (nothing > 0)
		fprintf(out, "%s%zu line%s hold%s nothing now (--top 0 lists all)\n",
			shown > 0 ? "and " : "", nothing, nothing == 1 ? "" : "s",
			nothing == 1 ? "s" : "");
}

static void
print_losses(const struct growth_view *v, FILE *out)
{
	const struct growth_model *m = v->model;
	char buf[SHOW_VALUE], count[SHOW_VALUE];
	uint64_t limited = 0;

	if (m->unattributed_bytes >= SMALL_BYTES)
		fprintf(out, "not attributed: %s live, in %s block%s\n",
			show_bytes(buf, m->unattributed_bytes),
			show_count(count, m->unattributed_count),
			m->unattributed_count == 1 ? "" : "s");
	for (uint32_t i = 0; i < v->trace->head.n_drops; i++)
		if (v->trace->head.drops[i] > 0)
			fprintf(out, "not recorded: %s (%s)\n",
				trace_view_drop_meaning((enum weir_trace_drop)i),
				show_count(count, v->trace->head.drops[i]));
	if (v->entry != NULL)
		limited = sidecar_at(&v->entry->sidecar, WEIR_SECTION_FALLBACKS,
				     WEIR_F_LIMITED, 0);
	if (limited > 0)
		fprintf(out,
			"not weir's: %s request%s, for data or address space is limited "
			"(ulimit) and weir takes a sixteenth of it\n",
			show_count(count, limited), limited == 1 ? "" : "s");
}

static void
print_rss(const struct growth_view *v, FILE *out)
{
	const struct growth_model *m = v->model;
	char other[SHOW_VALUE], limit[SHOW_VALUE];

	putc('\n', out);
	resident_text_sum(&m->rss, out);
	resident_text_notes(&m->rss, out, 2);
	if (m->limit_bytes > 0)
		fprintf(out, "memory limit %s%s%s\n", show_bytes(limit, m->limit_bytes),
			m->eta_s >= 0 ? ", reached by what is held in " : "",
			m->eta_s >= 0 && m->eta_s < 1e9
				? show_duration(other, (uint64_t)(m->eta_s * 1e9))
				: "");
	if (m->rss_verdict != GROWTH_HELD) {
		fprintf(out, "%s: %s\n", growth_verdict_name(m->rss_verdict),
			growth_verdict_meaning(m->rss_verdict));
		growth_advice_rss_print(v, out, 2);
	}
	for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++)
		if (m->parts[i].worth) {
			part_advice_say(v, (enum weir_memory_part)i, out);
			part_advice_print(v, (enum weir_memory_part)i, out, 2);
		}
}

/* Where nothing was sampled, that matters to whom much is left unexplained. */
static void
print_small(const struct growth_view *v, FILE *out)
{
	const struct resident *r = &v->model->rss;
	struct census c;

	if (v->entry == NULL)
		return;
	c = census_of(&v->entry->sidecar, v->trace->head.sample_bytes);
	if (c.starts != 0 || (r->parts_known ? r->part_bytes[WEIR_PART_OF_NEXT]
					     : r->other_bytes) >= MUCH_BYTES)
		census_text_print(&c, v->entry->life != LOCATE_RUNNING,
				  v->entry->life == LOCATE_RUNNING
					  ? locate_age_ns(&v->entry->sidecar)
					  : 0,
				  "", out);
}

/*
 * What nobody has to look into; its row has all there is to say. Beside a line that is held, what has stopped is that, too,
 * unless it is as large.
 */
static bool
is_quiet(const struct growth_group *g, uint64_t held_bytes, uint64_t rss_bytes)
{
	return g->finding.verdict == GROWTH_RELEASED ||
	       (g->finding.verdict == GROWTH_PLATEAU &&
		(g->live_bytes < SMALL_BYTES || g->live_bytes < held_bytes ||
		 g->live_bytes < rss_bytes / 20));
}

static uint64_t
most_held(const struct growth_model *m, size_t rows)
{
	uint64_t most = 0;

	for (size_t i = 0; i < rows; i++)
		if (m->groups[i].finding.verdict == GROWTH_HELD &&
		    m->groups[i].live_bytes > most)
			most = m->groups[i].live_bytes;
	return most;
}

/* Of an innocent line nobody has to know how it came to be called. */
static bool
is_suspect(const struct growth_group *g)
{
	return g->finding.verdict == GROWTH_HELD ||
	       g->finding.verdict == GROWTH_UNDECIDED;
}

static void
print_worst(const struct growth_view *v, FILE *out)
{
	const struct growth_model *m = v->model;
	char live[SHOW_VALUE], name[1024], rose[GROWTH_ROSE], cut[APP_ROOT_MAX];
	size_t rows = growth_view_rows(v), n = 0;
	uint64_t held = most_held(m, rows);

	for (size_t i = 0; i < rows && n < v->stacks; i++) {
		const struct growth_group *g = &m->groups[i];

		if (!is_worth_a_row(v, g))
			continue;
		n++;
		if (is_quiet(g, held, m->rss.rss_bytes) && !v->whole_stacks)
			continue;
		growth_rose(rose, g);
		fprintf(out, "\n%zu. %s\n   %s live, %s: %s\n%s%s%s", n,
			show_clean(name, sizeof(name),
				   app_root_cut(v->root, cut, g->name)),
			show_bytes(live, g->live_bytes),
			growth_verdict_name(g->finding.verdict),
			growth_finding_meaning(&g->finding), rose[0] != '\0' ? "   " : "",
			rose, rose[0] != '\0' ? "\n" : "");
		if (is_suspect(g) || v->whole_stacks)
			growth_stack_print(v, g, out);
		growth_advice_print(v, g, out, 3);
	}
}

void
growth_text_print(const struct growth_view *v, FILE *out)
{
	print_head(v, out);
	print_table(v, out);
	print_losses(v, out);
	print_rss(v, out);
	print_small(v, out);
	print_worst(v, out);
}
