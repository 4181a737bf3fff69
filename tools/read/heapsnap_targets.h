/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects of a snapshot whose holders are asked for: memory outside of V8's heap, large objects, and the most
 * numerous kinds of objects.
 */
#ifndef TOOLS_HEAPSNAP_TARGETS_H
#define TOOLS_HEAPSNAP_TARGETS_H

#include "tools/read/heapsnap_graph.h"

#define HEAPSNAP_TARGETS_MOST (1u << 20)
#define HEAPSNAP_LARGE	      (64u << 10)
#define HEAPSNAP_CLASSES      5

/* X(id, name) */
#define HEAPSNAP_TARGETS(X)                                                              \
	X(BUFFER, "ArrayBuffer")                                                         \
	X(STRING, "external string")                                                     \
	X(NATIVE, "native object")                                                       \
	X(LARGE, "large object")                                                         \
	X(CLASS, "object")

enum heapsnap_target_kind {
#define X(id, name) HEAPSNAP_TARGET_##id,
	HEAPSNAP_TARGETS(X)
#undef X
		HEAPSNAP_N_TARGETS
};

struct heapsnap_target {
	uint32_t ordinal;
	uint8_t kind;
	uint8_t class; /* of kind CLASS: which */
	uint64_t size; /* of an external string 0 where the snapshot does not tell it */
};

struct heapsnap_class {
	uint32_t name; /* of its objects; of strings and functions HEAPSNAP_NONE */
	enum heapsnap_node_type type;
	uint64_t count, bytes;
	uint64_t step; /* one of so many is looked at, at random */
};

struct heapsnap_targets {
	struct heapsnap_target *targets; /* in the order of the nodes */
	size_t n, room;
	uint64_t count[HEAPSNAP_N_TARGETS],
		bytes[HEAPSNAP_N_TARGETS]; /* of all there are */
	uint64_t least; /* buffers below this size are too many to be looked at */
	uint64_t left_out, left_out_bytes; /* those */
	struct heapsnap_class classes[HEAPSNAP_CLASSES];
	unsigned n_classes;
	uint64_t heap_bytes; /* of all nodes but native ones */
};

/* The numbers: what there is. Before the graph is made, for it takes memory of its own meanwhile. */
int heapsnap_survey(struct heapsnap_targets *t, struct heapsnap *s);

/* How many objects it stands for. */
static inline uint64_t
heapsnap_stands_for(const struct heapsnap_targets *t,
		    const struct heapsnap_target *target)
{
	return target->kind == HEAPSNAP_TARGET_CLASS ? t->classes[target->class].step : 1;
}

/* Then the objects. */
int heapsnap_choose(struct heapsnap_targets *t, struct heapsnap *s,
		    const struct heapsnap_graph *g);
void heapsnap_targets_free(struct heapsnap_targets *t, struct heapsnap *s);

#endif
