/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways to some objects of a snapshot, put together: a tree of the nodes on them, with what each is and by what
 * the one before it refers to it.
 */
#ifndef TOOLS_HEAPSNAP_TREE_H
#define TOOLS_HEAPSNAP_TREE_H

#include "tools/read/heapsnap_targets.h"

struct heapsnap_step {
	uint32_t before;  /* place of the node before it; the root has itself */
	uint32_t ordinal; /* of the node */
	uint32_t edge_name, node_name;
	uint32_t id;
	uint32_t views; /* typed arrays and Buffers that are views of it */
	uint8_t edge_type, node_type;
};

struct heapsnap_tree {
	struct heapsnap_step *steps; /* in the order of the nodes; the root is 0 */
	size_t n, room;
	uint64_t *marked; /* bit: the node is in the tree */
	uint32_t *rank;	  /* nodes marked before each word */
	size_t marked_room, rank_room;
};

/* `before` as holders_reach has it. 0 or an error, as the passes. */
int heapsnap_tree_make(struct heapsnap_tree *tree, struct heapsnap *s,
		       const struct heapsnap_targets *t, const uint32_t *before);
void heapsnap_tree_free(struct heapsnap_tree *tree, struct heapsnap *s);

static inline uint32_t
heapsnap_tree_ones(uint64_t x)
{
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (uint32_t)(x * UINT64_C(0x0101010101010101) >> 56);
}

/* The place of a node, or HEAPSNAP_NONE: nothing leads to it. */
static inline uint32_t
heapsnap_tree_place(const struct heapsnap_tree *t, uint32_t ordinal)
{
	uint64_t below = (UINT64_C(1) << ordinal % 64) - 1;

	if (!heapsnap_bit(t->marked, ordinal))
		return HEAPSNAP_NONE;
	return t->rank[ordinal / 64] +
	       heapsnap_tree_ones(t->marked[ordinal / 64] & below);
}

/* The texts of `n` strings, by ascending index; each to be freed. */
int heapsnap_names(struct heapsnap *s, const uint32_t *index, size_t n, char **texts);

#endif
