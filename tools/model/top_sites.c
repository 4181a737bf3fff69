/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines, growth and verdicts for the screen, as `weir growth` has them. Called by `weir top`.
 */
#include "tools/model/top_sites.h"

#include <stdlib.h>

#include "tools/model/growth_model.h"
#include "tools/names/app_root.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

static void
fill(struct top_site *s, const struct growth_group *g, const char *root)
{
	char cut[APP_ROOT_MAX];

	show_format(s->name, sizeof(s->name), "%s", app_root_cut(root, cut, g->name));
	s->verdict = growth_verdict_name(g->finding.verdict);
	s->held = g->finding.verdict == GROWTH_HELD;
	s->live_bytes = g->live_bytes;
	s->live_count = g->live_count;
	s->alloc_bytes = g->alloc_bytes;
	s->slope = g->finding.slope_bytes_per_s;
}

void
top_sites_make(struct top_sites *s, const struct trace_view *v, bool runs)
{
	struct growth_request request = {.by = GROWTH_BY_LINE, .sort = GROWTH_SORT_LIVE};
	struct growth_places *places;
	struct growth_model m;
	char root[APP_ROOT_MAX];

	*s = (struct top_sites){0};
	if (v == NULL)
		return;
	places = growth_places_new(v, GROWTH_PLACE_FILES);
	growth_model_make(&m, places, &request, NULL);
	s->mood = growth_headline(s->headline, &m, runs);
	app_root_find(root, places);
	s->sites = calloc(m.n_groups + 1, sizeof(*s->sites));
	if (s->sites == NULL)
		tell_no_memory();
	for (s->n = 0; s->n < m.n_groups; s->n++)
		fill(&s->sites[s->n], &m.groups[s->n], root);
	growth_model_free(&m);
	growth_places_free(places);
}

static double
value(const struct top_site *s, enum top_sort sort)
{
	switch (sort) {
	case TOP_BY_GROWTH:
		return s->slope;
	case TOP_BY_COUNT:
		return (double)s->live_count;
	case TOP_BY_ALLOCATED:
		return (double)s->alloc_bytes;
	default:
		return (double)s->live_bytes;
	}
}

static int
by_value(const void *a, const void *b, void *sort)
{
	double x = value(a, *(enum top_sort *)sort);
	double y = value(b, *(enum top_sort *)sort);

	if (x < y || x > y)
		return x > y ? -1 : 1;
	x = (double)((const struct top_site *)a)->live_bytes;
	y = (double)((const struct top_site *)b)->live_bytes;
	return x > y ? -1 : x < y;
}

void
top_sites_sort(struct top_sites *s, enum top_sort sort)
{
	if (s->n > 0)
		qsort_r(s->sites, s->n, sizeof(*s->sites), by_value, &sort);
}

void
top_sites_free(struct top_sites *s)
{
	free(s->sites);
	*s = (struct top_sites){0};
}
