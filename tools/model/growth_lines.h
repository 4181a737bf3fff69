/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is judged: the lines of code of each group, out of sites. Made for growth_judge.c, their windows filled by
 * growth_fill.c; both exit through tell_no_memory.
 */
#ifndef TOOLS_GROWTH_LINES_H
#define TOOLS_GROWTH_LINES_H

#include "tools/model/growth_model.h"

/* A part is the sites of one line in one group; what waits in a queue apart from what collections free. */
struct growth_lines {
	struct growth_group *sums;
	uint32_t *of; /* a site's part */
	uint32_t *group;
	struct growth_windows **windows; /* of a part; NULL: never among the largest */
	struct growth_point *now;	 /* of a part, in the row at hand */
	double *trough;			 /* in the row before */
	double *rest, *most;		 /* of a site: see growth_rest.h */
	struct growth_point *unnamed;	 /* of a part: the sum of those */
	uint32_t *fresh; /* the row in which a site of it was too young for a trough */
	uint32_t *seen;	 /* the row that `now` is of */
	size_t *cell;	 /* where `now` was put */
	bool *workers;	 /* some of it is of workers, which collect by themselves */
	bool *queued;
	size_t n;
};

struct growth_lines growth_lines_of(const struct growth_model *m,
				    struct growth_places *places,
				    const uint32_t *group_of);
void growth_lines_free(struct growth_lines *p);

/* The windows of each part that is among the largest of some row. */
void growth_fill_windows(const struct growth_model *m, struct growth_lines *p);

#endif
