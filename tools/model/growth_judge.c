/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From rows to windows to verdicts. What is judged is a line of code: a package, a thread or a kind is held
 * if one of its lines is, so that all views agree. Decides nothing itself (growth_verdict.c does); exits
 * through tell_no_memory.
 */
#include "tools/model/growth_judge.h"

#include <stdlib.h>
#include <string.h>

#include "tools/model/growth_group.h"
#include "tools/model/growth_span.h"
#include "tools/model/growth_sums.h"
#include "tools/model/growth_trend.h"
#include "tools/text/tell.h"

/* What is judged: the sites of one line in one group. */
struct parts {
	struct growth_group *sums;
	uint32_t *of; /* a site's part */
	uint32_t *group;
	struct growth_windows **windows; /* of a part; NULL: never among the largest */
	struct growth_point *now;	 /* of a part, in the row at hand */
	uint32_t *seen;			 /* the row that `now` is of */
	size_t *cell;			 /* where `now` was put */
	size_t n;
};

static void *
zeroed(size_t n, size_t size)
{
	void *p = calloc(n > 0 ? n : 1, size);

	if (p == NULL)
		tell_no_memory();
	return p;
}

struct pair {
	uint32_t group, line, site;
};

static int
by_pair(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* Numbers the pairs of group and line that there are. */
static void
pair_up(struct parts *p, const struct trace_view *v, const uint32_t *group_of,
	const uint32_t *line_of)
{
	size_t sites = v->n_sites > 0 ? v->n_sites - 1 : 0;
	struct pair *pairs = zeroed(sites, sizeof(*pairs));

	for (uint32_t i = 0; i < sites; i++)
		pairs[i] = (struct pair){group_of[i + 1], line_of[i + 1], i + 1};
	qsort(pairs, sites, sizeof(*pairs), by_pair);
	for (size_t i = 0; i < sites; i++) {
		p->n += i == 0 || by_pair(&pairs[i - 1], &pairs[i]) != 0;
		p->of[pairs[i].site] = (uint32_t)(p->n - 1);
		p->group[p->n - 1] = pairs[i].group;
	}
	free(pairs);
}

static struct parts
divide(const struct growth_model *m, struct growth_places *places,
       const uint32_t *group_of)
{
	size_t sites = (size_t)m->v->n_sites + 1, n_lines;
	struct parts p = {.of = zeroed(sites, sizeof(*p.of)),
			  .group = zeroed(sites, sizeof(*p.group))};
	enum growth_by by = m->request.by;

	if (by == GROWTH_BY_LINE || by == GROWTH_BY_STACK) {
		pair_up(&p, m->v, group_of, group_of);
	} else {
		uint32_t *line_of = zeroed(sites, sizeof(*line_of));
		struct growth_group *lines =
			growth_group_sites(places, GROWTH_BY_LINE, &n_lines, line_of);

		pair_up(&p, m->v, group_of, line_of);
		growth_group_free(lines, n_lines);
		free(line_of);
	}
	p.sums = zeroed(p.n, sizeof(*p.sums));
	p.windows = zeroed(p.n, sizeof(struct growth_windows *));
	p.now = zeroed(p.n, sizeof(*p.now));
	p.seen = zeroed(p.n, sizeof(*p.seen));
	p.cell = zeroed(p.n, sizeof(*p.cell));
	growth_sums_sites(m->v, p.sums, p.n, p.of);
	return p;
}

static void
release(struct parts *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->windows[i]);
	free(p->sums);
	free(p->of);
	free(p->group);
	free(p->windows);
	free(p->now);
	free(p->seen);
	free(p->cell);
}

/* Rows within [begin_s, end_s] of window k. */
static struct growth_rows
rows_of(const struct growth_model *m, const struct growth_windows *w, size_t k)
{
	uint64_t started = m->v->head.started_ns;
	uint64_t from = started + (uint64_t)(w->of[k].begin_s * 1e9);

	return growth_rows_paced(m->v, k, from, m->to_ns);
}

static void
open_windows(const struct growth_model *m, struct parts *p,
	     const struct growth_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct weir_trace_point *points = trace_view_points(rows->rows[i]);

		for (uint32_t k = 0; k < rows->rows[i]->n_points; k++) {
			uint32_t part = p->of[points[k].site];

			if (points[k].site == 0 || p->windows[part] != NULL)
				continue;
			p->windows[part] = zeroed(1, sizeof(struct growth_windows));
			growth_span_windows(m, p->windows[part]);
		}
	}
}

/* What a row says of a part that it leaves out: no more than the least that it names, and no more than before. */
static struct growth_point
left_out(const struct weir_trace_row *row, const struct growth_point *before)
{
	const struct weir_trace_point *points = trace_view_points(row);
	uint64_t least = row->n_points > 0 && row->n_sites > row->n_points
				 ? points[row->n_points - 1].live_bytes
				 : 0;
	double live = before->live < (double)least ? before->live : (double)least;

	return (struct growth_point){
		.live = live, .trough = before->trough < live ? before->trough : live};
}

static void
read_row(struct parts *p, const struct weir_trace_row *row, uint32_t stamp)
{
	const struct weir_trace_point *points = trace_view_points(row);

	for (uint32_t k = 0; k < row->n_points; k++) {
		uint32_t part = p->of[points[k].site];

		if (points[k].site == 0)
			continue;
		if (p->seen[part] != stamp)
			p->now[part] = (struct growth_point){0};
		p->seen[part] = stamp;
		p->now[part].live += (double)points[k].live_bytes;
		p->now[part].trough += (double)points[k].trough_bytes;
	}
}

/* One row for each part. What stays out and as it was is put down once in a cell. */
static void
fill_cell(struct parts *p, const struct weir_trace_row *row, uint32_t stamp, size_t k,
	  size_t cell)
{
	for (size_t part = 0; part < p->n; part++) {
		struct growth_point *now = &p->now[part], before = *now;

		if (p->windows[part] == NULL)
			continue;
		if (p->seen[part] != stamp)
			*now = left_out(row, &before);
		if (p->seen[part] != stamp && p->cell[part] == cell + 1 &&
		    !(now->live < before.live) && !(now->trough < before.trough))
			continue;
		growth_window_put(&p->windows[part]->of[k], cell, now);
		p->cell[part] = cell + 1;
	}
}

static void
fill_window(const struct growth_model *m, struct parts *p, const struct growth_rows *rows,
	    struct growth_window *all, size_t k)
{
	memset(p->now, 0, p->n * sizeof(*p->now));
	memset(p->seen, 0, p->n * sizeof(*p->seen));
	memset(p->cell, 0, p->n * sizeof(*p->cell));
	for (size_t i = 0; i < rows->n; i++) {
		const struct weir_trace_row *row = rows->rows[i];
		struct growth_point at = {.t_s = growth_seconds(m->v, row->monotonic_ns),
					  .epoch = row->major_gcs};
		size_t cell = growth_window_cell(all, at.t_s);

		growth_window_add(all, &at);
		read_row(p, row, (uint32_t)i + 1);
		if (cell < GROWTH_CELLS)
			fill_cell(p, row, (uint32_t)i + 1, k, cell);
	}
	for (size_t part = 0; part < p->n; part++)
		if (p->windows[part] != NULL) {
			p->windows[part]->of[k].points = all->points;
			p->windows[part]->of[k].epochs = all->epochs;
		}
}

static void
fill_windows(const struct growth_model *m, struct parts *p)
{
	struct growth_rows rows[GROWTH_WINDOWS];
	struct growth_windows w;

	growth_span_windows(m, &w);
	for (size_t k = 0; k < w.n; k++) {
		rows[k] = rows_of(m, &w, k);
		open_windows(m, p, &rows[k]);
	}
	for (size_t k = 0; k < w.n; k++) {
		fill_window(m, p, &rows[k], &w.of[k], k);
		growth_rows_free(&rows[k]);
	}
	for (size_t part = 0; part < p->n; part++)
		if (p->windows[part] != NULL)
			growth_windows_end(p->windows[part]);
}

static uint64_t
major_gcs_since(const struct trace_view *v, uint64_t ns)
{
	const struct weir_trace_row *before = growth_rows_at(v, ns);
	uint64_t then = before != NULL ? before->major_gcs : 0;

	return v->head.major_gcs > then ? v->head.major_gcs - then : 0;
}

static struct growth_finding
judge_part(const struct growth_model *m, const struct growth_group *g,
	   const struct growth_windows *w)
{
	struct growth_evidence e = {
		.windows = w,
		.gc_known = m->v->head.gc_known != 0,
		.major_gcs = major_gcs_since(m->v, g->first_ns),
		.live_bytes = g->live_bytes,
		.peak_bytes = g->peak_bytes,
		.alloc_count = g->then_count,
		.alloc_bytes = g->alloc_bytes,
		.live_count = g->live_count,
		.freed_count =
			g->then_count > g->live_count ? g->then_count - g->live_count : 0,
		.active_until_s = growth_seconds(m->v, g->last_ns),
		.first_s = growth_seconds(m->v, g->first_ns),
	};

	memcpy(e.age_bytes, g->age_bytes, sizeof(e.age_bytes));
	return growth_judge(&e);
}

/* A group is held if one of its lines is; else it is what most of it is. */
static void
join(struct growth_group *g, const struct growth_finding *f, uint64_t live,
     uint64_t *most)
{
	struct growth_finding *all = &g->finding;
	double slope = all->slope_bytes_per_s + f->slope_bytes_per_s;
	bool was_held = all->verdict == GROWTH_HELD, is_held = f->verdict == GROWTH_HELD;
	bool early = was_held && is_held ? all->early && f->early
					 : (was_held ? all->early : f->early);
	bool first = all->rule == NULL;

	if (first || (is_held && !was_held) || (is_held == was_held && live > *most)) {
		*all = *f;
		*most = live;
	}
	if (was_held || is_held) {
		all->slope_bytes_per_s = first ? f->slope_bytes_per_s : slope;
		all->early = first ? f->early : early;
	}
}

void
growth_judge_groups(struct growth_model *m, struct growth_places *places,
		    const uint32_t *group_of)
{
	struct parts p = divide(m, places, group_of);
	uint64_t *most = zeroed(m->n_groups, sizeof(*most));
	struct growth_windows none;
	double held = 0;

	fill_windows(m, &p);
	growth_span_windows(m, &none);
	growth_windows_end(&none);
	for (size_t i = 0; i < p.n; i++) {
		struct growth_finding f = judge_part(
			m, &p.sums[i], p.windows[i] != NULL ? p.windows[i] : &none);

		join(&m->groups[p.group[i]], &f, p.sums[i].live_bytes, &most[p.group[i]]);
	}
	for (size_t i = 0; i < m->n_groups; i++) {
		struct growth_group *g = &m->groups[i];

		g->eta_s = growth_eta(m->rss.rss_bytes, m->limit_bytes,
				      g->finding.slope_bytes_per_s);
		held += g->finding.slope_bytes_per_s;
	}
	m->eta_s = growth_eta(m->rss.rss_bytes, m->limit_bytes, held);
	free(most);
	release(&p);
}
