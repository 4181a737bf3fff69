/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shapes are a tree as well: each step is looked up by the step before it and by what it is, so that a shape costs a
 * step, not a path. Called by commands/.
 */
#include "tools/model/holders_most.h"

#include <stdlib.h>
#include <string.h>

#define MOST_STEPS  (1u << 18)
#define MOST_GROUPS (1u << 16)
#define MOST_AGAIN  4
#define MOST_DEPTH  60000

struct table { /* of hashes: index + 1 into an array */
	uint32_t *slots;
	size_t room, mask;
};

struct making {
	struct heapsnap *s;
	struct holders *h;
	const struct heapsnap_tree *tree;
	uint32_t *shape_of; /* of a node of the tree: its step + 1, 0: not known yet */
	uint32_t *
		alike; /* of a node: how many properties of its parent lead to its like */
	uint32_t *path; /* from a node up to one whose shape is known */
	size_t shape_room, alike_room, path_room;
	struct table steps, groups, likes; /* likes: nodes of the tree, one of a sort */
};

static uint32_t
mix(uint32_t h, uint32_t v)
{
	h = (h ^ v) * 0x9e3779b1u;
	return h ^ h >> 15;
}

static int
table_make(struct table *t, struct heapsnap *s, size_t n)
{
	size_t size = 64;
	int rc;

	while (size < 2 * n)
		size *= 2;
	rc = heapsnap_room(s, &t->slots, &t->room, size, sizeof(*t->slots));
	if (rc == 0)
		memset(t->slots, 0, t->room * sizeof(*t->slots));
	t->mask = size - 1;
	return rc;
}

/* Of strings and numbers the name is their content. */
static uint32_t
node_name(const struct heapsnap_step *step)
{
	return step->node_type == HEAPSNAP_STRING || step->node_type == HEAPSNAP_CONS ||
			       step->node_type == HEAPSNAP_SLICED ||
			       step->node_type == HEAPSNAP_NUMBER
		       ? HEAPSNAP_NONE
		       : step->node_name;
}

/* The node that stands for all that properties of the same object lead to and that are of one class. */
static uint32_t
like_of(struct making *m, uint32_t node)
{
	const struct heapsnap_step *s = &m->tree->steps[node];
	uint32_t hash = mix(mix(mix(0, s->before), node_name(s)), s->node_type);

	for (size_t at = hash & m->likes.mask;; at = (at + 1) & m->likes.mask) {
		uint32_t other = m->likes.slots[at];
		const struct heapsnap_step *o;

		if (other == 0) {
			m->likes.slots[at] = node; /* the root is none */
			return node;
		}
		o = &m->tree->steps[other];
		if (o->before == s->before && o->node_type == s->node_type &&
		    node_name(o) == node_name(s))
			return other;
	}
}

/* A name that stands for all of its kind, where that makes ways one. */
static uint32_t
edge_name(struct making *m, uint32_t node)
{
	const struct heapsnap_step *step = &m->tree->steps[node];
	uint64_t table;

	switch (step->edge_type) {
	case HEAPSNAP_EDGE_ELEMENT:
	case HEAPSNAP_EDGE_HIDDEN:
	case HEAPSNAP_N_EDGE_TYPES:
		return HOLDERS_INDEX;
	case HEAPSNAP_EDGE_PROPERTY:
		/* An object of many methods is no dictionary. */
		return step->node_type != HEAPSNAP_CLOSURE &&
				       m->alike[like_of(m, node)] > HOLDERS_MANY
			       ? HOLDERS_KEY
			       : step->edge_name;
	case HEAPSNAP_EDGE_INTERNAL:
	case HEAPSNAP_EDGE_SHORTCUT:
		if (heapsnap_is_numeric(m->s, step->edge_name))
			return HOLDERS_INDEX;
		return heapsnap_is_pair(m->s, step->edge_name, &table) ? HOLDERS_PAIR
								       : step->edge_name;
	default:
		return step->edge_name;
	}
}

static bool
is_alike(const struct holders_step *a, const struct holders_step *b)
{
	return a->edge_name == b->edge_name && a->node_name == b->node_name &&
	       a->edge_type == b->edge_type && a->node_type == b->node_type;
}

/* So many steps up. */
static const struct holders_step *
up(const struct holders *h, uint32_t step, unsigned n)
{
	for (; n > 0; n--)
		step = h->steps[step].before;
	return &h->steps[step];
}

/*
 * If the way is in its second round of the same steps (a list's next, next …), the step that ended the first; else
 * HEAPSNAP_NONE.
 */
static uint32_t
fold(struct holders *h, uint32_t before, const struct holders_step *next)
{
	for (unsigned n = 1; n <= MOST_AGAIN; n++) {
		unsigned i = 0;

		if (h->steps[before].depth < 2 * n - 1 ||
		    !is_alike(up(h, before, n - 1), next))
			continue;
		while (i + 1 < n && is_alike(up(h, before, i), up(h, before, i + n)))
			i++;
		if (i + 1 == n) {
			uint32_t end = (uint32_t)(up(h, before, n - 1) - h->steps);

			h->steps[end].again = (uint8_t)n;
			return end;
		}
	}
	return HEAPSNAP_NONE;
}

static int
find_step(struct making *m, uint32_t before, struct holders_step *next, uint32_t *found)
{
	struct holders *h = m->h;
	uint32_t hash = mix(mix(mix(before, next->edge_name), next->node_name),
			    (uint32_t)next->edge_type << 8 | next->node_type);
	int rc;

	for (size_t at = hash & m->steps.mask;; at = (at + 1) & m->steps.mask) {
		uint32_t i = m->steps.slots[at];

		if (i != 0) {
			if (h->steps[i - 1].before != before ||
			    !is_alike(&h->steps[i - 1], next))
				continue;
			*found = i - 1;
			return 0;
		}
		if (h->n_steps >= MOST_STEPS || h->steps[before].depth >= MOST_DEPTH) {
			h->crowded = true;
			*found = before;
			return 0;
		}
		rc = heapsnap_room(m->s, &h->steps, &h->steps_room, h->n_steps + 1,
				   sizeof(*h->steps));
		if (rc != 0)
			return rc;
		next->before = before;
		next->depth = (uint16_t)(h->steps[before].depth + 1);
		*found = (uint32_t)h->n_steps;
		h->steps[h->n_steps++] = *next;
		m->steps.slots[at] = *found + 1;
		return 0;
	}
}

static int
extend(struct making *m, uint32_t node, uint32_t before, uint32_t *found)
{
	const struct heapsnap_step *step = &m->tree->steps[node];
	struct holders_step next = {
		.edge_name = edge_name(m, node),
		.node_name = node_name(step),
		.edge_type = step->edge_type,
		.node_type = step->node_type,
		.closure = step->node_type == HEAPSNAP_CLOSURE ? step->ordinal
							       : HEAPSNAP_NONE,
	};

	*found = fold(m->h, before, &next);
	return *found != HEAPSNAP_NONE ? 0 : find_step(m, before, &next, found);
}

/* The shape of the way to a node, HOLDERS_NOWHERE if none leads there. */
static int
shape_of(struct making *m, uint32_t node, uint32_t *shape)
{
	size_t n = 0;
	uint32_t at = node;
	int rc = 0;

	while (m->shape_of[at] == 0) {
		if (m->tree->steps[at].before == HEAPSNAP_NONE || n == m->tree->n) {
			*shape = HOLDERS_NOWHERE;
			return 0;
		}
		rc = heapsnap_room(m->s, &m->path, &m->path_room, n + 1,
				   sizeof(*m->path));
		if (rc != 0)
			return rc;
		m->path[n++] = at;
		at = m->tree->steps[at].before;
	}
	*shape = m->shape_of[at] - 1;
	while (n > 0 && rc == 0) {
		at = m->path[--n];
		rc = extend(m, at, *shape, shape);
		m->shape_of[at] = *shape + 1;
	}
	return rc;
}

static void
add(struct holders_group *g, const struct heapsnap_target *t, uint64_t stands_for,
    const struct heapsnap_step *step)
{
	if (g->count == 0 || t->size < g->least)
		g->least = t->size;
	if (t->size > g->most)
		g->most = t->size;
	if (g->count == 0 || t->size > g->example_size) {
		g->example = step->id;
		g->example_size = t->size;
	}
	g->count += stands_for;
	g->bytes += stands_for * t->size;
	g->sampled = stands_for > 1;
}

static bool
is_source(const struct heapsnap_tree *tree, uint32_t node)
{
	uint32_t before = tree->steps[node].before;

	return before != HEAPSNAP_NONE && tree->steps[before].node_type == HEAPSNAP_CODE;
}

static int
count_in(struct making *m, const struct heapsnap_target *t, uint64_t stands_for,
	 const struct holders_line *lines, size_t n_lines)
{
	uint32_t node = heapsnap_tree_place(m->tree, t->ordinal), shape;
	struct holders *h = m->h;
	struct holders_group g = {.kind = t->kind};
	int rc = shape_of(m, node, &shape);
	uint32_t hash;

	if (rc != 0)
		return rc;
	g.shape = shape;
	h->sampled |= stands_for > 1;
	/* Sources of scripts are such strings too, and the runtime's are no line's. */
	g.line = t->size == 0 && is_source(m->tree, node)
			 ? HEAPSNAP_NONE
			 : holders_line_of(lines, n_lines, t, &g.link);
	hash = mix(mix(mix(g.shape, g.line), g.kind), g.link);
	for (size_t at = hash & m->groups.mask;; at = (at + 1) & m->groups.mask) {
		uint32_t i = m->groups.slots[at];

		if (i == 0 && h->n_groups >= MOST_GROUPS) {
			h->apart += stands_for;
			h->apart_bytes += stands_for * t->size;
			return 0;
		}
		if (i == 0) {
			rc = heapsnap_room(m->s, &h->groups, &h->groups_room,
					   h->n_groups + 1, sizeof(*h->groups));
			if (rc != 0)
				return rc;
			h->groups[h->n_groups++] = g;
			i = m->groups.slots[at] = (uint32_t)h->n_groups;
		} else if (h->groups[i - 1].shape != g.shape ||
			   h->groups[i - 1].line != g.line ||
			   h->groups[i - 1].kind != g.kind ||
			   h->groups[i - 1].link != g.link) {
			continue;
		}
		const struct heapsnap_step *step = &m->tree->steps[node];
		uint32_t views =
			t->kind == HEAPSNAP_TARGET_BUFFER && step->before != HEAPSNAP_NONE
				? m->tree->steps[step->before].views
				: 0;

		add(&h->groups[i - 1], t, stands_for, step);
		if (views > h->groups[i - 1].views)
			h->groups[i - 1].views = views;
		return 0;
	}
}

static int
by_bytes(const void *a, const void *b)
{
	const struct holders_group *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->shape < y->shape ? -1 : x->shape > y->shape;
}

static int
prepare(struct making *m)
{
	size_t n = m->tree->n;
	struct holders_step root = {.edge_type = HEAPSNAP_N_EDGE_TYPES,
				    .edge_name = HOLDERS_INDEX,
				    .node_type = m->tree->steps[0].node_type,
				    .node_name = m->tree->steps[0].node_name,
				    .closure = HEAPSNAP_NONE};
	int rc = table_make(&m->steps, m->s, MOST_STEPS);

	if (rc == 0)
		rc = table_make(&m->groups, m->s, MOST_GROUPS);
	if (rc == 0)
		rc = heapsnap_room(m->s, &m->shape_of, &m->shape_room, n, 4);
	if (rc == 0)
		rc = heapsnap_room(m->s, &m->alike, &m->alike_room, n, 4);
	if (rc == 0)
		rc = table_make(&m->likes, m->s, n);
	if (rc == 0)
		rc = heapsnap_room(m->s, &m->h->steps, &m->h->steps_room, 1,
				   sizeof(root));
	if (rc != 0)
		return rc;
	memset(m->shape_of, 0, n * 4);
	memset(m->alike, 0, n * 4);
	for (size_t i = 1; i < n; i++)
		if (m->tree->steps[i].before != HEAPSNAP_NONE &&
		    m->tree->steps[i].edge_type == HEAPSNAP_EDGE_PROPERTY)
			m->alike[like_of(m, (uint32_t)i)]++;
	m->h->steps[m->h->n_steps++] = root;
	m->shape_of[0] = 1;
	return 0;
}

int
holders_make(struct holders *h, struct heapsnap *s, const struct heapsnap_tree *tree,
	     const struct heapsnap_targets *t, const struct holders_line *lines,
	     size_t n_lines)
{
	struct making m = {.s = s, .h = h, .tree = tree};
	int rc;

	*h = (struct holders){0};
	rc = prepare(&m);
	for (size_t i = 0; i < t->n && rc == 0; i++)
		rc = count_in(&m, &t->targets[i], heapsnap_stands_for(t, &t->targets[i]),
			      lines, n_lines);
	if (rc == 0)
		holders_find_most(h, s, tree, t, m.shape_of);
	if (rc == 0 && h->n_groups > 0)
		qsort(h->groups, h->n_groups, sizeof(*h->groups), by_bytes);
	heapsnap_drop(s, &m.steps.slots, &m.steps.room, 4);
	heapsnap_drop(s, &m.groups.slots, &m.groups.room, 4);
	heapsnap_drop(s, &m.likes.slots, &m.likes.room, 4);
	heapsnap_drop(s, &m.shape_of, &m.shape_room, 4);
	heapsnap_drop(s, &m.alike, &m.alike_room, 4);
	heapsnap_drop(s, &m.path, &m.path_room, 4);
	return rc;
}

void
holders_free(struct holders *h, struct heapsnap *s)
{
	heapsnap_drop(s, &h->steps, &h->steps_room, sizeof(*h->steps));
	heapsnap_drop(s, &h->groups, &h->groups_room, sizeof(*h->groups));
}
