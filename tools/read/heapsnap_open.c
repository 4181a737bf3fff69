/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a snapshot says of itself, and where in the file its arrays are: arrays of numbers have no quote in them, so
 * the next key is the next quote.
 */
#include "tools/read/heapsnap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/read/heapsnap_cursor.h"

#define HEAD	   (64u << 10)
#define MAX_FIELDS 32

static const char *const node_types[] = {
#define X(id, name) name,
	HEAPSNAP_NODE_TYPES(X)
#undef X
};

static const char *const edge_types[] = {
#define X(id, name) name,
	HEAPSNAP_EDGE_TYPES(X)
#undef X
};

/* Behind `"key":` in the head, or NULL. */
static const char *
value_of(const char *head, const char *key)
{
	char quoted[64];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\"", key);
	at = strstr(head, quoted);
	if (at == NULL)
		return NULL;
	at += strlen(quoted);
	at += strspn(at, " \t\r\n");
	return *at == ':' ? at + 1 + strspn(at + 1, " \t\r\n") : NULL;
}

/* The strings of an array, up to its end or what is none; each in place, not terminated. */
struct words {
	const char *word[MAX_FIELDS];
	size_t len[MAX_FIELDS];
	uint32_t n;
};

static bool
words_of(const char *at, struct words *w)
{
	w->n = 0;
	if (at == NULL || *at++ != '[')
		return false;
	for (;;) {
		at += strspn(at, " \t\r\n,");
		if (*at != '"')
			return *at == ']' || w->n > 0;
		const char *end = strchr(++at, '"');
		if (end == NULL || w->n == MAX_FIELDS)
			return false;
		w->word[w->n] = at;
		w->len[w->n++] = (size_t)(end - at);
		at = end + 1;
	}
}

static bool
is_word(const struct words *w, uint32_t i, const char *text)
{
	return strlen(text) == w->len[i] && memcmp(w->word[i], text, w->len[i]) == 0;
}

static bool
place_of(const struct words *w, const char *name, uint32_t *place)
{
	for (*place = 0; *place < w->n; ++*place)
		if (is_word(w, *place, name))
			return true;
	return false;
}

/* The types are the first element of their array, an array of its own. */
static bool
types_of(const char *at, const char *const *ours, uint8_t n_ours, uint8_t *map, size_t n)
{
	struct words w;

	if (at == NULL || *at != '[' || !words_of(at + 1 + strspn(at + 1, " \t\r\n"), &w))
		return false;
	memset(map, n_ours, n);
	for (uint32_t i = 0; i < w.n && i < n; i++)
		for (uint8_t k = 0; k < n_ours; k++)
			if (is_word(&w, i, ours[k]))
				map[i] = k;
	return true;
}

static bool
fields_of(struct heapsnap *s, const char *head)
{
	struct words node, edge;

	if (!words_of(value_of(head, "node_fields"), &node) ||
	    !words_of(value_of(head, "edge_fields"), &edge))
		return false;
	s->n_node_fields = node.n;
	s->n_edge_fields = edge.n;
	return place_of(&node, "type", &s->type_at) &&
	       place_of(&node, "name", &s->name_at) && place_of(&node, "id", &s->id_at) &&
	       place_of(&node, "self_size", &s->size_at) &&
	       place_of(&node, "edge_count", &s->count_at) &&
	       place_of(&edge, "type", &s->edge_type_at) &&
	       place_of(&edge, "name_or_index", &s->edge_name_at) &&
	       place_of(&edge, "to_node", &s->edge_to_at) &&
	       types_of(value_of(head, "node_types"), node_types, HEAPSNAP_N_NODE_TYPES,
			s->node_types, sizeof(s->node_types)) &&
	       types_of(value_of(head, "edge_types"), edge_types, HEAPSNAP_N_EDGE_TYPES,
			s->edge_types, sizeof(s->edge_types));
}

static int
read_head(struct heapsnap *s)
{
	char *head = malloc(HEAD + 1);
	const char *nodes, *edges;
	ssize_t n = head != NULL ? pread(s->fd, head, HEAD, 0) : 0;
	int rc = 0;

	if (head == NULL || n < 0) {
		rc = heapsnap_fail(s, head == NULL ? -ENOMEM : -errno, "%s",
				   head == NULL ? "out of memory" : strerror(errno));
		free(head);
		return rc;
	}
	head[n] = '\0';
	if (strlen(head) != (size_t)n || head[strspn(head, " \t\r\n")] != '{' ||
	    value_of(head, "snapshot") == NULL || value_of(head, "meta") == NULL)
		rc = heapsnap_fail(
			s, -EINVAL,
			"it is no heap snapshot of V8's (JSON that begins with "
			"\"snapshot\")");
	else if (!fields_of(s, head))
		rc = heapsnap_fail(
			s, -EINVAL,
			"its description of nodes and edges lacks what weir needs: a "
			"snapshot of a V8 that is not known, or damaged");
	nodes = value_of(head, "node_count");
	edges = value_of(head, "edge_count");
	/* "edge_count" is also a field's name; that one has no colon behind it. */
	for (const char *at = head;
	     rc == 0 && edges == NULL && (at = strstr(at, "\"edge_count\"")) != NULL;
	     at++)
		edges = value_of(at, "edge_count");
	if (rc == 0 && (nodes == NULL || edges == NULL))
		rc = heapsnap_fail(s, -EINVAL, "it does not say how many nodes it has");
	if (rc == 0) {
		uint64_t count = strtoull(nodes, NULL, 10);

		s->n_edges = strtoull(edges, NULL, 10);
		s->n_nodes = count < HEAPSNAP_NONE ? (uint32_t)count : 0;
		if (s->n_nodes == 0)
			rc = heapsnap_fail(s, -EINVAL,
					   "it says that it has %" PRIu64 " nodes",
					   count);
	}
	free(head);
	return rc;
}

/* Moves on to behind the next `byte`; false at the end of the file. */
static bool
seek(struct heapsnap_cursor *c, char byte)
{
	const unsigned char *at;

	for (;;) {
		at = memchr(c->p, byte, (size_t)(c->lim - c->p));
		if (at != NULL) {
			c->p = at + 1;
			return true;
		}
		c->p = c->lim;
		if (!heapsnap_cursor_more(c))
			return false;
	}
}

/* The key that begins here, and its array after it. */
static bool
next_key(struct heapsnap_cursor *c, char key[32])
{
	size_t n = 0;

	for (;;) {
		if (c->p == c->lim && !heapsnap_cursor_more(c))
			return false;
		if (*c->p == '"')
			break;
		if (n < 31)
			key[n++] = (char)*c->p;
		c->p++;
	}
	key[n] = '\0';
	c->p++;
	return seek(c, '[');
}

static struct heapsnap_section *
section_named(struct heapsnap *s, const char *key)
{
	return strcmp(key, "nodes") == 0     ? &s->nodes
	       : strcmp(key, "edges") == 0   ? &s->edges
	       : strcmp(key, "strings") == 0 ? &s->strings
					     : NULL;
}

/* Behind the object "snapshot", whose braces are counted, strings left out. */
static bool
skip_snapshot(struct heapsnap_cursor *c)
{
	int depth = 0;

	if (!seek(c, '{') || !seek(c, '{'))
		return false;
	for (depth = 1; depth > 0; c->p++) {
		if (c->p == c->lim && !heapsnap_cursor_more(c))
			return false;
		depth += (*c->p == '{') - (*c->p == '}');
	}
	return true;
}

static int
find_sections(struct heapsnap *s)
{
	struct heapsnap_section all = {0, s->size};
	struct heapsnap_section *last = NULL, *now;
	struct heapsnap_cursor c;
	char key[32];
	bool more;

	if (heapsnap_cursor_begin(&c, s->fd, all) == 0 && skip_snapshot(&c)) {
		while ((more = seek(&c, '"'))) {
			if (last != NULL)
				last->end = heapsnap_cursor_tell(&c) - 1;
			last = NULL;
			if (!next_key(&c, key))
				break;
			now = section_named(s, key);
			if (now == NULL)
				continue;
			*now = (struct heapsnap_section){heapsnap_cursor_tell(&c),
							 s->size};
			if (now == &s->strings)
				break;
			last = now;
		}
	}
	int error = c.error;
	heapsnap_cursor_end(&c);
	if (error != 0)
		return heapsnap_fail(s, error, "%s", strerror(-error));
	if (s->nodes.end == 0 || s->edges.end == 0 || s->strings.end == 0)
		return heapsnap_fail(s, -EBADMSG,
				     "it is cut or damaged: its %s are not there; was it "
				     "still being written?",
				     s->nodes.end == 0	 ? "nodes"
				     : s->edges.end == 0 ? "edges"
							 : "strings");
	return 0;
}

int
heapsnap_open(struct heapsnap *s, int fd, size_t most)
{
	struct stat st;
	int rc;

	*s = (struct heapsnap){.fd = fd, .most = most};
	if (fstat(fd, &st) != 0)
		return heapsnap_fail(s, -errno, "%s", strerror(errno));
	s->size = (uint64_t)st.st_size;
	rc = read_head(s);
	if (rc == 0)
		rc = find_sections(s);
	/* A number and what is between two takes two bytes at least. */
	if (rc == 0 &&
	    (s->n_nodes > (s->nodes.end - s->nodes.begin) / 2 / s->n_node_fields + 1 ||
	     s->n_edges > (s->edges.end - s->edges.begin) / 2 / s->n_edge_fields + 1))
		rc = heapsnap_fail(s, -EBADMSG,
				   "it is cut or damaged: it has less than the %" PRIu32
				   " nodes and %" PRIu64 " edges that it speaks of",
				   s->n_nodes, s->n_edges);
	return rc;
}

void
heapsnap_close(struct heapsnap *s)
{
	heapsnap_drop(s, &s->numeric, &s->numeric_room, sizeof(*s->numeric));
	heapsnap_drop(s, &s->pairs, &s->pairs_room, sizeof(*s->pairs));
}
