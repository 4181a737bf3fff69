/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row names the largest sites and has the sum of the others. Where a line has more sites than that, as of a thread for each job, the
 * sum is most of it.
 */
#ifndef TOOLS_GROWTH_REST_H
#define TOOLS_GROWTH_REST_H

#include "tools/read/trace_view.h"

/* Whether there are sites that it does not name. */
bool growth_rest_is(const struct weir_trace_row *row);

/*
 * What each site held that the row does not name, 0 of the others: first what it holds still, then what was freed since, each no more
 * than the least that is named, and all no more than their sum. `live` and `most`, which is for its own use, have room for each
 * site of `v`.
 */
void growth_rest(const struct trace_view *v, const struct weir_trace_row *row,
		 double *live, double *most);

#endif
