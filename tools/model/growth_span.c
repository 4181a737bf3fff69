/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The times of growth_span.h: those asked for, within what rows tell. Called before anything is judged.
 */
#include "tools/model/growth_span.h"

/* A trace shorter than this has no warm-up to skip. */
#define SHORT_TRACE_NS (30 * UINT64_C(1000000000))

/* A beginning that is missing, if it is longer. */
#define WORTH_SAYING_NS (60 * UINT64_C(1000000000))

double
growth_seconds(const struct trace_view *v, uint64_t ns)
{
	return ns <= v->head.started_ns ? 0 : (double)(ns - v->head.started_ns) / 1e9;
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

void
growth_span_set(struct growth_model *m)
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
		/* An end before the window's own begin: what leads up to it is meant. */
		if (r->from_ns == 0 && m->to_ns <= m->from_ns)
			m->from_ns = begin;
	}
	confine_window(m);
	if (m->to_ns < m->from_ns)
		m->to_ns = m->from_ns;
}

void
growth_span_windows(const struct growth_model *m, struct growth_windows *w)
{
	const struct growth_request *r = &m->request;
	uint64_t end = m->v->head.monotonic_ns;
	const struct weir_trace_row *first = growth_rows_first(m->v);
	bool asked = r->from_ns != 0 || r->a != NULL;
	uint64_t from = asked ? m->from_ns : end - m->history_ns;

	/* What the first row has was not there all the time before it. */
	if (first != NULL && first->monotonic_ns > from && first->monotonic_ns < m->to_ns)
		from = first->monotonic_ns;

	growth_windows_begin(w, growth_seconds(m->v, from),
			     growth_seconds(m->v, m->to_ns));
}
