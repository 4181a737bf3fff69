/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sums of growth_sums.h. Never trusts that they fit: a file's numbers may be anything.
 */
#include "tools/model/growth_sums.h"

#include <stdlib.h>

#include "tools/model/census.h"
#include "tools/model/growth_rest.h"
#include "tools/model/growth_span.h"
#include "tools/text/tell.h"

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

/* Of a site of samples each stands for about as many bytes. */
static void
add_seen(const struct trace_view *v, uint32_t site, struct growth_group *g)
{
	const uint64_t *f = v->sites[site];
	uint64_t came = trace_view_then_count(v, site), stayed = f[WEIR_S_live_count];
	double samples = (double)f[WEIR_S_sampled_count];
	double all = (double)f[WEIR_S_alloc_count], bytes = (double)f[WEIR_S_alloc_bytes];

	if (samples > 0 && all > samples && bytes > 0) {
		came = (uint64_t)(samples * (double)came / all + 0.5);
		stayed = (uint64_t)(samples * (double)f[WEIR_S_live_bytes] / bytes + 0.5);
	}
	g->came = add(g->came, came);
	g->stayed = add(g->stayed, stayed < came ? stayed : came);
}

void
growth_sums_sites(const struct trace_view *v, struct growth_group *groups, size_t n,
		  const uint32_t *group_of)
{
	double *sums = calloc(4 * (n + 1), sizeof(double));
	double now_ms = growth_seconds(v, v->head.monotonic_ns) * 1000;

	if (sums == NULL)
		tell_no_memory();
	for (uint32_t site = 1; site < v->n_sites; site++) {
		const uint64_t *f = v->sites[site];
		struct growth_group *g = &groups[group_of[site]];

		g->live_bytes = add(g->live_bytes, f[WEIR_S_live_bytes]);
		g->live_count = add(g->live_count, f[WEIR_S_live_count]);
		g->alloc_bytes = add(g->alloc_bytes, f[WEIR_S_alloc_bytes]);
		g->alloc_count = add(g->alloc_count, f[WEIR_S_alloc_count]);
		add_seen(v, site, g);
		g->peak_bytes = add(g->peak_bytes, f[WEIR_S_peak_bytes]);
		for (int i = 0; i < 4; i++)
			g->age_bytes[i] = add(g->age_bytes[i], f[WEIR_S_age0_bytes + i]);
		if (g->first_ns == 0 || f[WEIR_S_first_ns] < g->first_ns)
			g->first_ns = f[WEIR_S_first_ns];
		if (f[WEIR_S_last_ns] > g->last_ns)
			g->last_ns = f[WEIR_S_last_ns];
		double *sum = &sums[4 * group_of[site]];

		sum[0] += (double)f[WEIR_S_birth_gc_sum];
		sum[1] += (double)f[WEIR_S_birth_ms_sum];
		sum[2] += variance(v, f);
		/* Each site has a clock of its own: the mean of them, by what is live. */
		sum[3] += (double)f[WEIR_S_live_bytes] * (double)f[WEIR_S_major_gcs];
		/* What the host maps itself is not among what weir serves. */
		if (f[WEIR_S_caller_kind] == WEIR_KIND_MMAP) {
			g->mapped_bytes = add(g->mapped_bytes, f[WEIR_S_live_bytes]);
			g->mapped_count = add(g->mapped_count, f[WEIR_S_live_count]);
		}
	}
	for (size_t i = 0; i < n; i++) {
		struct growth_group *g = &groups[i];
		double live = (double)g->live_bytes, *sum = &sums[4 * i];

		g->age_gcs = mean_age(live > 0 ? sum[3] / live : 0, sum[0], live);
		g->age_s = mean_age(now_ms, sum[1], live) / 1000;
		g->error = census_error(sum[2], live);
	}
	free(sums);
}

void
growth_sums_totals(struct growth_model *m)
{
	m->unattributed_bytes = trace_view_site(m->v, 0, WEIR_S_live_bytes);
	m->unattributed_count = trace_view_site(m->v, 0, WEIR_S_live_count);
	m->live_bytes = m->unattributed_bytes;
	m->live_count = m->unattributed_count;
	for (size_t i = 0; i < m->n_groups; i++) {
		const struct growth_group *g = &m->groups[i];

		m->live_bytes = add(m->live_bytes, g->live_bytes - g->mapped_bytes);
		m->live_count = add(m->live_count, g->live_count - g->mapped_count);
	}
}

/* What the host maps itself and what samples stand for is not in weir's blocks; nothing is while it only looks on. */
static bool
is_served(const struct trace_view *v, uint32_t site)
{
	return v->file.attached_unix_ns == 0 &&
	       trace_view_site(v, site, WEIR_S_sampled_count) == 0 &&
	       trace_view_site(v, site, WEIR_S_caller_kind) != WEIR_KIND_MMAP;
}

uint64_t
growth_sums_served(const struct trace_view *v, uint64_t ago_ns)
{
	const struct weir_trace_row *row =
		ago_ns > 0 && ago_ns < v->head.monotonic_ns
			? growth_rows_at(v, v->head.monotonic_ns - ago_ns)
			: NULL;
	const struct weir_trace_point *points =
		row != NULL ? trace_view_points(row) : NULL;
	uint64_t now = 0, then = 0;

	for (uint32_t site = 0; site < v->n_sites; site++)
		if (is_served(v, site))
			now = add(now, v->sites[site][WEIR_S_live_bytes]);
	for (uint32_t k = 0; row != NULL && k < row->n_points; k++)
		if (is_served(v, points[k].site))
			then = add(then, points[k].live_bytes);
	return ago_ns == 0 || now < then ? now : then;
}

/* ... and those that it does not name. */
static void
count_rest(struct growth_model *m, const struct weir_trace_row *row,
	   const uint32_t *group_of, int sign)
{
	double *live = calloc(2 * ((size_t)m->v->n_sites + 1), sizeof(*live));

	if (live == NULL)
		tell_no_memory();
	growth_rest(m->v, row, live, live + m->v->n_sites);
	for (uint32_t site = 1; site < m->v->n_sites; site++) {
		const uint64_t *f = m->v->sites[site];
		struct growth_group *g = &m->groups[group_of[site]];
		double each = f[WEIR_S_alloc_count] > 0
				      ? (double)f[WEIR_S_alloc_bytes] /
						(double)f[WEIR_S_alloc_count]
				      : 0;

		if (live[site] <= 0 || each <= 0)
			continue;
		g->added_bytes += sign * (int64_t)live[site];
		g->added_count += sign * (int64_t)(live[site] / each + 0.5);
		g->window_alloc_bytes += (uint64_t)(sign * (int64_t)live[site]);
	}
	free(live);
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
	if (row != NULL && growth_rest_is(row))
		count_rest(m, row, group_of, sign);
}

void
growth_sums_added(struct growth_model *m, const uint32_t *group_of)
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
