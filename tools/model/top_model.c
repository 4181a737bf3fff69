/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one look after the other adds up to. Called by `weir top` alone; pure.
 */
#include "tools/model/top_model.h"

#include <errno.h>
#include <string.h>

#include "tools/model/derive.h"
#include "tools/model/growth_rows.h"

#define SLOPE_NS (UINT64_C(60) * 1000000000)
#define LEAST_NS (UINT64_C(2) * 1000000000) /* what a start takes says nothing */

void
top_model_init(struct top_model *m)
{
	memset(m, 0, sizeof(*m));
}

static void
remember(struct top_model *m, uint64_t ns, uint64_t rss)
{
	if (m->n_history > 0 && m->history_ns[m->n_history - 1] >= ns)
		return;
	if (m->n_history == TOP_HISTORY) {
		memmove(m->history, m->history + 1,
			(TOP_HISTORY - 1) * sizeof(m->history[0]));
		memmove(m->history_ns, m->history_ns + 1,
			(TOP_HISTORY - 1) * sizeof(m->history_ns[0]));
		m->n_history--;
	}
	m->history[m->n_history] = rss;
	m->history_ns[m->n_history++] = ns;
}

/* What the process recorded before the first look. */
static void
remember_rows(struct top_model *m)
{
	struct growth_rows r = growth_rows_timed(&m->trace, 0, UINT64_MAX);

	for (size_t i = 0; i < r.n; i++)
		remember(m, r.rows[i]->unix_ns, r.rows[i]->rss_bytes);
	growth_rows_free(&r);
}

static double
per_second(uint64_t before, uint64_t after, uint64_t ns)
{
	return ns == 0 || after < before ? 0
					 : (double)(after - before) * 1e9 / (double)ns;
}

static uint64_t
since(uint64_t now, uint64_t then)
{
	return now > then ? now - then : 0;
}

static struct top_rates
rates_of(const struct sidecar *s, const struct sidecar *before, uint64_t counted_ns,
	 uint64_t gcs, uint64_t gcs_before)
{
	bool first = before == NULL;
	uint64_t ns = first ? counted_ns
			    : since(s->slot.monotonic_ns, before->slot.monotonic_ns);
	struct top_rates r = {.since_start = first};

	r.requests =
		per_second(first ? 0 : sidecar_counter(before, WEIR_C_large_requests),
			   sidecar_counter(s, WEIR_C_large_requests), ns);
	r.bytes = per_second(
		first ? 0 : sidecar_counter(before, WEIR_C_large_requested_bytes),
		sidecar_counter(s, WEIR_C_large_requested_bytes), ns);
	r.major_gcs = per_second(first ? 0 : gcs_before, gcs, ns);
	return r;
}

/* Since the process began, or the file, which is made later, where only that is known. */
static uint64_t
counted_ns(const struct top_model *m)
{
	const struct sidecar *s = &m->entry.sidecar;

	return m->has_trace ? since(m->trace.head.monotonic_ns, m->trace.head.started_ns)
			    : since(s->slot.unix_ns, s->header.created_unix_ns);
}

/*
 * The sidecar's figures of weir's own memory, with RSS as it is now if /proc tells; of a process
 * that freed all to exit, those of before.
 */
static struct resident
rss_of(const struct top_model *m, const struct measure *now)
{
	const struct weir_trace_row *row =
		m->has_trace ? growth_rows_at(&m->trace, m->trace.head.monotonic_ns)
			     : NULL;

	if (row != NULL && m->trace.before_exit)
		return resident_of_row(row);
	struct resident r = resident_of(&m->entry.sidecar, now);
	resident_set_script(&r, row != NULL ? row->js_heap_bytes : 0);
	return r;
}

/* `same`: the process of the look before, whose trace will do while the writer is at work. */
static void
take_trace(struct top_model *m, const struct look *l, bool same)
{
	if (l->trace_error == -EAGAIN && m->has_trace && same)
		return;
	if (m->has_trace)
		trace_view_free(&m->trace);
	m->has_trace = l->trace_error == 0;
	memcpy(m->why_no_trace, l->why_no_trace, sizeof(m->why_no_trace));
	if (!m->has_trace)
		return;
	m->trace = l->trace;
	if (m->n_history == 0)
		remember_rows(m);
}

/* Between two writes of the sidecar the rates stay as they were, unless it has long been quiet. */
static bool
has_news(const struct top_model *m, const struct look *l)
{
	const struct sidecar *now = &l->entry.sidecar;

	return !m->loaded || now->slot.seq_begin != m->entry.sidecar.slot.seq_begin ||
	       l->age_ns > UINT64_C(3000000) * (now->header.stats_ms + 1);
}

int
top_model_take(struct top_model *m, const struct look *l)
{
	const struct sidecar *s = &l->entry.sidecar;
	struct sidecar before = m->entry.sidecar;
	uint64_t gcs = m->has_trace ? m->trace.head.major_gcs : 0;
	bool same, news;

	if (l->error != 0) {
		memcpy(m->note, l->entry.why, sizeof(m->note));
		return l->error;
	}
	same = m->loaded && strcmp(l->entry.path, m->entry.path) == 0 &&
	       s->header.start_ticks == before.header.start_ticks;
	news = has_news(m, l);
	m->note[0] = '\0';
	m->entry = l->entry;
	take_trace(m, l, same);
	if (news)
		m->rates = rates_of(s, same ? &before : NULL, counted_ns(m),
				    m->has_trace ? m->trace.head.major_gcs : 0, gcs);
	if (m->loaded)
		sidecar_free(&before);
	m->loaded = true;
	m->rss = rss_of(m, &l->now);
	m->asked_bytes = m->has_trace && m->trace.before_exit
				 ? m->rss.live_bytes
				 : sidecar_sum(s, WEIR_SECTION_KINDS, WEIR_KF_live_bytes);
	m->limit_bytes = sidecar_counter(s, WEIR_C_cgroup_limit_bytes);
	remember(m, s->slot.unix_ns + (l->now.rss_known ? l->age_ns : 0),
		 m->rss.rss_bytes);
	return 0;
}

bool
top_model_alive(const struct top_model *m)
{
	return m->loaded &&
	       (m->entry.life == LOCATE_RUNNING || m->entry.life == LOCATE_UNKNOWN);
}

bool
top_model_rss_slope(const struct top_model *m, double *slope)
{
	size_t last = m->n_history - 1, first = last;
	uint64_t span;

	if (m->n_history < 2)
		return false;
	/* What a start takes is not what goes on. */
	span = since(m->history_ns[last], m->entry.sidecar.header.created_unix_ns) / 2;
	if (span > SLOPE_NS)
		span = SLOPE_NS;
	while (first > 0 && m->history_ns[last] - m->history_ns[first - 1] <= span)
		first--;
	if (m->history_ns[last] - m->history_ns[first] < LEAST_NS)
		return false;
	*slope = ((double)m->history[last] - (double)m->history[first]) * 1e9 /
		 (double)(m->history_ns[last] - m->history_ns[first]);
	return true;
}

void
top_model_free(struct top_model *m)
{
	if (m->has_trace)
		trace_view_free(&m->trace);
	if (m->loaded)
		sidecar_free(&m->entry.sidecar);
	top_model_init(m);
}
