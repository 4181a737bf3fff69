/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a source map is, between the files that make one and look into it: sourcemap_parse.c, sourcemap.c.
 */
#ifndef TOOLS_SOURCEMAP_PRIVATE_H
#define TOOLS_SOURCEMAP_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

#include "tools/names/sourcemap.h"

struct segment {
	uint32_t line, column;	     /* generated, from 0 */
	uint32_t source;	     /* UINT32_MAX: of no source */
	uint32_t to_line, to_column; /* from 0 */
};

struct sourcemap {
	char **sources; /* NULL: of no name */
	uint32_t n_sources;
	struct segment *segments; /* by line and column */
	size_t n_segments;
};

#endif
