/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A site knows its live bytes and blocks, not each block's size: where the mean is a whole number they are taken to
 * be alike, which is said.
 */
#include "tools/model/holders_lines.h"

#include <stdlib.h>
#include <string.h>

#include "tools/text/tell.h"

#define NAME_BYTES 1024

static uint32_t
group_of(const struct growth_model *m, struct growth_places *places, uint32_t site)
{
	struct growth_blame b = growth_blame_site(places, site);
	char name[NAME_BYTES];

	growth_blame_text(name, sizeof(name), places, site, &b);
	for (size_t i = 0; i < m->n_groups; i++)
		if (strcmp(m->groups[i].name, name) == 0)
			return (uint32_t)i;
	return HEAPSNAP_NONE;
}

static void
add(struct holders_lines *l, uint32_t place, enum heapsnap_target_kind kind,
    uint64_t bytes, uint64_t count, bool exact)
{
	struct holders_line row = {
		.place = place,
		.kind = (uint8_t)kind,
		.alike = exact && bytes % count == 0,
		.size = bytes / count,
		.count = count,
		.bytes = bytes,
	};

	/* Stacks of one line are one line. */
	for (size_t i = 0; i < l->n; i++)
		if (l->rows[i].place == place && l->rows[i].kind == row.kind &&
		    l->rows[i].alike == row.alike && l->rows[i].size == row.size) {
			l->rows[i].count += count;
			l->rows[i].bytes += bytes;
			return;
		}
	l->rows[l->n++] = row;
}

struct holders_lines
holders_lines_of(const struct growth_model *m, struct growth_places *places)
{
	const struct trace_view *v = m->v;
	struct holders_lines l = {0};

	l.rows = calloc((size_t)v->n_sites + 1, sizeof(*l.rows));
	if (l.rows == NULL)
		tell_no_memory();
	for (uint32_t i = 1; i < v->n_sites; i++) {
		uint64_t count = trace_view_site(v, i, WEIR_S_live_count);
		uint64_t bytes = trace_view_site(v, i, WEIR_S_live_bytes);
		bool exact = trace_view_site(v, i, WEIR_S_sampled_count) == 0;
		uint32_t place =
			count > 0 && bytes > 0 ? group_of(m, places, i) : HEAPSNAP_NONE;

		if (place == HEAPSNAP_NONE)
			continue;
		/* What an add-on allocates and hands over is an ArrayBuffer as well. */
		add(&l, place,
		    trace_view_site(v, i, WEIR_S_caller_kind) == WEIR_KIND_ENCODER
			    ? HEAPSNAP_TARGET_STRING
			    : HEAPSNAP_TARGET_BUFFER,
		    bytes, count, exact);
	}
	return l;
}

bool
holders_lines_is(const struct growth_group *g, struct growth_places *places,
		 const char *line)
{
	const struct growth_place *p = growth_place(places, g->blame.frame);
	const char *colon = strchr(line, ':');
	size_t n, file = strlen(p->file);
	unsigned long row, column = 0;
	char *end;

	if (g->blame.rank == GROWTH_BLAME_NONE)
		return false;
	/* The path may have a colon of its own: file:///app.js, node:fs. */
	while (colon != NULL && (colon[1] < '0' || colon[1] > '9'))
		colon = strchr(colon + 1, ':');
	if (colon == NULL)
		return false;
	n = (size_t)(colon - line);
	row = strtoul(colon + 1, &end, 10);
	if (*end == ':')
		column = strtoul(end + 1, &end, 10);
	if (*end != '\0' || n == 0 || n > file || row != p->line ||
	    (column != 0 && column != p->column))
		return false;
	return memcmp(p->file + file - n, line, n) == 0 &&
	       (n == file || p->file[file - n - 1] == '/');
}
