/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Look-ups in source maps. Called by growth_files.c and the fuzzer; believes no index of a map.
 */
#include <stdlib.h>

#include "tools/names/sourcemap_private.h"

void
sourcemap_free(struct sourcemap *m)
{
	if (m == NULL)
		return;
	for (uint32_t i = 0; i < m->n_sources; i++)
		free(m->sources[i]);
	free(m->sources);
	free(m->segments);
	free(m);
}

bool
sourcemap_find(const struct sourcemap *m, uint32_t line, uint32_t column,
	       struct sourcemap_place *place)
{
	uint32_t at = line - 1, col = column > 0 ? column - 1 : UINT32_MAX;
	size_t low = 0, high = m->n_segments;
	const struct segment *s;

	if (line == 0)
		return false;
	/* The first segment of the line if the column is not known: the last one before it else. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		s = &m->segments[middle];
		if (s->line < at ||
		    (s->line == at && (column > 0 ? s->column <= col : false)))
			low = middle + 1;
		else
			high = middle;
	}
	if (column > 0) {
		if (low == 0)
			return false;
		low--;
	} else if (low == m->n_segments) {
		return false;
	}
	s = &m->segments[low];
	if (s->line != at || s->source >= m->n_sources || m->sources[s->source] == NULL)
		return false;
	place->file = m->sources[s->source];
	place->line = s->to_line + 1;
	place->column = s->to_column + 1;
	return true;
}
