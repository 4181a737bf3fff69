/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source maps from JSON. Called by sourcemap_load.c and the fuzzer; opens nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "tools/names/sourcemap_private.h"
#include "tools/names/url.h"
#include "tools/text/tell.h"

#ifdef HAVE_JSON_C
#include <json-c/json.h>

#define MAX_SEGMENTS (8u << 20)
#define MAX_SOURCES  (1u << 20)
#define MAX_DEPTH    32

/* A map of sections is put together from its parts. */
struct part {
	uint32_t line, column, first_source;
};

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
parse_mappings(struct sourcemap *m, size_t *capacity, const struct part *part,
	       const char *p)
{
	struct segment now = {.line = part->line, .column = part->column};
	uint32_t source = 0;

	while (*p != '\0') {
		int64_t numbers[5] = {0};
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
			now.source = part->first_source + source;
		}
		if (!add_segment(m, capacity, &now))
			return false;
	}
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

/* A source without a name is none. */
static char *
source_of(struct json_object *item, const char *root, const char *script)
{
	const char *name = json_object_is_type(item, json_type_string)
				   ? json_object_get_string(item)
				   : "";
	char *joined, *resolved;

	if (name[0] == '\0')
		return NULL;
	if (root == NULL || root[0] == '\0')
		return url_resolve(script, name);
	size_t length = strlen(root);
	const char *slash = root[length - 1] == '/' ? "" : "/";
	joined = malloc(length + strlen(name) + 2);
	if (joined == NULL)
		tell_no_memory();
	strcat(strcat(strcpy(joined, root), slash), name);
	resolved = url_resolve(script, joined);
	free(joined);
	return resolved;
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
	if (n > MAX_SOURCES - m->n_sources)
		return false;
	m->sources = reallocarray(m->sources, m->n_sources + n + 1, sizeof(*m->sources));
	if (m->sources == NULL)
		tell_no_memory();
	for (size_t i = 0; i < n; i++)
		m->sources[m->n_sources++] =
			source_of(json_object_array_get_idx(list, i), root, script);
	return true;
}

static bool
parse_part(struct sourcemap *m, size_t *capacity, struct part part,
	   struct json_object *object, const char *script)
{
	const char *mappings = json_object_is_type(object, json_type_object)
				       ? text_of(object, "mappings")
				       : NULL;

	part.first_source = m->n_sources;
	return mappings != NULL && parse_sources(m, object, script) &&
	       parse_mappings(m, capacity, &part, mappings);
}

static bool
number_of(struct json_object *object, const char *key, uint32_t *to)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_int))
		return false;
	int64_t n = json_object_get_int64(value);
	*to = (uint32_t)n;
	return n >= 0 && n <= INT32_MAX;
}

/* Some bundlers write one map for each module, and where it begins (Turbopack, Metro). */
static bool
parse_sections(struct sourcemap *m, size_t *capacity, struct json_object *list,
	       const char *script)
{
	size_t n = json_object_is_type(list, json_type_array)
			   ? json_object_array_length(list)
			   : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(list, i), *at, *map;
		struct part part = {0};

		if (!json_object_is_type(item, json_type_object) ||
		    !json_object_object_get_ex(item, "offset", &at) ||
		    !json_object_object_get_ex(item, "map", &map) ||
		    !json_object_is_type(at, json_type_object) ||
		    !number_of(at, "line", &part.line) ||
		    !number_of(at, "column", &part.column) ||
		    !parse_part(m, capacity, part, map, script))
			return false;
	}
	return n > 0;
}

static bool
parse_whole(struct sourcemap *m, struct json_object *object, const char *script)
{
	struct json_object *sections;
	size_t capacity = 0;

	if (!json_object_is_type(object, json_type_object))
		return false;
	bool parsed =
		json_object_object_get_ex(object, "sections", &sections)
			? parse_sections(m, &capacity, sections, script)
			: parse_part(m, &capacity, (struct part){0}, object, script);
	/* A map should be in order; look-ups rely on it. */
	if (parsed && m->n_segments > 0)
		qsort(m->segments, m->n_segments, sizeof(*m->segments), by_place);
	return parsed;
}

struct sourcemap *
sourcemap_parse(const char *json, size_t n, const char *script)
{
	struct json_tokener *tokener = json_tokener_new_ex(MAX_DEPTH);
	struct json_object *object;
	struct sourcemap *m = calloc(1, sizeof(*m));

	if (tokener == NULL || m == NULL)
		tell_no_memory();
	/* Some servers put this before it, against inclusion as a script. */
	if (n >= 4 && memcmp(json, ")]}'", 4) == 0) {
		json += 4;
		n -= 4;
	}
	object = n <= INT32_MAX ? json_tokener_parse_ex(tokener, json, (int)n) : NULL;
	if (!parse_whole(m, object, script)) {
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
