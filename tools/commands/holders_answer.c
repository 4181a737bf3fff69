/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The passes in order, with each one's memory gone before the next needs it.
 */
#include "tools/commands/holders_answer.h"

#include <stdlib.h>

#include "tools/model/holders_reach.h"

static int
make_groups(struct holders_answer *a, const uint32_t *before,
	    const struct holders_line *lines, size_t n_lines)
{
	struct heapsnap_tree tree;
	int rc = heapsnap_tree_make(&tree, &a->snap, &a->targets, before);

	if (rc == 0)
		rc = holders_make(&a->holders, &a->snap, &tree, &a->targets, lines,
				  n_lines);
	heapsnap_tree_free(&tree, &a->snap);
	return rc;
}

static int
find_ways(struct holders_answer *a, const struct holders_line *lines, size_t n_lines)
{
	struct heapsnap_graph graph = {0};
	uint32_t *before = NULL;
	size_t room = 0;
	int rc = heapsnap_graph_make(&graph, &a->snap);

	if (rc == 0)
		rc = holders_reach(&a->snap, &graph, &before, &room);
	heapsnap_graph_free_edges(&graph, &a->snap);
	if (rc == 0)
		rc = heapsnap_choose(&a->targets, &a->snap, &graph);
	if (rc == 0)
		rc = make_groups(a, before, lines, n_lines);
	heapsnap_drop(&a->snap, &before, &room, sizeof(*before));
	heapsnap_graph_free(&graph, &a->snap);
	return rc;
}

/* Those of lines that are asked for to the front, in the order they have. */
static void
put_first(struct holders *h, const struct holders_line *lines, const bool *asked)
{
	size_t first = 0;

	for (size_t i = 0; i < h->n_groups; i++) {
		struct holders_group g = h->groups[i];

		if (g.line == HEAPSNAP_NONE || !asked[lines[g.line].place])
			continue;
		for (size_t k = i; k > first; k--)
			h->groups[k] = h->groups[k - 1];
		h->groups[first++] = g;
	}
}

int
holders_answer_make(struct holders_answer *a, int fd, size_t most,
		    const struct holders_line *lines, size_t n_lines, const bool *asked,
		    size_t shown)
{
	int rc = heapsnap_open(&a->snap, fd, most);

	a->targets = (struct heapsnap_targets){0};
	a->holders = (struct holders){0};
	a->names = (struct holders_names){0};
	if (rc == 0)
		rc = heapsnap_learn(&a->snap);
	if (rc == 0)
		rc = heapsnap_survey(&a->targets, &a->snap);
	if (rc == 0)
		rc = find_ways(a, lines, n_lines);
	if (rc != 0)
		return rc;
	if (asked != NULL)
		put_first(&a->holders, lines, asked);
	holders_names_collect(&a->names, &a->holders, shown, &a->targets,
			      a->snap.n_strings);
	return heapsnap_names(&a->snap, a->names.index, a->names.n, a->names.text);
}

void
holders_answer_free(struct holders_answer *a)
{
	holders_names_free(&a->names);
	holders_free(&a->holders, &a->snap);
	heapsnap_targets_free(&a->targets, &a->snap);
	heapsnap_close(&a->snap);
}
