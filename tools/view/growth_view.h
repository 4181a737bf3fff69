/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `weir growth` prints: a model with the process it is of, as text for people or as JSON for
 * programs. The printers write to a stream and read nothing but source lines.
 */
#ifndef TOOLS_GROWTH_VIEW_H
#define TOOLS_GROWTH_VIEW_H

#include <stdio.h>

#include "tools/model/growth_model.h"

struct growth_view {
	const struct locate_entry *entry;
	const struct trace_view *trace;
	struct growth_places *places;
	const struct growth_model *model;
	const char *root; /* names are shown without it (app_root.h); NULL: whole */
	size_t top;	  /* groups to list; 0: all */
	size_t stacks;	  /* of these, what to do about them, with the stack */
	bool whole_stacks; /* also of what is neither held nor undecided, and nothing folded but machine code */
	bool read_sources; /* show lines of scripts from disk */
};

void growth_text_print(const struct growth_view *v, FILE *out);
void growth_json_print(const struct growth_view *v, FILE *out);

/* Groups that hold, held or added something: the rest is not worth a row. */
size_t growth_view_rows(const struct growth_view *v);

/* The stack of the group's largest site, with lines of source. */
void growth_stack_print(const struct growth_view *v, const struct growth_group *g,
			FILE *out);

/*
 * What to do next for the group, with the command to type, each line behind `indent` spaces. A
 * group's size in bytes goes into it where a snapshot must be searched for it.
 */
void growth_advice_print(const struct growth_view *v, const struct growth_group *g,
			 FILE *out, int indent);
void growth_advice_rss_print(const struct growth_view *v, FILE *out, int indent);

/* What a collection would tell, where a hook can be asked for one, or how to have such a hook. */
void growth_advice_collect(const struct growth_view *v, FILE *out, int indent);

/* The same, twice: of two collections what stays tells more. */
void growth_advice_collect_twice(const struct growth_view *v, FILE *out, int indent);

/* How to see who holds what lives, that of the group's line or, NULL, anything. */
void growth_advice_holders(const struct growth_view *v, const struct growth_group *g,
			   FILE *out, int indent);

#endif
