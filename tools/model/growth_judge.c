/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From rows to windows to verdicts. What is judged is a line of code: a package, a thread or a kind is held
 * if one of its lines is, so that all views agree. Decides nothing itself (growth_verdict.c does); exits
 * through tell_no_memory.
 */
#include "tools/model/growth_judge.h"

#include <stdlib.h>
#include <string.h>

#include "tools/model/growth_lines.h"
#include "tools/model/growth_span.h"
#include "tools/model/growth_trend.h"
#include "tools/text/tell.h"

/* So many collections of the main isolate's say something of a worker's blocks while the worker has not collected: it may hand over all. */
#define FOR_WORKERS 4

#define SETTLE_NS UINT64_C(800000000)

#define YOUNG_NS (120 * UINT64_C(1000000000))

#define BEHIND_BYTES (UINT64_C(4) << 20)

/* Those that may have freed it. */
static uint64_t
major_gcs_since(const struct trace_view *v, uint64_t ns, bool workers)
{
	const struct weir_trace_row *before = growth_rows_at(v, ns);
	uint64_t mains = v->head.main_major_gcs, all = v->head.major_gcs;
	uint64_t mains_then = before != NULL ? before->main_major_gcs : 0;
	uint64_t all_then = before != NULL ? before->major_gcs : 0;

	mains = mains > mains_then ? mains - mains_then : 0;
	all = all > all_then ? all - all_then : 0;
	if (!workers)
		return mains;
	return all > mains || mains >= FOR_WORKERS ? all : 0;
}

/*
 * Native blocks that are small go some time after the collection, when the event loop turns: of what was collected just now nothing is
 * known of them.
 */
static uint64_t
settled_gcs(const struct growth_model *m, const struct growth_group *g, bool workers)
{
	uint64_t all = major_gcs_since(m->v, g->first_ns, workers);
	const struct weir_trace_row *then = growth_rows_at(m->v, g->first_ns);
	const struct weir_trace_row *last = growth_rows_at(m->v, m->to_ns - SETTLE_NS);

	if (g->error <= 0 || last == NULL)
		return all;
	return last->major_gcs > (then != NULL ? then->major_gcs : 0) ? all : 0;
}

/* Objects that may refer to each other, and that no collection since has looked at: what refers to itself takes one at least. */
static double
containers_since(const struct trace_view *v, uint64_t ns)
{
	const struct weir_trace_row *now = growth_rows_at(v, v->head.monotonic_ns);
	const struct weir_trace_row *then = growth_rows_at(v, ns);

	/* Its first block may be older than the first row. */
	then = then != NULL ? then : growth_rows_first(v);
	bool same = then != NULL && now != NULL && then->major_gcs == now->major_gcs;
	uint64_t before = same ? then->unseen_objects : 0;

	if (now == NULL)
		return 0;
	return now->unseen_objects > before ? (double)(now->unseen_objects - before) : 0;
}

/* What maps most may have mapped what no row knows of yet. */
static bool
is_behind(const struct growth_model *m, const struct growth_group *g)
{
	return m->behind_bytes >= BEHIND_BYTES && m->behind_bytes >= g->live_bytes / 10 &&
	       g->mapped_bytes >= BEHIND_BYTES &&
	       (g->mapped_bytes > g->live_bytes / 2 ||
		m->behind_bytes > g->live_bytes / 2);
}

/*
 * What all that is mapped grows by in a second, if it is mostly this line's: then what no row knows of yet is, too. 0: it does not, or
 * is not.
 */
static double
carried(const struct growth_model *m, const struct growth_group *g)
{
	const struct growth_part *p = &m->parts[WEIR_PART_OF_MAPS];
	uint64_t all = 0;

	if (!is_behind(m, g) || p->verdict != GROWTH_HELD)
		return 0;
	for (size_t i = 0; i < m->n_groups; i++)
		all += m->groups[i].mapped_bytes;
	return g->mapped_bytes >= all / 3 * 2 ? p->slope_bytes_per_s : 0;
}

/* What the program maps and the next allocator has: the blocks of a line that is not weir's are in one of them. */
static uint64_t
outside(const struct weir_trace_row *row)
{
	return row->part_bytes[WEIR_PART_OF_NEXT] + row->part_bytes[WEIR_PART_OF_MAPS];
}

/*
 * A line of a young process that is sampled or mapped, and all of that has been as large as it is for a quarter of the time: what is
 * seen of a line since its sampling began may replace what was there before. Two looks tell.
 */
static bool
stands(const struct growth_model *m, const struct growth_group *g)
{
	uint64_t lived = m->to_ns - m->v->head.started_ns;
	const struct weir_trace_row *now = growth_rows_at(m->v, m->to_ns);
	const struct weir_trace_row *then = growth_rows_at(m->v, m->to_ns - lived / 4);

	if (lived >= YOUNG_NS || (g->error <= 0 && g->mapped_bytes < g->live_bytes / 2) ||
	    then == NULL || then->account_ns == 0 || now->account_ns <= then->account_ns)
		return false;
	return outside(now) < outside(then) + outside(then) / 100;
}

static struct growth_finding
judge_part(const struct growth_model *m, const struct growth_group *g,
	   const struct growth_windows *w, bool workers, bool queued)
{
	struct growth_evidence e = {
		.windows = w,
		.gc_known = m->v->head.gc_known != 0 && !queued,
		.cycles = m->v->head.cycles_known != 0,
		.stands = stands(m, g),
		.containers = containers_since(m->v, g->first_ns),
		.queued = queued,
		.behind = is_behind(m, g),
		.carried_bytes_per_s = carried(m, g),
		.major_gcs = settled_gcs(m, g, workers),
		.live_bytes = g->live_bytes,
		.peak_bytes = g->peak_bytes,
		.alloc_count = g->came,
		.alloc_bytes = g->alloc_bytes,
		.live_count = g->stayed,
		.freed_count = g->came - g->stayed,
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
	struct growth_lines p = growth_lines_of(m, places, group_of);
	uint64_t *most = calloc(m->n_groups > 0 ? m->n_groups : 1, sizeof(*most));
	struct growth_windows none;
	double held = 0;

	if (most == NULL)
		tell_no_memory();
	growth_fill_windows(m, &p);
	growth_span_windows(m, &none);
	growth_windows_end(&none);
	for (size_t i = 0; i < p.n; i++) {
		struct growth_finding f = judge_part(
			m, &p.sums[i], p.windows[i] != NULL ? p.windows[i] : &none,
			p.workers[i], p.queued[i]);

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
	growth_lines_free(&p);
}
