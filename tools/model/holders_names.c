/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of indices, sorted, each once. Called by commands/, looked up by view/.
 */
#include "tools/model/holders_names.h"

#include <stdlib.h>

#include "tools/text/tell.h"

static void
want(struct holders_names *names, size_t *room, uint32_t index, uint32_t n_strings)
{
	if (index >= n_strings)
		return;
	if (names->n == *room) {
		*room = *room == 0 ? 64 : 2 * *room;
		names->index = realloc(names->index, *room * sizeof(*names->index));
		if (names->index == NULL)
			tell_no_memory();
	}
	names->index[names->n++] = index;
}

static int
by_index(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void
want_way(struct holders_names *names, size_t *room, const struct holders *h, uint32_t at,
	 uint32_t n_strings)
{
	while (at != HOLDERS_NOWHERE) {
		const struct holders_step *step = &h->steps[at];

		if (step->edge_type != HEAPSNAP_EDGE_ELEMENT &&
		    step->edge_type != HEAPSNAP_EDGE_HIDDEN)
			want(names, room, step->edge_name, n_strings);
		want(names, room, step->node_name, n_strings);
		at = at != step->before ? step->before : HOLDERS_NOWHERE;
	}
}

void
holders_names_collect(struct holders_names *names, const struct holders *h, size_t groups,
		      const struct heapsnap_targets *t, uint32_t n_strings)
{
	size_t room = 0, n = 0;

	*names = (struct holders_names){0};
	for (size_t i = 0; i < groups && i < h->n_groups; i++)
		want_way(names, &room, h, h->groups[i].shape, n_strings);
	if (h->most.bytes > 0)
		want_way(names, &room, h,
			 h->most.next != HOLDERS_NOWHERE ? h->most.next : h->most.shape,
			 n_strings);
	for (unsigned i = 0; i < t->n_classes; i++)
		want(names, &room, t->classes[i].name, n_strings);
	if (names->n > 0)
		qsort(names->index, names->n, sizeof(*names->index), by_index);
	for (size_t i = 0; i < names->n; i++)
		if (n == 0 || names->index[n - 1] != names->index[i])
			names->index[n++] = names->index[i];
	names->n = n;
	names->text = calloc(n > 0 ? n : 1, sizeof(*names->text));
	if (names->text == NULL)
		tell_no_memory();
}

const char *
holders_name(const struct holders_names *names, uint32_t index)
{
	size_t low = 0, high = names->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names->index[middle] < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < names->n && names->index[low] == index && names->text[low] != NULL
		       ? names->text[low]
		       : "";
}

void
holders_names_free(struct holders_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->text[i]);
	free(names->text);
	free(names->index);
}
