/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects that more than half lies behind are on one way from the root. The last of them is the one: behind it the
 * way divides, into the entries of a table or the elements of an array. In a list that is the middle; there it is
 * the head.
 */
#include "tools/model/holders_most.h"

#include <string.h>

#define LEAST_BYTES (1u << 20)

struct finding {
	struct heapsnap *s;
	const struct heapsnap_tree *tree;
	const struct heapsnap_targets *t;
	const uint32_t *shape_of;
	uint64_t *bytes; /* of a node, with all that is behind it */
	uint32_t *open;	 /* of a node: those right behind it that are not added yet */
	uint32_t *todo;	 /* nodes with none */
	uint64_t *seen;	 /* of a step */
	size_t bytes_room, open_room, todo_room, seen_room;
};

static bool
make_room(struct finding *f, size_t n_steps)
{
	size_t n = f->tree->n;

	if (heapsnap_room(f->s, &f->bytes, &f->bytes_room, n, sizeof(*f->bytes)) != 0 ||
	    heapsnap_room(f->s, &f->open, &f->open_room, n, sizeof(*f->open)) != 0 ||
	    heapsnap_room(f->s, &f->todo, &f->todo_room, n, sizeof(*f->todo)) != 0 ||
	    heapsnap_room(f->s, &f->seen, &f->seen_room, n_steps, sizeof(*f->seen)) != 0)
		return false;
	memset(f->bytes, 0, n * sizeof(*f->bytes));
	memset(f->open, 0, n * sizeof(*f->open));
	memset(f->seen, 0, n_steps * sizeof(*f->seen));
	return true;
}

static uint32_t
before(const struct finding *f, uint32_t node)
{
	return node != 0 ? f->tree->steps[node].before : HEAPSNAP_NONE;
}

/* Adds up what is behind each node, ends first. The last node that more than half is behind, or 0. */
static uint32_t
sum_up(struct finding *f, uint64_t half)
{
	uint32_t found = 0;
	size_t n = 0;

	for (size_t i = 0; i < f->t->n; i++) {
		const struct heapsnap_target *t = &f->t->targets[i];

		f->bytes[heapsnap_tree_place(f->tree, t->ordinal)] +=
			heapsnap_stands_for(f->t, t) * t->size;
	}
	for (uint32_t i = 0; i < f->tree->n; i++)
		if (before(f, i) != HEAPSNAP_NONE)
			f->open[before(f, i)]++;
	for (uint32_t i = 0; i < f->tree->n; i++)
		if (f->open[i] == 0)
			f->todo[n++] = i;
	while (n > 0) {
		uint32_t node = f->todo[--n], up = before(f, node);

		if (f->shape_of[node] != 0 && f->bytes[node] > half &&
		    (found == 0 || f->bytes[node] < f->bytes[found]))
			found = node;
		if (up == HEAPSNAP_NONE)
			continue;
		f->bytes[up] += f->bytes[node];
		if (--f->open[up] == 0)
			f->todo[n++] = up;
	}
	return found;
}

/* Before all steps on the way to it that come several times. */
static uint32_t
head_of(struct finding *f, const struct holders *h, uint32_t node)
{
	uint32_t head = node;

	for (uint32_t at = node; at != HEAPSNAP_NONE; at = before(f, at))
		f->seen[f->shape_of[at] - 1]++;
	for (uint32_t at = node; at != HEAPSNAP_NONE; at = before(f, at))
		if (f->seen[f->shape_of[at] - 1] > 1 ||
		    h->steps[f->shape_of[at] - 1].again > 0)
			head = before(f, at);
	return head;
}

static bool
of_one_class(const struct holders_step *a, const struct holders_step *b)
{
	return a->before == b->before && a->node_type == b->node_type &&
	       a->node_name == b->node_name;
}

/* The widest step behind `node`, if objects of its class have more than half of what is behind it. */
static uint32_t
next_of(struct finding *f, uint32_t node, const struct holders *h)
{
	uint32_t widest = 0;
	uint64_t bytes = 0;

	memset(f->seen, 0, h->n_steps * sizeof(*f->seen));
	for (uint32_t i = 0; i < f->tree->n; i++)
		if (before(f, i) == node && f->shape_of[i] != 0)
			f->seen[f->shape_of[i] - 1] += f->bytes[i];
	for (uint32_t i = 0; i < h->n_steps; i++)
		if (f->seen[i] > f->seen[widest])
			widest = i;
	for (uint32_t i = 0; i < h->n_steps; i++)
		if (of_one_class(&h->steps[i], &h->steps[widest]))
			bytes += f->seen[i];
	return bytes > f->bytes[node] / 2 ? widest : HOLDERS_NOWHERE;
}

/* Whether it is among those that are behind the object: of a list all. */
static bool
is_next(const struct holders *h, const struct finding *f, uint32_t at, uint32_t node)
{
	const struct holders_step *next = &h->steps[h->most.next], *step;

	if (at == HEAPSNAP_NONE || f->shape_of[at] == 0)
		return false;
	step = &h->steps[f->shape_of[at] - 1];
	return of_one_class(step, next) && (step->again > 0 || before(f, at) == node);
}

static void
count_next(struct holders *h, const struct finding *f, uint32_t node)
{
	uint64_t seen = 0, estimate = 0;

	for (uint32_t i = 0; i < f->tree->n; i++)
		seen += is_next(h, f, i, node);
	for (size_t i = 0; i < f->t->n; i++) {
		const struct heapsnap_target *t = &f->t->targets[i];

		if (is_next(h, f, heapsnap_tree_place(f->tree, t->ordinal), node))
			estimate += heapsnap_stands_for(f->t, t);
	}
	h->most.next_count = estimate > seen ? estimate : seen;
	h->most.at_least = h->sampled && estimate == 0;
}

void
holders_find_most(struct holders *h, struct heapsnap *s, const struct heapsnap_tree *tree,
		  const struct heapsnap_targets *t, const uint32_t *shape_of)
{
	struct finding f = {.s = s, .tree = tree, .t = t, .shape_of = shape_of};
	struct holders_most *most = &h->most;
	uint32_t node = 0;

	*most = (struct holders_most){.next = HOLDERS_NOWHERE, .total = h->apart_bytes};
	for (size_t i = 0; i < h->n_groups; i++)
		most->total += h->groups[i].bytes;
	if (most->total >= 2 * LEAST_BYTES && make_room(&f, h->n_steps))
		node = sum_up(&f, most->total / 2);
	if (node != 0)
		node = head_of(&f, h, node);
	/* What hangs on V8's own roots hangs on nothing of the program's. */
	if (node != 0 && tree->steps[node].node_type != HEAPSNAP_SYNTHETIC) {
		most->shape = shape_of[node] - 1;
		most->bytes = f.bytes[node];
		most->next = next_of(&f, node, h);
		if (most->next != HOLDERS_NOWHERE)
			count_next(h, &f, node);
	}
	heapsnap_drop(s, &f.bytes, &f.bytes_room, sizeof(*f.bytes));
	heapsnap_drop(s, &f.open, &f.open_room, sizeof(*f.open));
	heapsnap_drop(s, &f.todo, &f.todo_room, sizeof(*f.todo));
	heapsnap_drop(s, &f.seen, &f.seen_room, sizeof(*f.seen));
}
