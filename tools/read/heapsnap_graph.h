/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who refers to whom in a snapshot, and nothing else: for each node the targets of what it holds, as differences of
 * a few bits, three bytes an edge. 4 GB of snapshot are 600 MB of it.
 */
#ifndef TOOLS_HEAPSNAP_GRAPH_H
#define TOOLS_HEAPSNAP_GRAPH_H

#include "tools/read/heapsnap.h"

#define HEAPSNAP_GRAPH_STEP 16 /* nodes behind one entry of the index */

struct heapsnap_graph {
	uint8_t *bytes; /* of each node the number of its edges, then differences */
	size_t n, room;
	uint64_t *index; /* where each HEAPSNAP_GRAPH_STEPth node begins */
	size_t index_room;
	uint64_t *synthetic; /* bit: a node of V8's own making, no object */
	size_t synthetic_room;
	uint64_t *external; /* bit: a string whose text is outside of the heap */
	size_t external_room;
	uint32_t n_nodes;
};

int heapsnap_graph_make(struct heapsnap_graph *g, struct heapsnap *s);
void heapsnap_graph_free_edges(struct heapsnap_graph *g, struct heapsnap *s);
void heapsnap_graph_free(struct heapsnap_graph *g, struct heapsnap *s);

static inline uint64_t
heapsnap_graph_take(const uint8_t **p)
{
	uint64_t v = *(*p)++;

	if (v < 0x80)
		return v;
	v &= 0x7f;
	for (unsigned shift = 7;; shift += 7) {
		uint64_t b = *(*p)++;

		v |= (b & 0x7f) << shift;
		if (b < 0x80)
			return v;
	}
}

/* What heapsnap_graph_next takes from: at the edges of the node. */
struct heapsnap_graph_edges {
	const uint8_t *p;
	uint64_t left;
	uint32_t last;
};

static inline struct heapsnap_graph_edges
heapsnap_graph_edges(const struct heapsnap_graph *g, uint32_t node)
{
	const uint8_t *p = g->bytes + g->index[node / HEAPSNAP_GRAPH_STEP];
	struct heapsnap_graph_edges e;

	for (uint32_t skip = node % HEAPSNAP_GRAPH_STEP; skip > 0; skip--)
		for (uint64_t n = heapsnap_graph_take(&p); n > 0; n--)
			while (*p++ >= 0x80)
				;
	e.left = heapsnap_graph_take(&p);
	e.last = node;
	e.p = p;
	return e;
}

static inline bool
heapsnap_graph_next(struct heapsnap_graph_edges *e, uint32_t *to)
{
	uint64_t v;

	if (e->left == 0)
		return false;
	e->left--;
	v = heapsnap_graph_take(&e->p);
	e->last += (uint32_t)(v >> 1) ^ (uint32_t)(0 - (v & 1));
	*to = e->last;
	return true;
}

#endif
