/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the graph of a snapshot in one pass. What is written here is all that is read back: no byte of the file
 * itself gets into it.
 */
#include "tools/read/heapsnap_graph.h"

#include <stdlib.h>
#include <string.h>

struct build {
	struct heapsnap *s;
	struct heapsnap_graph *g;
	uint32_t *targets; /* of the node at hand, until their number is known */
	size_t n, room;
	uint32_t node; /* the one they are of */
};

static uint8_t *
put(uint8_t *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (uint8_t)(v | 0x80);
	*p++ = (uint8_t)v;
	return p;
}

/* Ends the node at hand. */
static int
flush(struct build *b)
{
	struct heapsnap_graph *g = b->g;
	uint32_t last = b->node;
	int rc = heapsnap_room(b->s, &g->bytes, &g->room, g->n + 5 * (b->n + 2), 1);
	uint8_t *p;

	if (rc != 0)
		return rc;
	if (b->node % HEAPSNAP_GRAPH_STEP == 0)
		g->index[b->node / HEAPSNAP_GRAPH_STEP] = g->n;
	p = put(g->bytes + g->n, b->n);
	for (size_t i = 0; i < b->n; i++) {
		uint32_t d = b->targets[i] - last;

		p = put(p, (uint64_t)(uint32_t)(d << 1 ^ (0 - (d >> 31))));
		last = b->targets[i];
	}
	g->n = (size_t)(p - g->bytes);
	b->n = 0;
	return 0;
}

static int
on_node(void *context, const struct heapsnap_node *n)
{
	struct build *b = context;
	int rc = n->ordinal > 0 ? flush(b) : 0;

	b->node = n->ordinal;
	if (n->type == HEAPSNAP_SYNTHETIC)
		heapsnap_set_bit(b->g->synthetic, n->ordinal);
	return rc;
}

static int
on_edge(void *context, const struct heapsnap_node *from, const struct heapsnap_edge *e)
{
	struct build *b = context;
	int rc;

	if (from->type == HEAPSNAP_SYNTHETIC &&
	    from->name == b->s->known[HEAPSNAP_KNOWN_EXTERNAL_STRINGS])
		heapsnap_set_bit(b->g->external, e->to);
	if (!e->holds)
		return 0;
	rc = heapsnap_room(b->s, &b->targets, &b->room, b->n + 1, sizeof(*b->targets));
	if (rc == 0)
		b->targets[b->n++] = e->to;
	return rc;
}

int
heapsnap_graph_make(struct heapsnap_graph *g, struct heapsnap *s)
{
	size_t words = s->n_nodes / 64 + 1;
	size_t steps = s->n_nodes / HEAPSNAP_GRAPH_STEP + 1;
	struct build b = {.s = s, .g = g};
	int rc;

	*g = (struct heapsnap_graph){.n_nodes = s->n_nodes};
	rc = heapsnap_room(s, &g->index, &g->index_room, steps, sizeof(*g->index));
	if (rc == 0)
		rc = heapsnap_room(s, &g->synthetic, &g->synthetic_room, words,
				   sizeof(*g->synthetic));
	if (rc == 0)
		rc = heapsnap_room(s, &g->external, &g->external_room, words,
				   sizeof(*g->external));
	if (rc == 0) {
		memset(g->synthetic, 0, words * sizeof(*g->synthetic));
		memset(g->external, 0, words * sizeof(*g->external));
		rc = heapsnap_each(s, on_node, on_edge, &b);
	}
	if (rc == 0)
		rc = flush(&b);
	heapsnap_drop(s, &b.targets, &b.room, sizeof(*b.targets));
	return rc;
}

void
heapsnap_graph_free_edges(struct heapsnap_graph *g, struct heapsnap *s)
{
	heapsnap_drop(s, &g->bytes, &g->room, 1);
	heapsnap_drop(s, &g->index, &g->index_room, sizeof(*g->index));
}

void
heapsnap_graph_free(struct heapsnap_graph *g, struct heapsnap *s)
{
	heapsnap_graph_free_edges(g, s);
	heapsnap_drop(s, &g->synthetic, &g->synthetic_room, sizeof(*g->synthetic));
	heapsnap_drop(s, &g->external, &g->external_room, sizeof(*g->external));
}
