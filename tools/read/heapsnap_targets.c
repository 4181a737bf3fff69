/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two passes over the nodes: one counts, so that the other knows which are worth it and need not keep more than so
 * many.
 */
#include "tools/read/heapsnap_targets.h"

#include <stdlib.h>
#include <string.h>

#define CLASS_COUNT 1000
#define CLASS_BYTES (1u << 20)
#define CLASS_MOST  60000 /* objects of a class that are looked at */
#define HEAD_BYTES  64	  /* a string's own part on the heap, at most */

struct tally {
	uint64_t bytes;
	uint64_t count;
};

struct survey {
	struct heapsnap_targets *t;
	struct heapsnap *s;
	struct tally *classes; /* of objects by name, then of all else by type */
	uint64_t by_size[64];  /* buffers by the bits of their size */
	uint64_t bytes_by_size[64];
};

static bool
is_buffer(const struct heapsnap *s, const struct heapsnap_node *n)
{
	return n->type == HEAPSNAP_NATIVE &&
	       n->name == s->known[HEAPSNAP_KNOWN_BUFFER_DATA];
}

static unsigned
bits(uint64_t size)
{
	return size == 0 ? 0 : 63 - (unsigned)__builtin_clzll(size);
}

/* But for V8's own, which lie all over the heap, each at a way of its own. */
static bool
has_class(enum heapsnap_node_type type)
{
	return type < HEAPSNAP_N_NODE_TYPES && type != HEAPSNAP_SYNTHETIC &&
	       type != HEAPSNAP_HIDDEN && type != HEAPSNAP_CODE && type != HEAPSNAP_SHAPE;
}

/* Its place in the tallies, or HEAPSNAP_NONE. */
static uint32_t
class_of(const struct heapsnap *s, const struct heapsnap_node *n)
{
	if (n->type == HEAPSNAP_OBJECT)
		return n->name;
	return has_class(n->type) && !is_buffer(s, n) ? s->n_strings + (uint32_t)n->type
						      : HEAPSNAP_NONE;
}

static int
count_node(void *context, const struct heapsnap_node *n)
{
	struct survey *v = context;
	uint32_t at = class_of(v->s, n);

	if (at != HEAPSNAP_NONE) {
		v->classes[at].count++;
		v->classes[at].bytes += n->size;
	}
	if (is_buffer(v->s, n)) {
		v->by_size[bits(n->size)]++;
		v->bytes_by_size[bits(n->size)] += n->size;
	}
	if (n->type != HEAPSNAP_NATIVE)
		v->t->heap_bytes += n->size;
	return 0;
}

/* Keeps the largest, in order. */
static void
offer_class(struct heapsnap_targets *t, const struct heapsnap_class *c)
{
	unsigned at = t->n_classes;

	while (at > 0 && t->classes[at - 1].bytes < c->bytes)
		at--;
	if (at == HEAPSNAP_CLASSES)
		return;
	if (t->n_classes < HEAPSNAP_CLASSES)
		t->n_classes++;
	memmove(&t->classes[at + 1], &t->classes[at],
		(t->n_classes - 1 - at) * sizeof(*c));
	t->classes[at] = *c;
}

static void
pick_classes(struct survey *v)
{
	for (uint32_t i = 0; i < v->s->n_strings + HEAPSNAP_N_NODE_TYPES; i++) {
		bool named = i < v->s->n_strings;
		struct heapsnap_class c = {
			.name = named ? i : HEAPSNAP_NONE,
			.type = named ? HEAPSNAP_OBJECT
				      : (enum heapsnap_node_type)(i - v->s->n_strings),
			.count = v->classes[i].count,
			.bytes = v->classes[i].bytes,
			.step = v->classes[i].count / CLASS_MOST + 1,
		};

		if (c.count >= CLASS_COUNT && c.bytes >= CLASS_BYTES)
			offer_class(v->t, &c);
	}
}

static void
pick_least(struct survey *v)
{
	uint64_t n = 0;

	for (unsigned i = 64; i-- > 0;) {
		n += v->by_size[i];
		if (n > HEAPSNAP_TARGETS_MOST) {
			if (v->t->least == 0)
				v->t->least = i < 63 ? UINT64_C(2) << i : UINT64_MAX;
			v->t->left_out += v->by_size[i];
			v->t->left_out_bytes += v->bytes_by_size[i];
		}
	}
}

int
heapsnap_survey(struct heapsnap_targets *t, struct heapsnap *s)
{
	struct survey v = {.t = t, .s = s};
	size_t room = 0, n = (size_t)s->n_strings + HEAPSNAP_N_NODE_TYPES;
	int rc = heapsnap_room(s, &v.classes, &room, n, sizeof(*v.classes));

	*t = (struct heapsnap_targets){0};
	if (rc == 0) {
		memset(v.classes, 0, n * sizeof(*v.classes));
		rc = heapsnap_each(s, count_node, NULL, &v);
	}
	if (rc == 0) {
		pick_classes(&v);
		pick_least(&v);
	}
	heapsnap_drop(s, &v.classes, &room, sizeof(*v.classes));
	return rc;
}

struct choice {
	struct heapsnap_targets *t;
	struct heapsnap *s;
	const struct heapsnap_graph *g;
};

static bool
is_of_class(const struct heapsnap_node *n, const struct heapsnap_class *c)
{
	return n->type == c->type && (c->name == HEAPSNAP_NONE || n->name == c->name);
}

/* One of so many, the same each time. Objects come in patterns: each n-th would miss some kinds. */
static bool
falls_to(uint32_t ordinal, uint64_t step)
{
	uint64_t h = (ordinal + 1) * UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ h >> 31) * UINT64_C(0xbf58476d1ce4e5b9);
	return (h ^ h >> 29) % step == 0;
}

/* Whether one of a class is among those that are looked at, and of which. */
static bool
is_sampled(const struct heapsnap_targets *t, const struct heapsnap_node *n,
	   uint8_t *class)
{
	for (uint8_t i = 0; i < t->n_classes; i++)
		if (is_of_class(n, &t->classes[i])) {
			*class = i;
			return falls_to(n->ordinal, t->classes[i].step);
		}
	return false;
}

static enum heapsnap_target_kind
kind_of(struct choice *c, const struct heapsnap_node *n, uint8_t *class)
{
	if (is_buffer(c->s, n))
		return HEAPSNAP_TARGET_BUFFER;
	if (n->type == HEAPSNAP_NATIVE)
		return n->size >= HEAPSNAP_LARGE    ? HEAPSNAP_TARGET_NATIVE
		       : is_sampled(c->t, n, class) ? HEAPSNAP_TARGET_CLASS
						    : HEAPSNAP_N_TARGETS;
	if (n->type == HEAPSNAP_STRING && heapsnap_bit(c->g->external, n->ordinal))
		return HEAPSNAP_TARGET_STRING;
	if (n->type == HEAPSNAP_SYNTHETIC || n->ordinal == 0)
		return HEAPSNAP_N_TARGETS;
	return n->size >= HEAPSNAP_LARGE    ? HEAPSNAP_TARGET_LARGE
	       : is_sampled(c->t, n, class) ? HEAPSNAP_TARGET_CLASS
					    : HEAPSNAP_N_TARGETS;
}

static int
choose_node(void *context, const struct heapsnap_node *n)
{
	struct choice *c = context;
	struct heapsnap_targets *t = c->t;
	struct heapsnap_target target = {.ordinal = n->ordinal, .size = n->size};
	enum heapsnap_target_kind kind = kind_of(c, n, &target.class);
	int rc;

	if (kind == HEAPSNAP_N_TARGETS)
		return 0;
	target.kind = (uint8_t)kind;
	if (kind == HEAPSNAP_TARGET_STRING)
		target.size = n->size > HEAD_BYTES ? n->size : 0;
	t->count[kind]++;
	t->bytes[kind] += target.size;
	if ((kind == HEAPSNAP_TARGET_BUFFER && n->size < t->least) ||
	    t->n >= 2 * HEAPSNAP_TARGETS_MOST)
		return 0;
	rc = heapsnap_room(c->s, &t->targets, &t->room, t->n + 1, sizeof(*t->targets));
	if (rc == 0)
		t->targets[t->n++] = target;
	return rc;
}

int
heapsnap_choose(struct heapsnap_targets *t, struct heapsnap *s,
		const struct heapsnap_graph *g)
{
	struct choice c = {.t = t, .s = s, .g = g};

	return heapsnap_each(s, choose_node, NULL, &c);
}

void
heapsnap_targets_free(struct heapsnap_targets *t, struct heapsnap *s)
{
	heapsnap_drop(s, &t->targets, &t->room, sizeof(*t->targets));
}
