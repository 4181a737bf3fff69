/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first lines of the picture that top_frame.c makes, and the adding of any line to it.
 */
#ifndef TOOLS_TOP_HEAD_H
#define TOOLS_TOP_HEAD_H

#include "tools/view/top/top_frame.h"

struct top_layout {
	struct top_frame *frame;
	const struct top_model *m;
	const struct top_sites *sites;
	const struct top_view *view;
	int room; /* lines that may still be added */
};

/* The next line, its text cut to the width; nothing when there is no room left. */
void top_head_add(struct top_layout *l, enum top_style style, const char *text);

void top_head_title(struct top_layout *l);
void top_head_memory(struct top_layout *l);
void top_head_rates(struct top_layout *l);
void top_head_headline(struct top_layout *l);

#endif
