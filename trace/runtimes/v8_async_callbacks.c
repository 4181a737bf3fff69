/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that an object keeps, to be called later.
 */
#include <string.h>

#include "trace/runtimes/v8_async_read.h"

#define MAX_PROPERTIES 16
#define MAX_INNER      4 /* objects that are looked into */
#define FIRST_OBJECT                                                                     \
	1040 /* V8's types of objects that scripts can have, in all versions known */
#define MAP_SIZE                                                                         \
	8 /* bytes of a map: words of its objects, and before their first property */
#define MAP_FIRST   9
#define LENGTH_MASK 1023 /* of an array of properties: the rest is a hash */

/* Properties in the object itself, then those behind it: its words from `first` to `end`. */
static unsigned
properties(const struct v8_async *a, uint64_t object, uint64_t to[2 * MAX_PROPERTIES])
{
	uint64_t head[2], array[2];
	uint8_t map[ASYNC_MAP_BYTES];
	uint16_t type;
	unsigned n = 0;

	if (!async_read_words(object, head, 2) || !async_is_object(head[0]) ||
	    !checked_peek(head[0] - 1, map, sizeof(map)))
		return 0;
	memcpy(&type, map + a->layout->map_type, sizeof(type));
	if (type < FIRST_OBJECT)
		return 0;
	unsigned first = map[MAP_FIRST], end = map[MAP_SIZE];
	if (first >= 3 && first < end) {
		n = end - first < MAX_PROPERTIES ? end - first : MAX_PROPERTIES;
		if (!checked_peek(object - 1 + 8 * first, to, 8 * n))
			return 0;
	}
	if (!async_read_words(head[1], array, 2) || !async_is_smi(array[1]))
		return n;
	uint32_t behind = (uint32_t)async_smi(array[1]) & LENGTH_MASK;
	if (behind > MAX_PROPERTIES)
		behind = MAX_PROPERTIES;
	return behind > 0 && checked_peek(head[1] - 1 + 16, to + n, 8 * behind)
		       ? n + behind
		       : n;
}

/* Adds the functions among them, and turns the rest to what may have some; how many. */
static unsigned
take_functions(const struct v8_async *a, uint64_t *words, unsigned n,
	       struct v8_waiting to[V8_MAX_ASYNC], uint32_t *n_found)
{
	struct async_handler h;
	unsigned rest = 0;

	for (unsigned i = 0; i < n; i++) {
		uint16_t type = async_is_object(words[i]) ? async_type_of(a, words[i])
							  : ASYNC_NO_TYPE;

		if (type == ASYNC_NO_TYPE || type < FIRST_OBJECT)
			continue;
		if (!async_read_handler(a, words[i], &h))
			words[rest++] = words[i];
		else if (!h.builtin && *n_found < V8_MAX_ASYNC)
			to[(*n_found)++] = async_callback(a, h.shared);
	}
	return rest;
}

uint32_t
v8_async_callbacks(const struct v8_async *a, uint64_t object,
		   struct v8_waiting to[V8_MAX_ASYNC])
{
	uint64_t words[2 * MAX_PROPERTIES], inner[2 * MAX_PROPERTIES];
	uint32_t n_found = 0;

	if (!a->known || !async_is_object(object))
		return 0;
	unsigned n = take_functions(a, words, properties(a, object, words), to, &n_found);
	for (unsigned i = 0; i < n && i < MAX_INNER; i++)
		take_functions(a, inner, properties(a, words[i], inner), to, &n_found);
	return n_found;
}
