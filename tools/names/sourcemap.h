/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source maps (version 3): from a place in a generated script to the place in what it was made from.
 * Maps are foreign input. Without libjson-c there are none: every load answers NULL.
 */
#ifndef TOOLS_SOURCEMAP_H
#define TOOLS_SOURCEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sourcemap;

struct sourcemap_place {
	const char *file;      /* as long as the map lives */
	uint32_t line, column; /* from 1 */
};

/*
 * The map that the script's last //# sourceMappingURL= names: inline, or a file beside it. NULL if
 * there is none that can be read, if the script is not a regular file, or if either has changed
 * after `before_unix_ns`. Exits through tell_no_memory.
 */
struct sourcemap *sourcemap_load(const char *script, uint64_t before_unix_ns);

/* A script's text, terminated, to be freed; NULL if it cannot be read or has changed after `before_unix_ns`. */
char *sourcemap_script(const char *script, uint64_t before_unix_ns, size_t *n);

/* The JSON of a map; `script`: the names of its sources are relative to that file's folder. */
struct sourcemap *sourcemap_parse(const char *json, size_t n, const char *script);

/* Line and column from 1; column 0: the line's first. False if the map has nothing for it. */
bool sourcemap_find(const struct sourcemap *m, uint32_t line, uint32_t column,
		    struct sourcemap_place *place);

void sourcemap_free(struct sourcemap *m);

/*
 * The URL behind the last "//# sourceMappingURL=" of a script, or NULL; *n bytes. Pure. Where anything but comments
 * follows it may be part of a text, and is not believed.
 */
const char *sourcemap_url(const char *script, size_t script_bytes, size_t *n);

/* Whether a script has such a comment anywhere, or a text that looks like one. Pure. */
bool sourcemap_is_named(const char *script, size_t script_bytes);

#endif
