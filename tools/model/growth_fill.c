/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From rows to windows: what each line held, and the least that its collections left. Decides nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/model/growth_lines.h"
#include "tools/model/growth_looks.h"
#include "tools/model/growth_rest.h"
#include "tools/model/growth_span.h"
#include "tools/text/tell.h"

/* Rows within [begin_s, end_s] of window k. */
static struct growth_rows
rows_of(const struct growth_model *m, const struct growth_windows *w, size_t k)
{
	uint64_t started = m->v->head.started_ns;
	uint64_t from = started + (uint64_t)(w->of[k].begin_s * 1e9);

	return growth_rows_paced(m->v, k, from, m->to_ns);
}

static void
open_windows(const struct growth_model *m, struct growth_lines *p,
	     const struct growth_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct weir_trace_point *points = trace_view_points(rows->rows[i]);

		for (uint32_t k = 0; k < rows->rows[i]->n_points; k++) {
			uint32_t part = p->of[points[k].site];

			if (points[k].site == 0 || p->windows[part] != NULL)
				continue;
			p->windows[part] = calloc(1, sizeof(struct growth_windows));
			if (p->windows[part] == NULL)
				tell_no_memory();
			growth_span_windows(m, p->windows[part]);
		}
	}
}

/*
 * What a row says of a part that it leaves out: no more than the least that it names, and no more than before, unless the sum of
 * those that it does not name says so.
 */
static struct growth_point
left_out(const struct weir_trace_row *row, const struct growth_point *before,
	 const struct growth_point *unnamed)
{
	const struct weir_trace_point *points = trace_view_points(row);
	uint64_t least = row->n_points > 0 && row->n_sites > row->n_points
				 ? points[row->n_points - 1].live_bytes
				 : 0;
	double live = before->live < (double)least ? before->live : (double)least;

	if (unnamed->live > (double)least)
		return *unnamed;
	return (struct growth_point){
		.live = live, .trough = before->trough < live ? before->trough : live};
}

/* When the last epochs of collections ended, the latest first. */
struct epochs {
	uint64_t epoch, row_ns, ended_ns[3];
};

static void
add_epoch(struct epochs *e, uint64_t epoch, uint64_t ns)
{
	for (int i = 0; i < 3 && e->epoch < epoch; i++, e->epoch++) {
		memmove(e->ended_ns + 1, e->ended_ns, 2 * sizeof(e->ended_ns[0]));
		e->ended_ns[0] = e->row_ns;
	}
	e->epoch = epoch;
	e->row_ns = ns;
}

/*
 * A line that is compiled anew gets a new stack: its blocks are of the old site, then of the new one, and the least of each is
 * nothing in the meantime. Until the new one has seen two collections, the line's floor is what it was.
 */
static void
read_row(const struct growth_model *m, struct growth_lines *p,
	 const struct growth_rows *rows, size_t i, const struct epochs epochs[2])
{
	const struct weir_trace_row *row = rows->rows[i];
	const struct weir_trace_point *points = trace_view_points(row);
	struct growth_looks looks = {0};
	uint32_t stamp = (uint32_t)i + 1;

	/* Where collections are seen, floors tell, which no size has. */
	if (m->v->head.gc_known == 0)
		looks = growth_looks_around(rows, i);

	for (uint32_t k = 0; k < row->n_points; k++) {
		uint32_t site = points[k].site, part = p->of[site];
		uint64_t born_ns = trace_view_site(m->v, site, WEIR_S_first_ns);

		if (site == 0)
			continue;
		if (p->seen[part] != stamp) {
			p->trough[part] = p->now[part].trough;
			p->now[part] = (struct growth_point){0};
		}
		p->seen[part] = stamp;
		p->now[part].live +=
			trace_view_site(m->v, site, WEIR_S_caller_kind) == WEIR_KIND_MMAP
				? growth_looks_between(&looks, &points[k])
				: (double)points[k].live_bytes;
		p->now[part].trough += (double)points[k].trough_bytes;
		if (born_ns > p->sums[part].first_ns &&
		    born_ns > epochs[p->workers[part]].ended_ns[2])
			p->fresh[part] = stamp;
	}
}

/* What the row's sum says of the sites that it does not name, part by part: of each its trough is as large a share as it is now. */
static void
read_rest(const struct growth_model *m, struct growth_lines *p,
	  const struct weir_trace_row *row)
{
	memset(p->unnamed, 0, p->n * sizeof(*p->unnamed));
	if (!growth_rest_is(row))
		return;
	growth_rest(m->v, row, p->rest, p->most);
	for (uint32_t site = 1; site < m->v->n_sites; site++) {
		struct growth_point *part = &p->unnamed[p->of[site]];
		double live = (double)trace_view_site(m->v, site, WEIR_S_live_bytes);
		double trough = (double)trace_view_site(m->v, site, WEIR_S_trough_bytes);

		part->live += p->rest[site];
		part->trough += p->rest[site] * (trough < live ? trough / live : 1);
	}
}

static void
hold_floor(struct growth_lines *p, size_t part, uint32_t stamp)
{
	struct growth_point *now = &p->now[part];
	double held = p->trough[part] < now->live ? p->trough[part] : now->live;

	if (p->fresh[part] == stamp && now->trough < held)
		now->trough = held;
}

/* One row for each part. What stays out and as it was is put down once in a cell. */
static void
fill_cell(struct growth_lines *p, const struct weir_trace_row *row, uint32_t stamp,
	  size_t k, size_t cell)
{
	for (size_t part = 0; part < p->n; part++) {
		struct growth_point *now = &p->now[part], before = *now;

		if (p->windows[part] == NULL)
			continue;
		if (p->seen[part] != stamp) {
			*now = left_out(row, &before, &p->unnamed[part]);
		} else {
			now->live += p->unnamed[part].live;
			now->trough += p->unnamed[part].trough;
			hold_floor(p, part, stamp);
		}
		if (p->seen[part] != stamp && p->cell[part] == cell + 1 &&
		    !(now->live < before.live) && !(now->trough < before.trough))
			continue;
		growth_window_put(&p->windows[part]->of[k], cell, now);
		p->cell[part] = cell + 1;
	}
}

static void
fill_window(const struct growth_model *m, struct growth_lines *p,
	    const struct growth_rows *rows, struct growth_window *all, size_t k)
{
	memset(p->now, 0, p->n * sizeof(*p->now));
	memset(p->seen, 0, p->n * sizeof(*p->seen));
	memset(p->cell, 0, p->n * sizeof(*p->cell));
	memset(p->fresh, 0, p->n * sizeof(*p->fresh));
	struct growth_window mains = *all;
	struct epochs epochs[2] = {0};

	for (size_t i = 0; i < rows->n; i++) {
		const struct weir_trace_row *row = rows->rows[i];
		struct growth_point at = {.t_s = growth_seconds(m->v, row->monotonic_ns),
					  .epoch = row->major_gcs};
		size_t cell = growth_window_cell(all, at.t_s);

		growth_window_add(all, &at);
		at.epoch = row->main_major_gcs;
		growth_window_add(&mains, &at);
		add_epoch(&epochs[0], row->main_major_gcs, row->monotonic_ns);
		add_epoch(&epochs[1], row->major_gcs, row->monotonic_ns);
		read_row(m, p, rows, i, epochs);
		read_rest(m, p, row);
		if (cell < GROWTH_CELLS)
			fill_cell(p, row, (uint32_t)i + 1, k, cell);
	}
	for (size_t part = 0; part < p->n; part++)
		if (p->windows[part] != NULL) {
			struct growth_window *w = &p->windows[part]->of[k];
			const struct growth_window *its = p->workers[part] ? all : &mains;

			w->points = all->points;
			w->epochs = its->epochs;
			memcpy(w->epoch_at, its->epoch_at, sizeof(w->epoch_at));
		}
}

void
growth_fill_windows(const struct growth_model *m, struct growth_lines *p)
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
		if (p->windows[part] != NULL) {
			growth_windows_end(p->windows[part]);
			if (p->sums[part].error > 0)
				growth_windows_from(
					p->windows[part],
					growth_seconds(m->v, p->sums[part].first_ns));
		}
}
