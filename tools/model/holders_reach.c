/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A breadth-first search over what each node holds. The queue is in pieces that go as soon as they are worked off:
 * it is as long as the widest front, not as the heap.
 */
#include "tools/model/holders_reach.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 16384

struct piece {
	struct piece *next;
	uint32_t nodes[PIECE];
};

struct queue {
	struct heapsnap *s;
	struct piece *first, *last, *spare;
	size_t head, tail; /* in the first piece, in the last */
};

static struct piece *
new_piece(struct heapsnap *s)
{
	struct piece *p = s->most - s->used >= sizeof(*p) ? malloc(sizeof(*p)) : NULL;

	s->used += p != NULL ? sizeof(*p) : 0;
	return p;
}

static void
free_piece(struct heapsnap *s, struct piece *p)
{
	s->used -= p != NULL ? sizeof(*p) : 0;
	free(p);
}

static int
push(struct queue *q, uint32_t node)
{
	if (q->last == NULL || q->tail == PIECE) {
		struct piece *p = q->spare != NULL ? q->spare : new_piece(q->s);

		q->spare = NULL;
		if (p == NULL)
			return heapsnap_fail(q->s, -ENOMEM,
					     "it takes more than %zu MB of memory; "
					     "--memory=SIZE allows more",
					     q->s->most >> 20);
		p->next = NULL;
		if (q->last != NULL)
			q->last->next = p;
		else
			q->first = p;
		q->last = p;
		q->tail = 0;
	}
	q->last->nodes[q->tail++] = node;
	return 0;
}

static bool
pull(struct queue *q, uint32_t *node)
{
	struct piece *p = q->first;

	if (p == NULL || (p == q->last && q->head == q->tail))
		return false;
	if (q->head == PIECE) {
		q->first = p->next;
		q->head = 0;
		if (q->spare == NULL)
			q->spare = p;
		else
			free_piece(q->s, p);
		return pull(q, node);
	}
	*node = p->nodes[q->head++];
	return true;
}

static int
search(struct queue *q, const struct heapsnap_graph *g, uint32_t *before)
{
	uint32_t node, to;
	int rc = 0;

	while (rc == 0 && pull(q, &node)) {
		struct heapsnap_graph_edges e = heapsnap_graph_edges(g, node);

		while (rc == 0 && heapsnap_graph_next(&e, &to)) {
			if (before[to] != HEAPSNAP_NONE)
				continue;
			before[to] = node;
			rc = push(q, to);
		}
	}
	return rc;
}

int
holders_reach(struct heapsnap *s, const struct heapsnap_graph *g, uint32_t **before,
	      size_t *room)
{
	struct heapsnap_graph_edges roots = heapsnap_graph_edges(g, 0);
	struct queue q = {.s = s};
	uint32_t to;
	int rc = heapsnap_room(s, before, room, g->n_nodes, sizeof(**before));

	if (rc != 0)
		return rc;
	memset(*before, 0xff, (size_t)g->n_nodes * sizeof(**before));
	(*before)[0] = 0;
	while (rc == 0 && heapsnap_graph_next(&roots, &to)) {
		if (heapsnap_bit(g->synthetic, to) || (*before)[to] != HEAPSNAP_NONE)
			continue;
		(*before)[to] = 0;
		rc = push(&q, to);
	}
	if (rc == 0)
		rc = search(&q, g, *before);
	if (rc == 0)
		rc = push(&q, 0);
	if (rc == 0)
		rc = search(&q, g, *before);
	while (q.first != NULL) {
		struct piece *next = q.first->next;

		free_piece(s, q.first);
		q.first = next;
	}
	free_piece(s, q.spare);
	return rc;
}
