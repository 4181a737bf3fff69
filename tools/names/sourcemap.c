/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source maps from JSON, and look-ups in them. Called by sourcemap_load.c and the fuzzer; opens
 * nothing, believes no index of a map.
 */
#include "tools/names/sourcemap.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "tools/text/tell.h"

#define MAX_SEGMENTS (8u << 20)
#define MAX_DEPTH    32

struct segment {
	uint32_t line, column;	     /* generated, from 0 */
	uint32_t source;	     /* UINT32_MAX: of no source */
	uint32_t to_line, to_column; /* from 0 */
};

struct sourcemap {
	char **sources;
	uint32_t n_sources;
	struct segment *segments; /* by line and column */
	size_t n_segments;
};

char *
sourcemap_resolve(const char *from, const char *to)
{
	const char *slash = strrchr(from, '/');
	size_t folder = slash != NULL ? (size_t)(slash - from) + 1 : 0;
	char *path, *out;

	if (strncmp(to, "file://", 7) == 0)
		to += 7;
	if (to[0] == '/' || strstr(to, "://") != NULL)
		folder = 0;
	path = malloc(folder + strlen(to) + 1);
	if (path == NULL)
		tell_no_memory();
	memcpy(path, from, folder);
	memcpy(path + folder, to, strlen(to) + 1);
	if (path[0] != '/')
		return path;
	/* A component at a time; out never overtakes p. */
	out = path;
	for (const char *p = path; *p != '\0';) {
		size_t n = 1 + strcspn(p + 1, "/");

		if (n == 3 && memcmp(p, "/..", 3) == 0) {
			while (out > path && *--out != '/')
				;
		} else if (n > 1 && !(n == 2 && p[1] == '.')) {
			memmove(out, p, n);
			out += n;
		}
		p += n;
	}
	*out = '\0';
	return path;
}

void
sourcemap_free(struct sourcemap *m)
{
	if (m == NULL)
		return;
	for (uint32_t i = 0; i < m->n_sources; i++)
		free(m->sources[i]);
	free(m->sources);
	free(m->segments);
	free(m);
}

bool
sourcemap_find(const struct sourcemap *m, uint32_t line, uint32_t column,
	       struct sourcemap_place *place)
{
	uint32_t at = line - 1, col = column > 0 ? column - 1 : UINT32_MAX;
	size_t low = 0, high = m->n_segments;
	const struct segment *s;

	if (line == 0)
		return false;
	/* The first segment of the line if the column is not known: the last one before it else. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		s = &m->segments[middle];
		if (s->line < at ||
		    (s->line == at && (column > 0 ? s->column <= col : false)))
			low = middle + 1;
		else
			high = middle;
	}
	if (column > 0) {
		if (low == 0)
			return false;
		low--;
	} else if (low == m->n_segments) {
		return false;
	}
	s = &m->segments[low];
	if (s->line != at || s->source >= m->n_sources)
		return false;
	place->file = m->sources[s->source];
	place->line = s->to_line + 1;
	place->column = s->to_column + 1;
	return true;
}

#ifdef HAVE_JSON_C
#include <json-c/json.h>

static int
digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c != '\0' ? strchr(digits, c) : NULL;

	return found != NULL ? (int)(found - digits) : -1;
}

/* One number of base64 digits with a sign in its lowest bit; false if there is none. */
static bool
take_number(const char **p, int64_t *value)
{
	uint64_t sum = 0;
	int shift = 0, d;

	do {
		d = digit(**p);
		if (d < 0 || shift > 30)
			return false;
		sum |= (uint64_t)(d & 31) << shift;
		shift += 5;
		++*p;
	} while ((d & 32) != 0);
	*value = (sum & 1) != 0 ? -(int64_t)(sum >> 1) : (int64_t)(sum >> 1);
	return true;
}

static bool
move(uint32_t *at, int64_t by)
{
	int64_t to = (int64_t)*at + by;

	if (to < 0 || to > INT32_MAX)
		return false;
	*at = (uint32_t)to;
	return true;
}

static bool
add_segment(struct sourcemap *m, size_t *capacity, const struct segment *s)
{
	if (m->n_segments == MAX_SEGMENTS)
		return false;
	if (m->n_segments == *capacity) {
		*capacity = *capacity > 0 ? 2 * *capacity : 256;
		m->segments = reallocarray(m->segments, *capacity, sizeof(*s));
		if (m->segments == NULL)
			tell_no_memory();
	}
	m->segments[m->n_segments++] = *s;
	return true;
}

static int
by_place(const void *a, const void *b)
{
	const struct segment *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

/* Lines are parted by ';', segments by ','; all numbers but the column's go on over lines. */
static bool
parse_mappings(struct sourcemap *m, const char *p)
{
	struct segment now = {0};
	uint32_t source = 0;
	size_t capacity = 0;

	while (*p != '\0') {
		int64_t numbers[5];
		int n = 0;

		if (*p == ';') {
			if (now.line == INT32_MAX)
				return false;
			now.line++;
			now.column = 0;
			p++;
			continue;
		}
		if (*p == ',') {
			p++;
			continue;
		}
		while (*p != '\0' && *p != ',' && *p != ';')
			if (n == 5 || !take_number(&p, &numbers[n++]))
				return false;
		if (n == 2 || n == 3 || !move(&now.column, numbers[0]))
			return false;
		now.source = UINT32_MAX;
		if (n >= 4) {
			if (!move(&source, numbers[1]) ||
			    !move(&now.to_line, numbers[2]) ||
			    !move(&now.to_column, numbers[3]))
				return false;
			now.source = source;
		}
		if (!add_segment(m, &capacity, &now))
			return false;
	}
	/* A map should be in order; look-ups rely on it. */
	if (m->n_segments > 0)
		qsort(m->segments, m->n_segments, sizeof(*m->segments), by_place);
	return true;
}

static const char *
text_of(struct json_object *object, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

static bool
parse_sources(struct sourcemap *m, struct json_object *object, const char *script)
{
	const char *root = text_of(object, "sourceRoot");
	struct json_object *list;
	size_t n;

	if (!json_object_object_get_ex(object, "sources", &list) ||
	    !json_object_is_type(list, json_type_array))
		return false;
	n = json_object_array_length(list);
	m->sources = calloc(n > 0 ? n : 1, sizeof(*m->sources));
	if (m->sources == NULL)
		tell_no_memory();
	for (size_t i = 0; i < n && i < UINT32_MAX; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		const char *name = item != NULL ? json_object_get_string(item) : "";
		char *joined = NULL;

		if (root != NULL && root[0] != '\0') {
			size_t length = strlen(root);
			const char *slash = root[length - 1] == '/' ? "" : "/";

			joined = malloc(length + strlen(name) + 2);
			if (joined == NULL)
				tell_no_memory();
			strcat(strcat(strcpy(joined, root), slash), name);
		}
		m->sources[m->n_sources++] =
			sourcemap_resolve(script, joined != NULL ? joined : name);
		free(joined);
	}
	return true;
}

struct sourcemap *
sourcemap_parse(const char *json, size_t n, const char *script)
{
	struct json_tokener *tokener = json_tokener_new_ex(MAX_DEPTH);
	struct json_object *object;
	struct sourcemap *m = calloc(1, sizeof(*m));
	const char *mappings;

	if (tokener == NULL || m == NULL)
		tell_no_memory();
	/* Some servers put this before it, against inclusion as a script. */
	if (n >= 4 && memcmp(json, ")]}'", 4) == 0) {
		json += 4;
		n -= 4;
	}
	object = n <= INT32_MAX ? json_tokener_parse_ex(tokener, json, (int)n) : NULL;
	mappings = json_object_is_type(object, json_type_object)
			   ? text_of(object, "mappings")
			   : NULL;
	if (mappings == NULL || !parse_sources(m, object, script) ||
	    !parse_mappings(m, mappings)) {
		sourcemap_free(m);
		m = NULL;
	}
	json_object_put(object);
	json_tokener_free(tokener);
	return m;
}

#else

struct sourcemap *
sourcemap_parse(const char *json, size_t n, const char *script)
{
	(void)json, (void)n, (void)script;
	return NULL;
}

#endif
