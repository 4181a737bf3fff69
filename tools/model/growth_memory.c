/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where resident memory is, and which part of it grows. Called by growth_model.c once
 * the window is set; decides nothing itself (growth_parts.c does).
 */
#include "tools/model/growth_memory.h"

#include <stdlib.h>
#include <string.h>

#include "tools/text/tell.h"

#define PACE_NS (10 * UINT64_C(1000000000)) /* policy/beat.h */

double
growth_seconds(const struct trace_view *v, uint64_t ns)
{
	return ns <= v->head.started_ns ? 0 : (double)(ns - v->head.started_ns) / 1e9;
}

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

/* A look may stand in several rows. */
static size_t
add_point(const struct growth_model *m, const struct weir_trace_row *row,
	  enum weir_memory_part part, struct growth_point *to, size_t n)
{
	return point_of(m, row, part, &to[n]) && (n == 0 || to[n].t_s > to[n - 1].t_s)
		       ? n + 1
		       : n;
}

/* From the last row before the window to now, if that was measured. */
static size_t
collect(const struct growth_model *m, const struct growth_rows *timed,
	enum weir_memory_part part, struct growth_point *to)
{
	const struct weir_trace_row *before = growth_rows_at(m->v, m->from_ns);
	size_t n = 0;

	if (before != NULL && before->monotonic_ns < m->from_ns)
		n = add_point(m, before, part, to, n);
	for (size_t i = 0; i < timed->n; i++)
		n = add_point(m, timed->rows[i], part, to, n);
	if (m->rss.now && n > 0 && m->to_ns == m->v->head.monotonic_ns &&
	    to[n - 1].t_s < growth_seconds(m->v, m->to_ns))
		to[n++] = (struct growth_point){
			.t_s = growth_seconds(m->v, m->to_ns),
			.live = (double)(m->rss.parts_known
						 ? m->rss.part_bytes[part]
						 : m->rss.other_bytes +
							   m->rss.js_heap_bytes)};
	return n;
}

/* What of V8's heap was in use after each full collection of the window. */
static enum growth_verdict
judge_script(const struct growth_model *m, const struct growth_rows *timed)
{
	struct growth_point used[GROWTH_MAX_POINTS];
	uint64_t majors = 0;
	size_t n = 0;

	for (size_t i = 0; i < timed->n; i++) {
		const struct weir_trace_row *row = timed->rows[i];

		if (row->js_heap_bytes == 0 || row->major_gcs == majors)
			continue;
		majors = row->major_gcs;
		/* The last ones count. */
		if (n == GROWTH_MAX_POINTS)
			memmove(used, used + 1, --n * sizeof(used[0]));
		used[n++] = (struct growth_point){
			.t_s = growth_seconds(m->v, row->monotonic_ns),
			.live = (double)row->js_heap_bytes};
	}
	return growth_judge_script(used, n);
}

/* Rows are few where little changes: evenly in time, as many as a clock would have written. */
static void
judge(struct growth_model *m, const struct growth_rows *timed, enum weir_memory_part part,
      struct growth_point *points)
{
	struct growth_point even[GROWTH_MAX_POINTS];
	size_t n = collect(m, timed, part, points);
	size_t paces = (m->to_ns - m->from_ns) / PACE_NS;

	if (n > 1) {
		double from_s = growth_seconds(m->v, m->from_ns);

		if (from_s < points[0].t_s)
			from_s = points[0].t_s;
		n = growth_even(points, n, from_s, paces > n ? paces : n, even);
	}
	m->parts[part] = growth_judge_part(&m->rss, part, even, n > 1 ? n : 0);
	if (part == WEIR_PART_OF_SCRIPT && m->parts[part].verdict == GROWTH_HELD)
		m->parts[part].verdict = judge_script(m, timed);
}

static void
judge_all(struct growth_model *m, const struct growth_rows *timed)
{
	struct growth_point *points = calloc(timed->n + 2, sizeof(*points));

	if (points == NULL)
		tell_no_memory();
	/* Lines of code tell what of the first two grows. */
	for (int part = WEIR_PART_OF_TABLES; part < WEIR_N_MEMORY_PARTS; part++)
		if (m->rss.parts_known || part == WEIR_PART_OF_REST)
			judge(m, timed, (enum weir_memory_part)part, points);
	free(points);
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
	m->rss_verdict = growth_retained(&m->rss, peak) ? GROWTH_RETAINED : GROWTH_HELD;
	judge_all(m, &timed);
	growth_rows_free(&timed);
}
