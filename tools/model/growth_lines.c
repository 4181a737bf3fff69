/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sites put together by line, apart for each group and for what no collection frees.
 */
#include "tools/model/growth_lines.h"

#include <stdlib.h>

#include "tools/model/growth_group.h"
#include "tools/model/growth_sums.h"
#include "tools/text/tell.h"

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
	bool queued;
};

static int
by_pair(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (int)x->queued - (int)y->queued;
}

/* Numbers the pairs of group and line that there are. */
static void
pair_up(struct growth_lines *p, struct growth_places *places, const uint32_t *group_of,
	const uint32_t *line_of)
{
	const struct trace_view *v = growth_places_view(places);
	size_t sites = v->n_sites > 0 ? v->n_sites - 1 : 0;
	struct pair *pairs = zeroed(sites, sizeof(*pairs));

	for (uint32_t i = 0; i < sites; i++)
		pairs[i] = (struct pair){group_of[i + 1], line_of[i + 1], i + 1,
					 growth_blame_is_queued(places, i + 1)};
	qsort(pairs, sites, sizeof(*pairs), by_pair);
	for (size_t i = 0; i < sites; i++) {
		p->n += i == 0 || by_pair(&pairs[i - 1], &pairs[i]) != 0;
		p->of[pairs[i].site] = (uint32_t)(p->n - 1);
		p->group[p->n - 1] = pairs[i].group;
		p->queued[p->n - 1] = pairs[i].queued;
	}
	free(pairs);
}

struct growth_lines
growth_lines_of(const struct growth_model *m, struct growth_places *places,
		const uint32_t *group_of)
{
	size_t sites = (size_t)m->v->n_sites + 1, n_lines;
	struct growth_lines p = {.of = zeroed(sites, sizeof(*p.of)),
				 .group = zeroed(sites, sizeof(*p.group)),
				 .queued = zeroed(sites, sizeof(*p.queued))};
	enum growth_by by = m->request.by;

	if (by == GROWTH_BY_LINE || by == GROWTH_BY_STACK) {
		pair_up(&p, places, group_of, group_of);
	} else {
		uint32_t *line_of = zeroed(sites, sizeof(*line_of));
		struct growth_group *lines =
			growth_group_sites(places, GROWTH_BY_LINE, &n_lines, line_of);

		pair_up(&p, places, group_of, line_of);
		growth_group_free(lines, n_lines);
		free(line_of);
	}
	p.sums = zeroed(p.n, sizeof(*p.sums));
	p.windows = zeroed(p.n, sizeof(struct growth_windows *));
	p.now = zeroed(p.n, sizeof(*p.now));
	p.trough = zeroed(p.n, sizeof(*p.trough));
	p.rest = zeroed(sites, sizeof(*p.rest));
	p.most = zeroed(sites, sizeof(*p.most));
	p.unnamed = zeroed(p.n, sizeof(*p.unnamed));
	p.fresh = zeroed(p.n, sizeof(*p.fresh));
	p.seen = zeroed(p.n, sizeof(*p.seen));
	p.cell = zeroed(p.n, sizeof(*p.cell));
	p.workers = zeroed(p.n, sizeof(*p.workers));
	for (uint32_t i = 1; i < m->v->n_sites; i++)
		p.workers[p.of[i]] |= trace_view_is_workers(m->v, i);
	growth_sums_sites(m->v, p.sums, p.n, p.of);
	return p;
}

void
growth_lines_free(struct growth_lines *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->windows[i]);
	free(p->sums);
	free(p->of);
	free(p->group);
	free(p->windows);
	free(p->now);
	free(p->trough);
	free(p->rest);
	free(p->most);
	free(p->unnamed);
	free(p->fresh);
	free(p->seen);
	free(p->cell);
	free(p->workers);
	free(p->queued);
}
