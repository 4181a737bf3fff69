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
#define CLASS_MOST  100000 /* objects of a class that are looked at */
#define N_SPECIAL   3	   /* classes that go by their type */
#define HEAD_BYTES  64	   /* a string's own part on the heap, at most */

struct tally {
	uint64_t bytes;
	uint64_t count;
};

struct survey {
	struct heapsnap_targets *t;
	struct heapsnap *s;
	struct tally *classes; /* by name, then the special ones */
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

static enum heapsnap_node_type
special_type(uint32_t i)
{
	return i == 0 ? HEAPSNAP_STRING : i == 1 ? HEAPSNAP_CONS : HEAPSNAP_CLOSURE;
}

/* Its place in the tallies, or HEAPSNAP_NONE. */
static uint32_t
class_of(const struct heapsnap *s, const struct heapsnap_node *n)
{
	if (n->type == HEAPSNAP_OBJECT)
		return n->name;
	for (uint32_t i = 0; i < N_SPECIAL; i++)
		if (n->type == special_type(i))
			return s->n_strings + i;
	return HEAPSNAP_NONE;
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
	for (uint32_t i = 0; i < v->s->n_strings + N_SPECIAL; i++) {
		bool named = i < v->s->n_strings;
		struct heapsnap_class c = {
			.name = named ? i : HEAPSNAP_NONE,
			.type = named ? HEAPSNAP_OBJECT
				      : special_type(i - v->s->n_strings),
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
	size_t room = 0, n = (size_t)s->n_strings + N_SPECIAL;
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
	uint64_t seen[HEAPSNAP_CLASSES];
};

static bool
is_of_class(const struct heapsnap_node *n, const struct heapsnap_class *c)
{
	return n->type == c->type && (c->name == HEAPSNAP_NONE || n->name == c->name);
}

/* Whether one of a class is among those that are looked at. */
static bool
is_sampled(struct choice *c, const struct heapsnap_node *n)
{
	for (unsigned i = 0; i < c->t->n_classes; i++)
		if (is_of_class(n, &c->t->classes[i]))
			return c->seen[i]++ % c->t->classes[i].step == 0;
	return false;
}

static enum heapsnap_target_kind
kind_of(struct choice *c, const struct heapsnap_node *n)
{
	bool sampled = is_sampled(c, n);

	if (is_buffer(c->s, n))
		return HEAPSNAP_TARGET_BUFFER;
	if (n->type == HEAPSNAP_NATIVE)
		return n->size >= HEAPSNAP_LARGE ? HEAPSNAP_TARGET_NATIVE
						 : HEAPSNAP_N_TARGETS;
	if (n->type == HEAPSNAP_STRING && heapsnap_bit(c->g->external, n->ordinal))
		return HEAPSNAP_TARGET_STRING;
	if (n->type == HEAPSNAP_SYNTHETIC || n->ordinal == 0)
		return HEAPSNAP_N_TARGETS;
	return n->size >= HEAPSNAP_LARGE ? HEAPSNAP_TARGET_LARGE
	       : sampled		 ? HEAPSNAP_TARGET_CLASS
					 : HEAPSNAP_N_TARGETS;
}

static int
choose_node(void *context, const struct heapsnap_node *n)
{
	struct choice *c = context;
	struct heapsnap_targets *t = c->t;
	enum heapsnap_target_kind kind = kind_of(c, n);
	struct heapsnap_target target = {n->ordinal, (uint8_t)kind, n->size};
	int rc;

	if (kind == HEAPSNAP_N_TARGETS)
		return 0;
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
