/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One picture of `weir top` as lines of text, for a screen of any size or for --once. Pure: the
 * model and the view decide, nothing is read or printed.
 */
#ifndef TOOLS_TOP_FRAME_H
#define TOOLS_TOP_FRAME_H

#include "tools/model/derive.h"
#include "tools/model/top_model.h"
#include "tools/model/top_sites.h"

#define TOP_LINE_MAX 1024 /* bytes of a line; columns beyond are cut */
#define TOP_MIN_COLS 20

enum top_style {
	TOP_PLAIN,
	TOP_TITLE,
	TOP_HEADING,
	TOP_DIM,
	TOP_BAD,
};

struct top_view {
	int columns;
	int rows; /* 0: as many as it takes */
	bool utf8;
	bool help;
	bool live; /* a screen with keys, not --once */
	enum top_sort sort;
	const char *message; /* in the last line of a screen, or NULL */
};

struct top_line {
	enum top_style style;
	char text[TOP_LINE_MAX];
};

struct top_frame {
	struct top_line *lines;
	int n;
};

/* At most view->rows lines, none wider than view->columns. Exits through tell_no_memory. */
void top_frame_make(struct top_frame *f, const struct top_model *m,
		    const struct top_sites *sites, const struct top_view *view);

void top_frame_free(struct top_frame *f);

#endif
