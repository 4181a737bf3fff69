/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums, windows and verdicts over the groups. Called by every view of growth; reads the trace,
 * decides nothing itself (growth_verdict.c does).
 */
#include "tools/model/census.h"
#include "tools/model/growth_model.h"

#include <stdlib.h>
#include <string.h>

#include "tools/model/growth_group.h"
#include "tools/model/growth_memory.h"
#include "tools/text/tell.h"

/* A trace shorter than this has no warm-up to skip. */
#define SHORT_TRACE_NS (30 * UINT64_C(1000000000))

/* A beginning that is missing, if it is longer. */
#define WORTH_SAYING_NS (60 * UINT64_C(1000000000))

const char *
growth_by_name(unsigned by)
{
	static const char *const names[] = {
#define X(id, name) name,
		GROWTH_BYS(X)
#undef X
	};

	return by < GROWTH_N_BYS ? names[by] : NULL;
}

const char *
growth_sort_name(unsigned sort)
{
	static const char *const names[] = {
#define X(id, name) name,
		GROWTH_SORTS(X)
#undef X
	};

	return sort < GROWTH_N_SORTS ? names[sort] : NULL;
}

/* Nothing is known of a time before the first row, but that at the very beginning nothing lived. */
static void
confine_window(struct growth_model *m)
{
	const struct weir_trace_row *first = growth_rows_first(m->v);
	uint64_t begin = m->v->head.started_ns, end = m->v->head.monotonic_ns;

	if (first == NULL || first->monotonic_ns > end)
		return;
	if (m->from_ns > begin && m->from_ns < first->monotonic_ns)
		m->from_ns = first->monotonic_ns;
	m->older = first->monotonic_ns > begin &&
		   first->monotonic_ns - begin > WORTH_SAYING_NS;
	if (m->older)
		m->history_ns = end - first->monotonic_ns;
}

static void
set_window(struct growth_model *m)
{
	const struct growth_request *r = &m->request;
	uint64_t begin = m->v->head.started_ns, end = m->v->head.monotonic_ns;

	if (end < begin)
		end = begin;
	m->history_ns = end - begin;
	m->from_ns = end - begin < SHORT_TRACE_NS ? begin : begin + (end - begin) / 3;
	m->to_ns = end;
	if (r->a != NULL && r->b != NULL) {
		m->from_ns = r->a->monotonic_ns;
		m->to_ns = r->b->monotonic_ns;
	} else {
		if (r->from_ns != 0)
			m->from_ns = r->from_ns;
		if (r->to_ns != 0)
			m->to_ns = r->to_ns;
	}
	confine_window(m);
	if (m->to_ns < m->from_ns)
		m->to_ns = m->from_ns;
}

static uint64_t
add(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* How old the live bytes are, from the sum of KiB x birth. */
static double
mean_age(double now, double birth_sum, double live_bytes)
{
	double birth = live_bytes >= 1024 ? birth_sum / (live_bytes / 1024) : now;

	return birth < 0 ? now : birth > now ? 0 : now - birth;
}

static double
variance(const struct trace_view *v, const uint64_t *f)
{
	if (f[WEIR_S_sampled_count] == 0)
		return 0;
	return census_variance((double)f[WEIR_S_live_bytes], (double)f[WEIR_S_live_count],
			       (double)v->head.sample_bytes);
}

static void
sum_sites(struct growth_model *m, const uint32_t *group_of)
{
	const struct trace_view *v = m->v;
	double *sums = calloc(3 * (m->n_groups + 1), sizeof(double));
	double now_ms = growth_seconds(v, v->head.monotonic_ns) * 1000;

	if (sums == NULL)
		tell_no_memory();
	for (uint32_t site = 1; site < v->n_sites; site++) {
		const uint64_t *f = v->sites[site];
		struct growth_group *g = &m->groups[group_of[site]];

		g->live_bytes = add(g->live_bytes, f[WEIR_S_live_bytes]);
		g->live_count = add(g->live_count, f[WEIR_S_live_count]);
		g->alloc_bytes = add(g->alloc_bytes, f[WEIR_S_alloc_bytes]);
		g->alloc_count = add(g->alloc_count, f[WEIR_S_alloc_count]);
		g->then_count = add(g->then_count, trace_view_then_count(v, site));
		g->peak_bytes = add(g->peak_bytes, f[WEIR_S_peak_bytes]);
		for (int i = 0; i < 4; i++)
			g->age_bytes[i] = add(g->age_bytes[i], f[WEIR_S_age0_bytes + i]);
		if (g->first_ns == 0 || f[WEIR_S_first_ns] < g->first_ns)
			g->first_ns = f[WEIR_S_first_ns];
		if (f[WEIR_S_last_ns] > g->last_ns)
			g->last_ns = f[WEIR_S_last_ns];
		sums[3 * group_of[site]] += (double)f[WEIR_S_birth_gc_sum];
		sums[3 * group_of[site] + 1] += (double)f[WEIR_S_birth_ms_sum];
		sums[3 * group_of[site] + 2] += variance(v, f);
	}
	for (size_t i = 0; i < m->n_groups; i++) {
		struct growth_group *g = &m->groups[i];
		double live = (double)g->live_bytes;

		g->age_gcs = mean_age((double)v->head.major_gcs, sums[3 * i], live);
		g->age_s = mean_age(now_ms, sums[3 * i + 1], live) / 1000;
		g->error = census_error(sums[3 * i + 2], live);
		m->live_bytes = add(m->live_bytes, g->live_bytes);
		m->live_count = add(m->live_count, g->live_count);
	}
	free(sums);
	m->unattributed_bytes = trace_view_site(v, 0, WEIR_S_live_bytes);
	m->unattributed_count = trace_view_site(v, 0, WEIR_S_live_count);
	m->live_bytes = add(m->live_bytes, m->unattributed_bytes);
	m->live_count = add(m->live_count, m->unattributed_count);
}

/* A site that a row leaves out held less than all it names: 0 is near enough. */
static void
collect_points(struct growth_model *m, const struct growth_rows *rows,
	       const uint32_t *group_of)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct weir_trace_row *row = rows->rows[i];
		const struct weir_trace_point *points = trace_view_points(row);

		for (uint32_t k = 0; k < row->n_points; k++) {
			struct growth_group *g = &m->groups[group_of[points[k].site]];

			if (points[k].site == 0)
				continue;
			if (g->points == NULL) {
				g->points = calloc(rows->n, sizeof(*g->points));
				if (g->points == NULL)
					tell_no_memory();
				g->n_points = rows->n;
			}
			g->points[i].live += (double)points[k].live_bytes;
			g->points[i].trough += (double)points[k].trough_bytes;
			g->points[i].alloc += (double)points[k].alloc_bytes;
		}
	}
	for (size_t i = 0; i < m->n_groups; i++)
		for (size_t k = 0; k < m->groups[i].n_points; k++) {
			struct growth_point *p = &m->groups[i].points[k];

			p->t_s = growth_seconds(m->v, growth_rows_ns(rows, k));
			p->epoch = rows->rows[k]->major_gcs;
		}
}

/* The sites at an instant, as additions (sign 1) to or subtractions (-1) from what was added. */
static void
count_added(struct growth_model *m, const struct weir_trace_row *row,
	    const uint32_t *group_of, int sign)
{
	const struct weir_trace_point *points =
		row != NULL ? trace_view_points(row) : NULL;

	for (uint32_t k = 0; row != NULL && k < row->n_points; k++) {
		struct growth_group *g = &m->groups[group_of[points[k].site]];

		if (points[k].site == 0)
			continue;
		/* Wrapping is harmless: the file's numbers may be anything. */
		g->added_bytes = (int64_t)((uint64_t)g->added_bytes +
					   (uint64_t)sign * points[k].live_bytes);
		g->added_count = (int64_t)((uint64_t)g->added_count +
					   (uint64_t)sign * points[k].live_count);
		g->window_alloc_bytes += (uint64_t)sign * points[k].alloc_bytes;
	}
}

static void
sum_added(struct growth_model *m, const uint32_t *group_of)
{
	const struct growth_request *r = &m->request;
	const struct trace_view *v = m->v;
	bool to_the_end = r->b == NULL && m->to_ns >= v->head.monotonic_ns;

	for (size_t i = 0; i < m->n_groups && to_the_end; i++) {
		struct growth_group *g = &m->groups[i];

		g->added_bytes = (int64_t)g->live_bytes;
		g->added_count = (int64_t)g->live_count;
		g->window_alloc_bytes = g->alloc_bytes;
	}
	if (!to_the_end)
		count_added(m, r->b != NULL ? r->b : growth_rows_at(v, m->to_ns),
			    group_of, 1);
	if (r->a != NULL)
		count_added(m, r->a, group_of, -1);
	else if (m->from_ns > v->head.started_ns)
		count_added(m, growth_rows_at(v, m->from_ns), group_of, -1);
}

static uint64_t
major_gcs_since(const struct trace_view *v, uint64_t ns)
{
	const struct weir_trace_row *before = growth_rows_at(v, ns);
	uint64_t then = before != NULL ? before->major_gcs : 0;

	return v->head.major_gcs > then ? v->head.major_gcs - then : 0;
}

static void
judge_groups(struct growth_model *m, struct growth_places *places)
{
	double held = 0;

	for (size_t i = 0; i < m->n_groups; i++) {
		struct growth_group *g = &m->groups[i];
		struct growth_evidence e = {
			.points = g->points,
			.n = g->n_points,
			.after_gc = m->after_gc,
			.gc_known =
				m->v->head.gc_known != 0 &&
				!growth_blame_owned_by_native(places, g->site, &g->blame),
			.major_gcs = major_gcs_since(m->v, g->first_ns),
			.live_bytes = g->live_bytes,
			.peak_bytes = g->peak_bytes,
			.alloc_count = g->then_count,
			.freed_count = g->then_count > g->live_count
					       ? g->then_count - g->live_count
					       : 0,
			.active_until_s = growth_seconds(m->v, g->last_ns),
			.first_s = growth_seconds(m->v, g->first_ns),
		};

		memcpy(e.age_bytes, g->age_bytes, sizeof(e.age_bytes));
		g->finding = growth_judge(&e);
		g->eta_s = growth_eta(m->rss.rss_bytes, m->limit_bytes,
				      g->finding.slope_bytes_per_s);
		if (g->finding.verdict == GROWTH_HELD)
			held += g->finding.slope_bytes_per_s;
	}
	m->eta_s = growth_eta(m->rss.rss_bytes, m->limit_bytes, held);
}

static enum growth_sort sorting; /* qsort has no context; one thread */

static double
sort_value(const struct growth_group *g)
{
	switch (sorting) {
	case GROWTH_SORT_ADDED:
		return (double)g->added_bytes;
	case GROWTH_SORT_SLOPE:
		return g->finding.slope_bytes_per_s;
	case GROWTH_SORT_ALLOC:
		return (double)g->alloc_bytes;
	case GROWTH_SORT_COUNT:
		return (double)g->live_count;
	case GROWTH_SORT_AGE:
		return g->age_gcs > 0 ? g->age_gcs : g->age_s / 1e9;
	default:
		return (double)g->live_bytes;
	}
}

static int
by_sort_value(const void *a, const void *b)
{
	const struct growth_group *g = a, *h = b;
	double x = sort_value(g), y = sort_value(h);

	if (x < y || x > y)
		return x > y ? -1 : 1;
	if (g->alloc_bytes != h->alloc_bytes)
		return g->alloc_bytes > h->alloc_bytes ? -1 : 1;
	return strcmp(g->name, h->name);
}

void
growth_model_make(struct growth_model *m, struct growth_places *places,
		  const struct growth_request *request, const struct resident *memory)
{
	const struct trace_view *v = growth_places_view(places);
	uint32_t *group_of = calloc((size_t)v->n_sites + 1, sizeof(*group_of));
	struct growth_rows rows;

	if (group_of == NULL)
		tell_no_memory();
	memset(m, 0, sizeof(*m));
	m->v = v;
	m->request = *request;
	set_window(m);
	growth_memory_judge(m, memory);
	m->groups = growth_group_sites(places, request->by, &m->n_groups, group_of);
	sum_sites(m, group_of);
	if (m->n_groups > 0) {
		rows = growth_rows_judged(v, m->from_ns, m->to_ns);
		m->after_gc = rows.after_gc;
		collect_points(m, &rows, group_of);
		growth_rows_free(&rows);
		sum_added(m, group_of);
		judge_groups(m, places);
	}
	sorting = request->sort;
	qsort(m->groups, m->n_groups, sizeof(*m->groups), by_sort_value);
	free(group_of);
}

void
growth_model_free(struct growth_model *m)
{
	for (size_t i = 0; i < m->n_groups; i++) {
		free(m->groups[i].name);
		free(m->groups[i].points);
	}
	free(m->groups);
	memset(m, 0, sizeof(*m));
}
