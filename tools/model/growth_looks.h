/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has what a program maps itself is looked at seldom in a host of one thread, and its size each second: how a line went from one
 * look to the next. For growth_fill.c; pure.
 */
#ifndef TOOLS_GROWTH_LOOKS_H
#define TOOLS_GROWTH_LOOKS_H

#include "tools/model/growth_rows.h"

/* Between two looks: the row of the later one, and how much of what the size rose by it had done. */
struct growth_looks {
	const struct weir_trace_row
		*next; /* NULL: the last one is of now, or there is none */
	double rise, share;
};

struct growth_looks growth_looks_around(const struct growth_rows *rows, size_t i);

/* What a site of such maps had then, which the row has as of the last look. */
double growth_looks_between(const struct growth_looks *l,
			    const struct weir_trace_point *p);

#endif
