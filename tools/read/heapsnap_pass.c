/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The passes over a snapshot: its strings; its nodes and edges, which lie in two places of the file in the same order
 * and are read side by side, so that an edge is known with the node it leaves.
 */
#include "tools/read/heapsnap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/read/heapsnap_cursor.h"

static const char *const known[] = {
#define X(id, text) text,
	HEAPSNAP_KNOWN(X)
#undef X
};

static int
fail_read(struct heapsnap *s, const char *what, int error)
{
	if (error == -EBADMSG || error == 0)
		return heapsnap_fail(
			s, -EBADMSG,
			"it is cut or damaged, in its %s; was it still being "
			"written?",
			what);
	return heapsnap_fail(s, error, "%s", strerror(-error));
}

int
heapsnap_strings(struct heapsnap *s, heapsnap_on_string *on_string, void *context)
{
	struct heapsnap_cursor c;
	char text[HEAPSNAP_NAME];
	uint64_t bytes;
	uint32_t n = 0;
	int rc = heapsnap_cursor_begin(&c, s->fd, s->strings);

	while (rc == 0 && n < HEAPSNAP_NONE && heapsnap_cursor_string(&c, text, &bytes))
		rc = on_string(context, n++, text);
	/* The array must have an end. */
	if (rc == 0 && (c.error != 0 || c.p == c.lim || *c.p != ']'))
		rc = fail_read(s, "strings", c.error);
	heapsnap_cursor_end(&c);
	return rc;
}

/*
 * "12 / part of key (Object @5) -> value (Buffer @7) pair in WeakMap (table @9)": the edges from key and table to
 * the value of a WeakMap have this name.
 */
static bool
is_pair_name(const char *text, uint64_t *table)
{
	static const char middle[] = " / part of key (",
			  last[] = " pair in WeakMap (table @";
	const char *at = text + strspn(text, "0123456789");
	char *end;

	if (at == text || strncmp(at, middle, sizeof(middle) - 1) != 0 ||
	    (at = strstr(at, last)) == NULL)
		return false;
	at += sizeof(last) - 1;
	*table = strtoull(at, &end, 10);
	return end != at && strcmp(end, ")") == 0;
}

static int
learn_string(void *context, uint32_t index, const char *text)
{
	struct heapsnap *s = context;
	uint64_t table;
	int rc;

	rc = heapsnap_room(s, &s->numeric, &s->numeric_room, index / 64 + 1,
			   sizeof(*s->numeric));
	if (rc != 0)
		return rc;
	if (index % 64 == 0)
		s->numeric[index / 64] = 0;
	s->n_strings = index + 1;
	if (text[0] >= '0' && text[0] <= '9') {
		if (text[strspn(text, "0123456789")] == '\0')
			heapsnap_set_bit(s->numeric, index);
		if (!is_pair_name(text, &table))
			return 0;
		rc = heapsnap_room(s, &s->pairs, &s->pairs_room, s->n_pairs + 1,
				   sizeof(*s->pairs));
		if (rc == 0)
			s->pairs[s->n_pairs++] = (struct heapsnap_pair){index, table};
		return rc;
	}
	for (unsigned i = 0; i < HEAPSNAP_N_KNOWN; i++)
		if (s->known[i] == HEAPSNAP_NONE && strcmp(text, known[i]) == 0)
			s->known[i] = index;
	return 0;
}

int
heapsnap_learn(struct heapsnap *s)
{
	int rc;

	for (unsigned i = 0; i < HEAPSNAP_N_KNOWN; i++)
		s->known[i] = HEAPSNAP_NONE;
	rc = heapsnap_strings(s, learn_string, s);
	return rc == 0 && s->n_strings == 0 ? fail_read(s, "strings", 0) : rc;
}

/*
 * Chrome's rules for what leads from a root to an object, but one: of a WeakMap's value it counts the way that is
 * longer, of key and table; the key is what somebody may let go of, so that is the way here.
 */
static bool
holds(const struct heapsnap *s, const struct heapsnap_node *n,
      enum heapsnap_edge_type type, uint64_t name)
{
	uint64_t table;

	if (type == HEAPSNAP_EDGE_WEAK ||
	    (n->type == HEAPSNAP_SYNTHETIC &&
	     n->name == s->known[HEAPSNAP_KNOWN_EXTERNAL_STRINGS]))
		return false; /* the list of all external strings keeps none */
	if (n->type == HEAPSNAP_ARRAY &&
	    n->name == s->known[HEAPSNAP_KNOWN_MAP_DESCRIPTORS])
		return name < 2 || name % 3 != 1;
	if (n->type == HEAPSNAP_HIDDEN &&
	    n->name == s->known[HEAPSNAP_KNOWN_NATIVE_CONTEXT] &&
	    name == s->known[HEAPSNAP_KNOWN_SLOPPY_MAP])
		return false;
	return type != HEAPSNAP_EDGE_INTERNAL || s->n_pairs == 0 ||
	       !heapsnap_is_pair(s, (uint32_t)name, &table) || table != n->id;
}

static bool
is_indexed(enum heapsnap_edge_type type)
{
	return type == HEAPSNAP_EDGE_ELEMENT || type == HEAPSNAP_EDGE_HIDDEN;
}

static bool
next_record(struct heapsnap_cursor *c, uint64_t *fields, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!heapsnap_cursor_number(c, &fields[i]))
			return false;
	return true;
}

static int
pass_edges(struct heapsnap *s, struct heapsnap_cursor *c, const struct heapsnap_node *n,
	   uint64_t count, heapsnap_on_edge *on_edge, void *context)
{
	uint64_t f[32];
	int rc = 0;

	for (uint64_t i = 0; i < count && rc == 0; i++) {
		if (!next_record(c, f, s->n_edge_fields))
			return fail_read(s, "edges", c->error);
		uint64_t type = f[s->edge_type_at], name = f[s->edge_name_at];
		uint64_t to = f[s->edge_to_at] / s->n_node_fields;
		struct heapsnap_edge e = {
			.type = type < sizeof(s->edge_types) ? s->edge_types[type]
							     : HEAPSNAP_N_EDGE_TYPES,
			.name = name < HEAPSNAP_NONE ? (uint32_t)name : HEAPSNAP_NONE - 1,
			.to = (uint32_t)to,
		};
		if (to >= s->n_nodes || f[s->edge_to_at] % s->n_node_fields != 0 ||
		    (!is_indexed(e.type) && name >= s->n_strings))
			return fail_read(s, "edges", 0);
		e.holds = holds(s, n, e.type, name);
		rc = on_edge(context, n, &e);
	}
	return rc;
}

static int
pass_nodes(struct heapsnap *s, struct heapsnap_cursor *nodes,
	   struct heapsnap_cursor *edges, heapsnap_on_node *on_node,
	   heapsnap_on_edge *on_edge, void *context)
{
	uint64_t f[32], seen = 0;
	int rc = 0;

	for (uint32_t i = 0; i < s->n_nodes && rc == 0; i++) {
		if (!next_record(nodes, f, s->n_node_fields))
			return fail_read(s, "nodes", nodes->error);
		uint64_t type = f[s->type_at], count = f[s->count_at];
		struct heapsnap_node n = {
			.ordinal = i,
			.name = (uint32_t)f[s->name_at],
			.type = type < sizeof(s->node_types) ? s->node_types[type]
							     : HEAPSNAP_N_NODE_TYPES,
			.id = f[s->id_at],
			.size = f[s->size_at],
		};
		if (f[s->name_at] >= s->n_strings || count > s->n_edges - seen)
			return fail_read(s, "nodes", 0);
		seen += count;
		if (on_node != NULL)
			rc = on_node(context, &n);
		if (on_edge != NULL && rc == 0)
			rc = pass_edges(s, edges, &n, count, on_edge, context);
	}
	if (rc == 0 && seen != s->n_edges)
		return fail_read(s, "nodes", 0);
	return rc;
}

int
heapsnap_each(struct heapsnap *s, heapsnap_on_node *on_node, heapsnap_on_edge *on_edge,
	      void *context)
{
	struct heapsnap_cursor nodes, edges;
	int rc = heapsnap_cursor_begin(&nodes, s->fd, s->nodes);
	int rc2 = heapsnap_cursor_begin(&edges, s->fd, s->edges);

	rc = rc != 0 ? rc : rc2;
	if (rc == 0)
		rc = pass_nodes(s, &nodes, &edges, on_node, on_edge, context);
	heapsnap_cursor_end(&nodes);
	heapsnap_cursor_end(&edges);
	return rc;
}
