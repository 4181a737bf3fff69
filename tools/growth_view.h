/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `weir growth` prints: a model with the process it is of, as text for people or as JSON for
 * programs. The printers write to a stream and read nothing but source lines.
 */
#ifndef TOOLS_GROWTH_VIEW_H
#define TOOLS_GROWTH_VIEW_H

#include <stdio.h>

#include "tools/growth_model.h"

struct growth_view {
	const struct locate_entry *entry;
	const struct trace_view *trace;
	struct growth_places *places;
	const struct growth_model *model;
	size_t top;	   /* groups to list; 0: all */
	size_t stacks;	   /* of these, with the full stack */
	bool read_sources; /* show lines of scripts from disk */
};

void growth_text_print(const struct growth_view *v, FILE *out);
void growth_json_print(const struct growth_view *v, FILE *out);

/* Groups that hold, held or added something: the rest is not worth a row. */
size_t growth_view_rows(const struct growth_view *v);

/*
 * What to do next for the group, with the command to type, each line behind `indent` spaces. A
 * group's size in bytes goes into it where a snapshot must be searched for it.
 */
void growth_advice_print(const struct growth_view *v, const struct growth_group *g,
			 FILE *out, int indent);
void growth_advice_rss_print(const struct growth_view *v, FILE *out, int indent);

enum growth_source_state {
	GROWTH_SOURCE_SHOWN,
	GROWTH_SOURCE_GONE,  /* no such file, or no such line in it */
	GROWTH_SOURCE_NEWER, /* changed since the process began: not believed */
	GROWTH_SOURCE_NONE,  /* not a file: node:internal, eval, a URL */
};

/*
 * One line of a script on disk, cut, without its newline, not cleaned. Only an absolute path to a
 * regular file that was last changed before `started_unix_ns` is read.
 */
enum growth_source_state growth_source_line(const char *file, uint32_t line,
					    uint64_t started_unix_ns, char *buf,
					    size_t size);

#endif
