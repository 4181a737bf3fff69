/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sites into groups: the same line, function, file, package, kind, thread or stack. Called by
 * growth_model.c only.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/model/growth_group.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define MAX_NAME 1024

static void
function_name(char *buf, size_t size, const struct growth_place *p)
{
	struct growth_place def = *p;

	/* A function is where it is defined; its calls of malloc are many lines. */
	def.line = p->definition_line != 0 ? p->definition_line : p->line;
	def.column = 0;
	def.exact = true;
	growth_place_text(buf, size, &def);
}

/* Files that a bundler made have one line, on which the column tells. */
#define LINE_COLUMNS 300

/* A line is one row, however many columns of it allocate. */
static bool
is_by_line(const struct growth_place *p, const struct growth_blame *b, enum growth_by by)
{
	return by == GROWTH_BY_LINE && b->rank != GROWTH_BLAME_NONE && p->script &&
	       p->exact && !p->made && p->column < LINE_COLUMNS;
}

static void
line_name(char *buf, size_t size, const struct growth_place *p)
{
	struct growth_place line = *p;

	line.column = 0;
	growth_place_text(buf, size, &line);
}

static void
thread_name(char *buf, size_t size, const struct trace_view *v, uint64_t thread)
{
	const struct weir_trace_thread *t;

	if (thread >= v->n_threads || v->threads[thread].tid == 0) {
		show_format(buf, size, "(thread not known)");
		return;
	}
	t = &v->threads[thread];
	char turns[40] = "";
	if (t->turns > 1)
		show_format(turns, sizeof(turns), ", the last of %u in turn", t->turns);
	show_format(buf, size, "%s %u%s%s", trace_view_string(v, t->name), t->tid,
		    t->is_main	     ? " (main)"
		    : t->isolate > 0 ? " (worker)"
				     : "",
		    turns);
}

static void
group_name(char *buf, size_t size, struct growth_places *places, uint32_t site,
	   const struct growth_blame *b, enum growth_by by)
{
	const struct trace_view *v = growth_places_view(places);
	const struct growth_place *p = growth_place(places, b->frame);
	bool known = b->rank != GROWTH_BLAME_NONE;

	if (by == GROWTH_BY_KIND)
		show_format(buf, size, "%s",
			    trace_view_kind_name(
				    trace_view_site(v, site, WEIR_S_caller_kind)));
	else if (by == GROWTH_BY_THREAD)
		thread_name(buf, size, v, trace_view_site(v, site, WEIR_S_thread));
	else if (by == GROWTH_BY_FUNCTION && known && p->script)
		function_name(buf, size, p);
	else if (by == GROWTH_BY_FILE && known)
		show_format(buf, size, "%s", p->file[0] != '\0' ? p->file : "(no file)");
	else if (by == GROWTH_BY_PACKAGE && known)
		show_format(buf, size, "%s",
			    p->package[0] != '\0'	  ? p->package
			    : p->origin == GROWTH_RUNTIME ? "(runtime)"
							  : "(program)");
	else if (is_by_line(p, b, by))
		line_name(buf, size, p);
	else
		growth_blame_text(buf, size, places, site, b);
}

struct keyed {
	char *name;
	uint32_t site;
	struct growth_blame blame;
};

static const struct trace_view *comparing; /* qsort has no context; one thread */
static bool comparing_stacks;

static int
by_name(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order == 0 && comparing_stacks) {
		uint64_t s = trace_view_site(comparing, x->site, WEIR_S_stack);
		uint64_t t = trace_view_site(comparing, y->site, WEIR_S_stack);

		order = s < t ? -1 : s > t;
	}
	if (order == 0)
		order = x->site < y->site ? -1 : x->site > y->site;
	return order;
}

static bool
is_same(const struct keyed *x, const struct keyed *y, const struct trace_view *v,
	enum growth_by by)
{
	return strcmp(x->name, y->name) == 0 &&
	       (by != GROWTH_BY_STACK ||
		trace_view_site(v, x->site, WEIR_S_stack) ==
			trace_view_site(v, y->site, WEIR_S_stack));
}

static bool
is_larger(const struct trace_view *v, uint32_t site, uint32_t than)
{
	uint64_t a = trace_view_site(v, site, WEIR_S_live_bytes);
	uint64_t b = trace_view_site(v, than, WEIR_S_live_bytes);

	if (a != b)
		return a > b;
	return trace_view_site(v, site, WEIR_S_alloc_bytes) >
	       trace_view_site(v, than, WEIR_S_alloc_bytes);
}

struct growth_group *
growth_group_sites(struct growth_places *places, enum growth_by by, size_t *n_groups,
		   uint32_t *group_of)
{
	const struct trace_view *v = growth_places_view(places);
	size_t n = v->n_sites > 0 ? v->n_sites - 1 : 0, m = 0;
	struct keyed *keys = calloc(n > 0 ? n : 1, sizeof(*keys));
	struct growth_group *groups = calloc(n > 0 ? n : 1, sizeof(*groups));
	char *name = malloc(MAX_NAME);

	if (keys == NULL || groups == NULL || name == NULL)
		tell_no_memory();
	for (uint32_t i = 0; i < n; i++) {
		keys[i].site = i + 1;
		keys[i].blame = growth_blame_site(places, i + 1);
		group_name(name, MAX_NAME, places, i + 1, &keys[i].blame, by);
		keys[i].name = strdup(name);
		if (keys[i].name == NULL)
			tell_no_memory();
	}
	comparing = v;
	comparing_stacks = by == GROWTH_BY_STACK;
	qsort(keys, n, sizeof(*keys), by_name);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || !is_same(&keys[i - 1], &keys[i], v, by)) {
			groups[m] = (struct growth_group){.name = strdup(keys[i].name),
							  .site = keys[i].site,
							  .blame = keys[i].blame};
			if (groups[m++].name == NULL)
				tell_no_memory();
		} else if (is_larger(v, keys[i].site, groups[m - 1].site)) {
			groups[m - 1].site = keys[i].site;
			groups[m - 1].blame = keys[i].blame;
		}
		groups[m - 1].n_sites++;
		group_of[keys[i].site] = (uint32_t)(m - 1);
	}
	for (size_t i = 0; i < n; i++)
		free(keys[i].name);
	free(keys);
	/* Of a line's columns the one that holds most is shown. */
	for (size_t i = 0; by == GROWTH_BY_LINE && i < m; i++) {
		growth_blame_text(name, MAX_NAME, places, groups[i].site,
				  &groups[i].blame);
		free(groups[i].name);
		groups[i].name = strdup(name);
		if (groups[i].name == NULL)
			tell_no_memory();
	}
	free(name);
	*n_groups = m;
	return groups;
}

void
growth_group_free(struct growth_group *groups, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(groups[i].name);
	free(groups);
}
