/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics of one process for Prometheus, as node_exporter's textfile collector or any OpenMetrics
 * scraper takes them. Called by cmd_export.c. The number of series is bounded: the largest sites
 * only, since each is a series there for ever.
 */
#include <inttypes.h>
#include <string.h>

#include "tools/text/show.h"
#include "tools/text/text_hash.h"
#include "tools/view/export/export.h"

#define MAX_SITES 20

/* Two names that differ where they are cut are two series still. */
static void
mark_cut(char *clean, size_t size, const char *value)
{
	const size_t tail = sizeof("~0123456789abcdef");

	if (strlen(clean) < size - tail)
		return;
	snprintf(clean + size - tail, tail, "~%016" PRIx64, text_hash(value));
}

static void
put_label(const char *name, const char *value, FILE *out)
{
	char clean[2048];

	/* show_clean leaves nothing but printable text: three characters need an escape. */
	show_clean(clean, sizeof(clean), value);
	mark_cut(clean, sizeof(clean), value);
	fprintf(out, "%s=\"", name);
	for (const char *c = clean; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			putc('\\', out);
		putc(*c, out);
	}
	putc('"', out);
}

/* Labels of every series: which process. */
static void
put_process(const struct export_job *job, FILE *out)
{
	const struct weir_stats_header *h = &job->view->trace->file;
	const char *slash = strrchr(h->exe, '/');

	putc('{', out);
	put_label("exe", slash != NULL ? slash + 1 : h->exe, out);
	fprintf(out, ",pid=\"%d\"", h->pid);
}

static void
put_family(const char *name, const char *type, const char *unit, const char *help,
	   FILE *out)
{
	fprintf(out, "# HELP weir_%s %s\n# TYPE weir_%s %s\n", name, help, name, type);
	if (unit != NULL)
		fprintf(out, "# UNIT weir_%s %s\n", name, unit);
}

static void
put_one(const struct export_job *job, const char *name, const char *suffix,
	uint64_t value, FILE *out)
{
	fprintf(out, "weir_%s%s", name, suffix);
	put_process(job, out);
	fprintf(out, "} %" PRIu64 "\n", value);
}

static void
put_gauge(const struct export_job *job, const char *name, const char *help,
	  uint64_t value, FILE *out)
{
	put_family(name, "gauge", "bytes", help, out);
	put_one(job, name, "", value, out);
}

/* Nothing where they are not known: they would not add up. */
static void
put_parts(const struct export_job *job, FILE *out)
{
	const struct resident *r = &job->view->model->rss;

	if (!r->parts_known)
		return;
	put_family("part_bytes", "gauge", "bytes",
		   "Resident memory by part; they add up to it.", out);
	for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++) {
		fputs("weir_part_bytes", out);
		put_process(job, out);
		putc(',', out);
		put_label("part", resident_part_name((enum weir_memory_part)i), out);
		fprintf(out, "} %" PRIu64 "\n", r->part_bytes[i]);
	}
}

static void
put_memory(const struct export_job *job, FILE *out)
{
	const struct growth_model *m = job->view->model;
	const struct weir_trace_head *h = &job->view->trace->head;

	put_gauge(job, "resident_bytes", "Resident memory of the process.",
		  m->rss.rss_bytes, out);
	put_gauge(job, "live_resident_bytes", "Of these, blocks that weir serves.",
		  m->rss.live_bytes, out);
	put_gauge(job, "cached_bytes", "Of these, freed blocks that weir keeps.",
		  m->rss.cached_bytes, out);
	put_gauge(job, "script_heap_bytes", "Of these, the script engine's heap.",
		  m->rss.js_heap_bytes, out);
	put_gauge(job, "other_bytes", "Of these, everything else.", m->rss.other_bytes,
		  out);
	put_parts(job, out);
	put_gauge(job, "limit_bytes", "Tightest memory limit, 0 if there is none.",
		  m->limit_bytes, out);
	put_gauge(job, "live_bytes", "Asked for by the blocks in use.", m->live_bytes,
		  out);
	put_gauge(job, "unattributed_bytes", "Of these, of no known site.",
		  m->unattributed_bytes, out);
	put_family("blocks", "gauge", NULL, "Blocks in use.", out);
	put_one(job, "blocks", "", m->live_count, out);
	put_family("major_gcs", "counter", NULL, "Major garbage collections.", out);
	put_one(job, "major_gcs", "_total", h->major_gcs, out);
	put_family("captures", "counter", NULL, "Stacks taken.", out);
	put_one(job, "captures", "_total", h->captures, out);
	put_family("dropped", "counter", NULL, "What could not be recorded.", out);
	for (uint32_t i = 0; i < h->n_drops; i++) {
		fputs("weir_dropped_total", out);
		put_process(job, out);
		putc(',', out);
		put_label("what", trace_view_drop_name((enum weir_trace_drop)i), out);
		fprintf(out, "} %" PRIu64 "\n", h->drops[i]);
	}
}

static void
put_site(const struct export_job *job, const char *name, const struct growth_group *g,
	 FILE *out)
{
	const struct trace_view *t = job->view->trace;

	fprintf(out, "weir_%s", name);
	put_process(job, out);
	putc(',', out);
	put_label("site", g->name, out);
	putc(',', out);
	put_label("kind",
		  trace_view_kind_name(trace_view_site(t, g->site, WEIR_S_caller_kind)),
		  out);
}

static void
put_sites(const struct export_job *job, FILE *out)
{
	const struct growth_model *m = job->view->model;
	size_t n = growth_view_rows(job->view);

	if (n > MAX_SITES)
		n = MAX_SITES;
	put_family("site_live_bytes", "gauge", "bytes",
		   "Blocks in use, by the line that allocated them.", out);
	for (size_t i = 0; i < n; i++) {
		put_site(job, "site_live_bytes", &m->groups[i], out);
		fprintf(out, "} %" PRIu64 "\n", m->groups[i].live_bytes);
	}
	put_family("site_allocated_bytes", "counter", "bytes",
		   "Allocated ever, by the line that did.", out);
	for (size_t i = 0; i < n; i++) {
		put_site(job, "site_allocated_bytes_total", &m->groups[i], out);
		fprintf(out, "} %" PRIu64 "\n", m->groups[i].alloc_bytes);
	}
	put_family("site_slope_bytes_per_second", "gauge", NULL,
		   "Growth of what is held, 0 where nothing grows.", out);
	for (size_t i = 0; i < n; i++) {
		put_site(job, "site_slope_bytes_per_second", &m->groups[i], out);
		fprintf(out, "} %.0f\n", m->groups[i].finding.slope_bytes_per_s);
	}
	put_family("site_verdict", "gauge", NULL,
		   "1 for the verdict of the site: held, gc-lag, plateau, ...", out);
	for (size_t i = 0; i < n; i++) {
		put_site(job, "site_verdict", &m->groups[i], out);
		fprintf(out, ",verdict=\"%s\"} 1\n",
			growth_verdict_name(m->groups[i].finding.verdict));
	}
}

void
export_openmetrics(const struct export_job *job, FILE *out)
{
	put_memory(job, out);
	put_sites(job, out);
	fputs("# EOF\n", out);
}
