/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One more pass over nodes and edges, in which only those on the ways are kept; and one over the strings.
 */
#include "tools/read/heapsnap_tree.h"

#include <errno.h>
#include <string.h>

struct fill {
	struct heapsnap *s;
	struct heapsnap_tree *tree;
	const uint32_t *before;
	uint32_t place; /* of the node at hand, HEAPSNAP_NONE: not in the tree */
};

/* Of two that refer to the same, the one that a program's text knows. */
static int
worth(unsigned edge_type)
{
	static const int of[HEAPSNAP_N_EDGE_TYPES] = {
		[HEAPSNAP_EDGE_CONTEXT] = 5,  [HEAPSNAP_EDGE_PROPERTY] = 6,
		[HEAPSNAP_EDGE_ELEMENT] = 4,  [HEAPSNAP_EDGE_INTERNAL] = 3,
		[HEAPSNAP_EDGE_SHORTCUT] = 2, [HEAPSNAP_EDGE_HIDDEN] = 1,
	};

	return edge_type < HEAPSNAP_N_EDGE_TYPES ? of[edge_type] : 0;
}

static int
on_node(void *context, const struct heapsnap_node *n)
{
	struct fill *f = context;
	struct heapsnap_step *step;
	uint32_t before = f->before[n->ordinal];

	f->place = heapsnap_tree_place(f->tree, n->ordinal);
	if (f->place == HEAPSNAP_NONE)
		return 0;
	step = &f->tree->steps[f->place];
	step->ordinal = n->ordinal;
	step->node_name = n->name;
	step->node_type = (uint8_t)n->type;
	step->id = (uint32_t)n->id;
	step->before = before == HEAPSNAP_NONE ? HEAPSNAP_NONE
					       : heapsnap_tree_place(f->tree, before);
	return 0;
}

static int
on_edge(void *context, const struct heapsnap_node *from, const struct heapsnap_edge *e)
{
	struct fill *f = context;
	uint32_t to = heapsnap_tree_place(f->tree, e->to);
	struct heapsnap_step *step;

	if (to == HEAPSNAP_NONE)
		return 0;
	step = &f->tree->steps[to];
	if (e->type == HEAPSNAP_EDGE_INTERNAL &&
	    e->name == f->s->known[HEAPSNAP_KNOWN_VIEWED])
		step->views++;
	if (e->holds && f->before[e->to] == from->ordinal &&
	    worth(e->type) > worth(step->edge_type)) {
		step->edge_type = (uint8_t)e->type;
		step->edge_name = e->name;
	}
	return 0;
}

/* The nodes on the way to each target, and the targets that nothing leads to. */
static void
mark(struct heapsnap_tree *tree, const struct heapsnap_targets *t, const uint32_t *before)
{
	heapsnap_set_bit(tree->marked, 0);
	for (size_t i = 0; i < t->n; i++) {
		uint32_t at = t->targets[i].ordinal;

		while (at != HEAPSNAP_NONE && !heapsnap_bit(tree->marked, at)) {
			heapsnap_set_bit(tree->marked, at);
			at = before[at];
		}
	}
}

int
heapsnap_tree_make(struct heapsnap_tree *tree, struct heapsnap *s,
		   const struct heapsnap_targets *t, const uint32_t *before)
{
	struct fill f = {.s = s, .tree = tree, .before = before};
	size_t words = s->n_nodes / 64 + 1;
	int rc;

	*tree = (struct heapsnap_tree){0};
	rc = heapsnap_room(s, &tree->marked, &tree->marked_room, words, 8);
	if (rc == 0)
		rc = heapsnap_room(s, &tree->rank, &tree->rank_room, words, 4);
	if (rc != 0)
		return rc;
	memset(tree->marked, 0, words * 8);
	mark(tree, t, before);
	for (size_t i = 0; i < words; i++) {
		tree->rank[i] = (uint32_t)tree->n;
		tree->n += heapsnap_tree_ones(tree->marked[i]);
	}
	rc = heapsnap_room(s, &tree->steps, &tree->room, tree->n, sizeof(*tree->steps));
	if (rc != 0)
		return rc;
	memset(tree->steps, 0, tree->n * sizeof(*tree->steps));
	for (size_t i = 0; i < tree->n; i++)
		tree->steps[i].edge_type = HEAPSNAP_N_EDGE_TYPES;
	return heapsnap_each(s, on_node, on_edge, &f);
}

void
heapsnap_tree_free(struct heapsnap_tree *tree, struct heapsnap *s)
{
	heapsnap_drop(s, &tree->steps, &tree->room, sizeof(*tree->steps));
	heapsnap_drop(s, &tree->marked, &tree->marked_room, 8);
	heapsnap_drop(s, &tree->rank, &tree->rank_room, 4);
}

struct wanted {
	const uint32_t *index;
	size_t n, at;
	char **texts;
};

static int
on_string(void *context, uint32_t index, const char *text)
{
	struct wanted *w = context;

	while (w->at < w->n && w->index[w->at] == index)
		if ((w->texts[w->at++] = strdup(text)) == NULL)
			return -ENOMEM;
	return 0;
}

int
heapsnap_names(struct heapsnap *s, const uint32_t *index, size_t n, char **texts)
{
	struct wanted w = {.index = index, .n = n, .texts = texts};
	int rc = heapsnap_strings(s, on_string, &w);

	return rc == -ENOMEM ? heapsnap_fail(s, rc, "out of memory") : rc;
}
