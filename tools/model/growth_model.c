/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model put together: its window, its groups, what they hold and what it means. Called by every view
 * of growth; decides nothing itself (growth_verdict.c does).
 */
#include "tools/model/growth_model.h"

#include <stdlib.h>
#include <string.h>

#include "tools/model/growth_group.h"
#include "tools/model/growth_judge.h"
#include "tools/model/growth_memory.h"
#include "tools/model/growth_span.h"
#include "tools/model/growth_sums.h"
#include "tools/text/tell.h"

const char *
growth_by_name(unsigned by)
{
	static const char *const names[] = {
#define X(id, name) name,
		GROWTH_BYS(X)
#undef X
	};

	return by < GROWTH_N_BYS ? names[by] : NULL;
}

const char *
growth_sort_name(unsigned sort)
{
	static const char *const names[] = {
#define X(id, name) name,
		GROWTH_SORTS(X)
#undef X
	};

	return sort < GROWTH_N_SORTS ? names[sort] : NULL;
}

static enum growth_sort sorting; /* qsort has no context; one thread */

static double
sort_value(const struct growth_group *g)
{
	switch (sorting) {
	case GROWTH_SORT_ADDED:
		return (double)g->added_bytes;
	case GROWTH_SORT_SLOPE:
		return g->finding.slope_bytes_per_s;
	case GROWTH_SORT_ALLOC:
		return (double)g->alloc_bytes;
	case GROWTH_SORT_COUNT:
		return (double)g->live_count;
	case GROWTH_SORT_AGE:
		return g->age_gcs > 0 ? g->age_gcs : g->age_s / 1e9;
	default:
		return (double)g->live_bytes;
	}
}

static int
by_sort_value(const void *a, const void *b)
{
	const struct growth_group *g = a, *h = b;
	double x = sort_value(g), y = sort_value(h);

	if (x < y || x > y)
		return x > y ? -1 : 1;
	if (g->alloc_bytes != h->alloc_bytes)
		return g->alloc_bytes > h->alloc_bytes ? -1 : 1;
	return strcmp(g->name, h->name);
}

void
growth_model_make(struct growth_model *m, struct growth_places *places,
		  const struct growth_request *request, const struct resident *memory)
{
	const struct trace_view *v = growth_places_view(places);
	uint32_t *group_of = calloc((size_t)v->n_sites + 1, sizeof(*group_of));

	if (group_of == NULL)
		tell_no_memory();
	memset(m, 0, sizeof(*m));
	m->v = v;
	m->request = *request;
	growth_span_set(m);
	growth_memory_judge(m, memory);
	m->groups = growth_group_sites(places, request->by, &m->n_groups, group_of);
	growth_sums_sites(v, m->groups, m->n_groups, group_of);
	growth_sums_totals(m);
	if (m->n_groups > 0) {
		growth_sums_added(m, group_of);
		growth_judge_groups(m, places, group_of);
	}
	growth_memory_agree(m);
	sorting = request->sort;
	qsort(m->groups, m->n_groups, sizeof(*m->groups), by_sort_value);
	free(group_of);
}

void
growth_model_free(struct growth_model *m)
{
	growth_group_free(m->groups, m->n_groups);
	memset(m, 0, sizeof(*m));
}
