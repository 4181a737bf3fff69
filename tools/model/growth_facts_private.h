/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What growth_facts.c and growth_facts_course.c share.
 */
#ifndef TOOLS_GROWTH_FACTS_PRIVATE_H
#define TOOLS_GROWTH_FACTS_PRIVATE_H

#include "tools/model/growth_facts.h"

#define GROWTH_FEW_FLOORS 8

/* Of what lives, so much has survived: it is no garbage, whatever else of the line was freed. */
#define GROWTH_SOLID 0.6

/* A rise below this share of what lives is noise, whatever its sign test says. */
#define GROWTH_LEAST_RISE 0.03

static inline const struct growth_window *
growth_longest(const struct growth_windows *w)
{
	return &w->of[w->n - 1];
}

double growth_most_of(const double *v, size_t from, size_t to);

/* Adds facts, slope and window: by the floors; where none was freed, or collections were too few for floors, by what lives. */
void growth_find_course(const struct growth_evidence *e, struct growth_facts *f);

/* That of what lives, where few points have no course yet: half of them may be of the first instant. */
double growth_plain_slope(const struct growth_window *w);

#endif
