/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of a trace as holders.h links objects to them: a row for each size of blocks that a line allocates.
 */
#ifndef TOOLS_HOLDERS_LINES_H
#define TOOLS_HOLDERS_LINES_H

#include "tools/model/growth_model.h"
#include "tools/model/holders.h"

struct holders_lines {
	struct holders_line *rows;
	size_t n;
};

/* `m` by line. A row's place is the index of its group. To be freed; exits through tell_no_memory. */
struct holders_lines holders_lines_of(const struct growth_model *m,
				      struct growth_places *places);

/* Whether a group is the line that is asked for: "app.js:12", "lib/app.js:12:5", the end of its path is enough. */
bool holders_lines_is(const struct growth_group *g, struct growth_places *places,
		      const char *line);

#endif
