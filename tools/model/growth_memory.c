/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where resident memory is, and which part of it grows. Called by growth_model.c once
 * the window is set; decides nothing itself (growth_parts.c does).
 */
#include "tools/model/growth_memory.h"

#include "tools/model/growth_span.h"

#define PACE_S 10 /* policy/beat.h */

/* Of less its size tells nothing. */
#define LEAST_PART (8.0 * (1 << 20))

/* The part at a row's instant; without an account, what weir does not serve counts as the rest. */
static bool
point_of(const struct growth_model *m, const struct weir_trace_row *row,
	 enum weir_memory_part part, struct growth_point *to)
{
	struct resident r = resident_of_row(row);
	uint64_t ns = m->rss.parts_known ? row->account_ns : row->monotonic_ns;

	if (m->rss.parts_known && !r.parts_known)
		return false;
	*to = (struct growth_point){
		.t_s = growth_seconds(m->v, ns),
		.live = (double)(m->rss.parts_known ? r.part_bytes[part]
						    : r.other_bytes + r.js_heap_bytes),
	};
	return true;
}

/* On the way from one look to the next, as many as a clock would have made. */
static void
add_between(struct growth_window *w, const struct growth_point *from,
	    const struct growth_point *to)
{
	double span = to->t_s - from->t_s;
	size_t steps = (size_t)(span / PACE_S);

	for (size_t i = 1; i < steps && steps <= GROWTH_CELLS; i++) {
		double part = (double)i / (double)steps;
		struct growth_point p = {.t_s = from->t_s + part * span,
					 .live = from->live +
						 part * (to->live - from->live)};

		growth_window_add(w, &p);
	}
	growth_window_add(w, to);
}

/* A look at all parts, and what was resident then. */
struct look {
	struct growth_point at;
	double rss;
};

static double
seconds_of(const struct growth_model *m, const struct growth_rows *rows, size_t i)
{
	return growth_seconds(m->v, rows->rows[i]->monotonic_ns);
}

/*
 * A host of one thread looks seldom at who has what, and each second at its size: where that rose by what the part did, it tells how
 * the part went from one look to the next.
 */
static void
add_by_size(const struct growth_model *m, struct growth_window *w,
	    const struct growth_rows *rows, const struct look *from,
	    const struct look *to)
{
	double part = to->at.live - from->at.live, all = to->rss - from->rss;
	size_t begin = 0, end;

	while (begin < rows->n && seconds_of(m, rows, begin) <= from->at.t_s)
		begin++;
	for (end = begin; end < rows->n && seconds_of(m, rows, end) < to->at.t_s;)
		end++;
	if (part < LEAST_PART || all < part / 2 || part < all / 2 ||
	    (double)(end - begin) < (to->at.t_s - from->at.t_s) / PACE_S) {
		add_between(w, &from->at, &to->at);
		return;
	}
	for (size_t i = begin; i < end; i++) {
		double share = ((double)rows->rows[i]->rss_bytes - from->rss) / all;
		struct growth_point p = {.t_s = seconds_of(m, rows, i)};

		share = share < 0 ? 0 : share > 1 ? 1 : share;
		p.live = from->at.live + share * part;
		growth_window_add(w, &p);
	}
	growth_window_add(w, &to->at);
}

static struct growth_rows
rows_of(const struct growth_model *m, const struct growth_window *w, size_t k)
{
	uint64_t from_ns = m->v->head.started_ns + (uint64_t)(w->begin_s * 1e9);

	return growth_rows_paced(m->v, k, from_ns, m->to_ns);
}

/* Up to now, if that was measured. A look may stand in several rows. */
static void
fill_part(const struct growth_model *m, enum weir_memory_part part,
	  struct growth_window *w, size_t k)
{
	struct growth_rows rows = rows_of(m, w, k);
	struct look last = {.at.t_s = -1}, now;

	for (size_t i = 0; i < rows.n; i++) {
		if (!point_of(m, rows.rows[i], part, &now.at) ||
		    now.at.t_s <= last.at.t_s)
			continue;
		now.rss = (double)rows.rows[i]->rss_bytes;
		if (last.at.t_s < 0)
			growth_window_add(w, &now.at);
		else
			add_by_size(m, w, &rows, &last, &now);
		last = now;
	}
	if (m->rss.now && last.at.t_s >= 0 && m->to_ns == m->v->head.monotonic_ns &&
	    last.at.t_s < w->end_s) {
		now.at = (struct growth_point){
			.t_s = w->end_s,
			.live = (double)(m->rss.parts_known
						 ? m->rss.part_bytes[part]
						 : m->rss.other_bytes +
							   m->rss.js_heap_bytes)};
		now.rss = (double)m->rss.rss_bytes;
		add_by_size(m, w, &rows, &last, &now);
	}
	growth_rows_free(&rows);
}

/* What of V8's heap was in use after each full collection. */
static void
fill_script(const struct growth_model *m, struct growth_window *w, size_t k)
{
	struct growth_rows rows = rows_of(m, w, k);

	for (size_t i = 0; i < rows.n; i++) {
		const struct weir_trace_row *row = rows.rows[i];
		struct growth_point p = {.t_s = growth_seconds(m->v, row->monotonic_ns),
					 .live = (double)row->js_heap_bytes,
					 .trough = (double)row->js_heap_bytes,
					 .epoch = row->major_gcs};

		if (row->js_heap_bytes > 0)
			growth_window_add(w, &p);
	}
	growth_rows_free(&rows);
}

/* And each of them by itself, also those before the process was recorded. */
static void
fill_lefts(const struct growth_model *m, struct growth_lefts *l)
{
	struct growth_rows rows = growth_rows_paced(m->v, 0, 0, m->to_ns);

	for (size_t i = 0; i < rows.n; i++)
		growth_lefts_add(l, growth_seconds(m->v, rows.rows[i]->monotonic_ns),
				 (double)rows.rows[i]->js_heap_bytes,
				 rows.rows[i]->major_gcs);
	growth_rows_free(&rows);
}

static void
judge(struct growth_model *m, enum weir_memory_part part)
{
	const struct growth_request *r = &m->request;
	struct growth_windows w;
	struct growth_script s = {0};

	growth_span_windows(m, &w);
	growth_span_windows(m, &s.used);
	for (size_t k = 0; k < w.n; k++) {
		fill_part(m, part, &w.of[k], k);
		if (part == WEIR_PART_OF_SCRIPT)
			fill_script(m, &s.used.of[k], k);
	}
	growth_windows_end(&w);
	growth_windows_end(&s.used);
	/* Of a time that is asked for the windows tell. */
	if (part == WEIR_PART_OF_SCRIPT && r->from_ns == 0 && r->a == NULL)
		fill_lefts(m, &s.lefts);
	m->parts[part] = growth_judge_part(&m->rss, part, &w,
					   part == WEIR_PART_OF_SCRIPT ? &s : NULL);
}

static void
judge_all(struct growth_model *m)
{
	/* Lines of code tell what of the first two grows. */
	for (int part = WEIR_PART_OF_TABLES; part < WEIR_N_MEMORY_PARTS; part++)
		if (m->rss.parts_known || part == WEIR_PART_OF_REST)
			judge(m, (enum weir_memory_part)part);
}

/* By how much what /proc says now is more than what the process has written. */
static uint64_t
behind(const struct growth_model *m, const struct weir_trace_row *last)
{
	uint64_t now_bytes = m->rss.part_bytes[WEIR_PART_OF_MAPS];

	if (last == NULL || last->account_ns == 0 || !m->rss.now || !m->rss.parts_known)
		return 0;
	return now_bytes > last->part_bytes[WEIR_PART_OF_MAPS]
		       ? now_bytes - last->part_bytes[WEIR_PART_OF_MAPS]
		       : 0;
}

void
growth_memory_judge(struct growth_model *m, const struct resident *now)
{
	const struct weir_trace_row *last = growth_rows_at(m->v, m->v->head.monotonic_ns);
	struct growth_rows timed = growth_rows_timed(m->v, m->from_ns, m->to_ns);
	uint64_t peak = 0;

	for (size_t i = 0; i < timed.n; i++)
		if (timed.rows[i]->live_bytes > peak)
			peak = timed.rows[i]->live_bytes;
	if (last != NULL)
		m->rss = resident_of_row(last);
	m->limit_bytes = m->rss.limit_bytes;
	/* The sidecar's own figures are of the exit, if the trace is of before it. */
	if (now != NULL && !m->v->before_exit) {
		m->rss = *now;
		resident_set_script(&m->rss, last != NULL ? last->js_heap_bytes : 0);
		if (m->limit_bytes == 0)
			m->limit_bytes = now->limit_bytes;
	}
	m->behind_bytes = behind(m, last);
	if (last != NULL && last->account_ns != 0 &&
	    m->v->head.monotonic_ns > last->account_ns)
		m->behind_ns = m->v->head.monotonic_ns - last->account_ns;
	m->rss_verdict = growth_retained(&m->rss, peak) ? GROWTH_RETAINED : GROWTH_HELD;
	judge_all(m);
	growth_rows_free(&timed);
}

void
growth_memory_agree(struct growth_model *m)
{
	struct growth_part *next = &m->parts[WEIR_PART_OF_NEXT];
	struct growth_part *maps = &m->parts[WEIR_PART_OF_MAPS];
	struct growth_small small = {0};
	uint64_t mapped = 0, held = 0;

	for (size_t i = 0; i < m->n_groups; i++) {
		const struct growth_group *g = &m->groups[i];
		double live = g->error > 0 ? (double)g->live_bytes : 0;

		mapped += g->mapped_bytes;
		held += g->finding.verdict == GROWTH_HELD ? g->mapped_bytes : 0;

		small.peak += g->error > 0 ? (double)g->peak_bytes : 0;
		small.live += live;
		small.held += g->finding.verdict == GROWTH_HELD ? live : 0;
		small.undecided += g->finding.verdict == GROWTH_UNDECIDED ? live : 0;
	}
	/* CPython's small objects are in what it maps. */
	if (m->v->head.cycles_known != 0 && maps->verdict == GROWTH_HELD &&
	    held < mapped / 8)
		maps->verdict = GROWTH_UNDECIDED;
	if (m->v->head.gc_known != 0 || m->v->head.cycles_known != 0)
		next->verdict =
			growth_judge_next(next->verdict, small, m->v->head.major_gcs);
}
