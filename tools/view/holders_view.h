/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `weir holders` shows: groups of objects with the way from a root that keeps them, next to the line that
 * allocated them. As text for people or as JSON for programs.
 */
#ifndef TOOLS_HOLDERS_VIEW_H
#define TOOLS_HOLDERS_VIEW_H

#include <stdio.h>

#include "tools/model/growth_model.h"
#include "tools/model/holders_names.h"

struct holders_view {
	const char *file;
	const struct heapsnap *snap;
	const struct heapsnap_targets *targets;
	const struct holders *holders;
	const struct holders_names *names;
	const char *sidecar;		  /* NULL: none is known, nor what follows */
	const struct growth_model *model; /* by line */
	const struct holders_line *lines;
	size_t n_lines;
	const char *line;  /* as asked for, or NULL */
	const bool *asked; /* of each group of the model */
	size_t top;
	bool unlinked; /* holders_view_settle: no object can be told to be of that line */
};

void holders_text_print(const struct holders_view *v, FILE *out);
void holders_json_print(const struct holders_view *v, FILE *out);

/* What one or several objects of a type are called. */
const char *holders_type_word(unsigned type, bool several);

/* The same of those at a step: objects go by their class, cleaned into `name`. */
const char *holders_what(const struct holders_view *v, const struct holders_step *s,
			 bool several, char *name, size_t size);

/* What is known of a link, in a sentence. */
const char *holders_link_meaning(unsigned link);

/* "->" between steps, from the root to the object: allocated, foreign text cleaned. */
char *holders_way(const struct holders_view *v, uint32_t shape);

/* Groups that are to be shown: of a line that is asked for its own, or what might be. */
bool holders_view_shows(const struct holders_view *v, const struct holders_group *g);

/* Says what the objects of that line's size may be of that are more than its blocks; nothing if there are none. */
void holders_view_beyond(const struct holders_view *v, uint32_t line, FILE *out);

/* Fills what the view works out itself; before it is printed. */
void holders_view_settle(struct holders_view *v);

#endif
