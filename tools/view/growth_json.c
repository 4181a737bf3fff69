/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON of `weir growth`. Names and order of the keys are an interface: doc/weir-growth.1 lists
 * them; add, never rename.
 */

#include "tools/text/json.h"
#include "tools/view/attached.h"
#include "tools/view/census_view.h"
#include "tools/view/growth_view.h"
#include "tools/view/resident_text.h"

static const char *const frame_kinds[] = {
#define X(id, name, meaning) name,
	WEIR_FRAME_KINDS(X)
#undef X
};

/* Anonymous functions and native code without symbols have an empty name; null says "unknown". */
static void
put_place(struct json *j, const struct growth_place *p)
{
	char text[512];

	if (p->function[0] != '\0')
		json_string(j, "function", p->function);
	else if (p->script)
		json_string(j, "function", "(anonymous)");
	else
		json_string(j, "function", growth_place_text(text, sizeof(text), p));
	json_string(j, "file", p->file[0] != '\0' ? p->file : NULL);
	if (p->line > 0)
		json_u64(j, "line", p->line);
	else
		json_null(j, "line");
	if (p->column > 0)
		json_u64(j, "column", p->column);
	else
		json_null(j, "column");
	json_bool(j, "exact_line", p->exact);
	json_bool(j, "async", p->async);
}

static void
put_stack(struct json *j, const struct growth_view *v, uint32_t site)
{
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];
	uint32_t n = trace_view_stack(
		v->trace, trace_view_site(v->trace, site, WEIR_S_stack), frames);

	json_open(j, "stack", '[');
	for (uint32_t i = 0; i < n; i++) {
		const struct growth_place *p = growth_place(v->places, frames[i]);

		json_open(j, NULL, '{');
		put_place(j, p);
		json_string(j, "kind", frame_kinds[p->kind]);
		if (p->generated != NULL) {
			json_string(j, "generated_file", p->generated);
			json_u64(j, "generated_line", p->generated_line);
		}
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
put_thread(struct json *j, const struct trace_view *t, uint64_t thread)
{
	json_open(j, "thread", '{');
	json_u64(j, "tid", t->n_threads > 0 ? t->threads[thread].tid : 0);
	json_string(j, "name",
		    t->n_threads > 0 ? trace_view_string(t, t->threads[thread].name)
				     : "");
	json_u64(j, "isolate", t->n_threads > 0 ? t->threads[thread].isolate : 0);
	json_u64(j, "turns", t->n_threads > 0 ? t->threads[thread].turns : 0);
	json_close(j, '}');
}

static void
put_where(struct json *j, const struct growth_view *v, const struct growth_group *g)
{
	static const struct growth_place nowhere = {
		.function = "", .file = "", .script = true};
	enum growth_by by = v->model->request.by;
	bool one_line = by == GROWTH_BY_LINE || by == GROWTH_BY_STACK;

	json_string(j, "name", g->name);
	if (g->blame.rank == GROWTH_BLAME_NONE) {
		json_string(j, "function", g->name);
		json_null(j, "file");
		json_null(j, "line");
		json_null(j, "column");
		json_null(j, "exact_line");
		json_null(j, "async");
		return;
	}
	/* Of a file, say, the line is the largest site's: an example. */
	put_place(j, one_line || by == GROWTH_BY_FUNCTION || by == GROWTH_BY_FILE
			     ? growth_place(v->places, g->blame.frame)
			     : &nowhere);
}

static void
put_group(struct json *j, const struct growth_view *v, const struct growth_group *g)
{
	const struct trace_view *t = v->trace;

	json_open(j, NULL, '{');
	put_where(j, v, g);
	json_string(
		j, "kind",
		trace_view_kind_name(trace_view_site(t, g->site, WEIR_S_caller_kind)));
	json_u64(j, "live_bytes", g->live_bytes);
	json_u64(j, "live_count", g->live_count);
	json_number(j, "live_error_share", g->error);
	json_u64(j, "alloc_bytes", g->alloc_bytes);
	json_u64(j, "alloc_count", g->alloc_count);
	json_i64(j, "added_bytes", g->added_bytes);
	json_i64(j, "added_count", g->added_count);
	json_u64(j, "peak_bytes", g->peak_bytes);
	json_number(j, "slope_bytes_per_s", g->finding.slope_bytes_per_s);
	if (t->head.gc_known)
		json_number(j, "age_major_gcs", g->age_gcs);
	else
		json_null(j, "age_major_gcs");
	json_number(j, "age_seconds", g->age_s);
	json_string(j, "verdict", growth_verdict_name(g->finding.verdict));
	json_string(j, "rule", g->finding.rule);
	json_bool(j, "early", g->finding.early);
	json_number(j, "rose_bytes", g->finding.climb.bytes);
	json_number(j, "rose_from_seconds_ago", g->finding.climb.from_s);
	json_number(j, "rose_to_seconds_ago", g->finding.climb.to_s);
	json_number(j, "survived_share", g->finding.survived);
	json_number(j, "stays_probability", g->finding.stays);
	if (g->eta_s >= 0)
		json_number(j, "limit_in_seconds", g->eta_s);
	else
		json_null(j, "limit_in_seconds");
	json_u64(j, "sites", g->n_sites);
	put_thread(j, t, trace_view_site(t, g->site, WEIR_S_thread));
	put_stack(j, v, g->site);
	json_close(j, '}');
}

static void
put_part(struct json *j, enum weir_memory_part part, const struct growth_part *p)
{
	json_open(j, NULL, '{');
	json_string(j, "part", resident_part_name(part));
	json_number(j, "slope_bytes_per_s", p->slope_bytes_per_s);
	json_string(j, "verdict", growth_verdict_name(p->verdict));
	json_close(j, '}');
}

static void
put_rss(struct json *j, const struct growth_model *m)
{
	json_open(j, "rss", '{');
	json_u64(j, "rss_bytes", m->rss.rss_bytes);
	json_u64(j, "live_bytes", m->rss.live_bytes);
	json_u64(j, "cached_bytes", m->rss.cached_bytes);
	json_u64(j, "js_heap_bytes", m->rss.js_heap_bytes);
	json_u64(j, "other_bytes", m->rss.other_bytes);
	json_u64(j, "limit_bytes", m->limit_bytes);
	json_string(j, "verdict",
		    m->rss_verdict == GROWTH_HELD ? NULL
						  : growth_verdict_name(m->rss_verdict));
	resident_json(j, &m->rss);
	json_open(j, "growing", '[');
	for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++)
		if (m->parts[i].slope_bytes_per_s > 0)
			put_part(j, (enum weir_memory_part)i, &m->parts[i]);
	json_close(j, ']');
	json_close(j, '}');
}

static void
put_trace(struct json *j, const struct growth_view *v)
{
	const struct trace_view *t = v->trace;
	const struct weir_trace_head *h = &t->head;
	const struct growth_model *m = v->model;

	json_open(j, "trace", '{');
	json_i64(j, "pid", t->file.pid);
	json_string(j, "exe", t->file.exe);
	attached_put(j, &t->file);
	json_string(j, "runtime", trace_view_string(t, h->runtime));
	json_string(j, "runtime_version", trace_view_string(t, h->runtime_version));
	json_string(j, "tier", trace_view_tier(t));
	json_string(j, "tier_reason", trace_view_string(t, h->tier_reason));
	json_number(j, "seconds",
		    h->monotonic_ns > h->started_ns
			    ? (double)(h->monotonic_ns - h->started_ns) / 1e9
			    : 0);
	json_number(j, "from_seconds",
		    m->from_ns > h->started_ns
			    ? (double)(m->from_ns - h->started_ns) / 1e9
			    : 0);
	json_number(j, "to_seconds",
		    m->to_ns > h->started_ns ? (double)(m->to_ns - h->started_ns) / 1e9
					     : 0);
	json_number(j, "history_seconds", (double)m->history_ns / 1e9);
	json_bool(j, "gc_known", h->gc_known != 0);
	json_bool(j, "cycles_known", h->cycles_known != 0);
	json_u64(j, "major_gcs", h->main_major_gcs);
	json_u64(j, "workers_major_gcs", trace_view_workers_majors(t));
	json_u64(j, "workers_at_once", trace_view_workers_at_once(t));
	json_u64(j, "minor_gcs", h->minor_gcs);
	json_u64(j, "exact_bytes", h->exact_bytes);
	json_u64(j, "sample_bytes", h->sample_bytes);
	json_u64(j, "captures", h->captures);
	json_u64(j, "capture_hits", h->capture_hits);
	json_u64(j, "capture_ns", h->capture_ns);
	json_bool(j, "before_exit", t->before_exit);
	json_bool(j, "cut", t->cut);
	json_close(j, '}');
}

void
growth_json_print(const struct growth_view *v, FILE *out)
{
	const struct growth_model *m = v->model;
	size_t n = growth_view_rows(v);
	struct json j;

	json_begin(&j, out);
	json_open(&j, NULL, '{');
	put_trace(&j, v);
	json_string(&j, "by", growth_by_name(m->request.by));
	json_open(&j, "sites", '[');
	for (size_t i = 0; i < n && (v->top == 0 || i < v->top); i++)
		put_group(&j, v, &m->groups[i]);
	json_close(&j, ']');
	json_open(&j, "unattributed", '{');
	json_u64(&j, "live_bytes", m->unattributed_bytes);
	json_u64(&j, "live_count", m->unattributed_count);
	json_close(&j, '}');
	json_open(&j, "dropped", '{');
	for (int i = 0; i < WEIR_N_TRACE_DROPS; i++)
		json_u64(&j, trace_view_drop_name((enum weir_trace_drop)i),
			 i < (int)v->trace->head.n_drops ? v->trace->head.drops[i] : 0);
	json_close(&j, '}');
	put_rss(&j, m);
	if (v->entry != NULL) {
		struct census c =
			census_of(&v->entry->sidecar, v->trace->head.sample_bytes);

		census_json_put(&j, "small_blocks", &c);
	}
	json_close(&j, '}');
	json_end(&j);
}
