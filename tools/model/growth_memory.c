/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where resident memory is, and whether what nobody accounts for grows. Called by growth_model.c once
 * the window is set; decides nothing itself (growth_verdict.c does).
 */
#include "tools/model/growth_memory.h"

#include <stdlib.h>

#include "tools/text/tell.h"

#define PACE_NS (10 * UINT64_C(1000000000)) /* policy/beat.h */

double
growth_seconds(const struct trace_view *v, uint64_t ns)
{
	return ns <= v->head.started_ns ? 0 : (double)(ns - v->head.started_ns) / 1e9;
}

static struct growth_rss
split_row(const struct weir_trace_row *row)
{
	return growth_split(row->rss_bytes, row->live_bytes, row->cached_bytes,
			    row->js_heap_bytes);
}

/* What nobody accounts for, from the last row before the window to now, if that was measured. */
static size_t
collect_others(const struct growth_model *m, const struct growth_rows *timed,
	       bool measured, struct growth_point *to)
{
	const struct weir_trace_row *before = growth_rows_at(m->v, m->from_ns);
	size_t n = 0;

	if (before != NULL && before->monotonic_ns < m->from_ns)
		to[n++] = (struct growth_point){
			.t_s = growth_seconds(m->v, before->monotonic_ns),
			.live = (double)split_row(before).other_bytes};
	for (size_t i = 0; i < timed->n; i++)
		to[n++] = (struct growth_point){
			.t_s = growth_seconds(m->v, timed->rows[i]->monotonic_ns),
			.live = (double)split_row(timed->rows[i]).other_bytes};
	if (measured && n > 0 && m->to_ns == m->v->head.monotonic_ns &&
	    to[n - 1].t_s < growth_seconds(m->v, m->to_ns))
		to[n++] = (struct growth_point){.t_s = growth_seconds(m->v, m->to_ns),
						.live = (double)m->rss.other_bytes};
	return n;
}

/* Rows are few where little changes: evenly in time, as many as a clock would have written. */
static enum growth_verdict
judge(const struct growth_model *m, const struct growth_rows *timed, bool measured,
      uint64_t peak)
{
	struct growth_point even[GROWTH_MAX_POINTS];
	struct growth_point *others = calloc(timed->n + 2, sizeof(*others));
	uint64_t paces = (m->to_ns - m->from_ns) / PACE_NS;
	enum growth_verdict verdict;
	size_t n, want;

	if (others == NULL)
		tell_no_memory();
	n = collect_others(m, timed, measured, others);
	want = n > 0 && paces > n ? (size_t)paces : n;
	n = growth_even(others, n, growth_seconds(m->v, m->from_ns), want, even);
	verdict = growth_judge_rss(&m->rss, peak, even, n);
	free(others);
	return verdict;
}

void
growth_memory_judge(struct growth_model *m, const struct derive_memory *d)
{
	const struct weir_trace_row *last = growth_rows_at(m->v, m->v->head.monotonic_ns);
	struct growth_rows timed = growth_rows_timed(m->v, m->from_ns, m->to_ns);
	uint64_t peak = 0;

	for (size_t i = 0; i < timed.n; i++)
		if (timed.rows[i]->live_bytes > peak)
			peak = timed.rows[i]->live_bytes;
	if (last != NULL) {
		m->rss = split_row(last);
		m->limit_bytes = last->limit_bytes;
	}
	/* The sidecar's own figures are of the exit, if the trace is of before it. */
	if (d != NULL && !m->v->before_exit) {
		m->rss = growth_split(d->rss_bytes, d->live_bytes, d->cached_bytes,
				      last != NULL ? last->js_heap_bytes : 0);
		if (m->limit_bytes == 0)
			m->limit_bytes = d->limit_bytes;
	}
	m->rss_verdict = judge(m, &timed, d != NULL && d->now, peak);
	growth_rows_free(&timed);
}
