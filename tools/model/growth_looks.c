/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By the process's size, where that rose by what the site did.
 */
#include "tools/model/growth_looks.h"

/* Of less its size tells nothing; and so it does of looks that are no further apart. */
#define LEAST_BYTES (8.0 * (1 << 20))
#define LEAST_NS    (3 * UINT64_C(1000000000))

struct growth_looks
growth_looks_around(const struct growth_rows *rows, size_t i)
{
	uint64_t look = rows->rows[i]->account_ns;
	size_t from = i, to = i;

	while (from > 0 && rows->rows[from - 1]->account_ns == look)
		from--;
	while (to < rows->n && rows->rows[to]->account_ns == look)
		to++;
	if (look == 0 || to == rows->n ||
	    rows->rows[to]->monotonic_ns - rows->rows[from]->monotonic_ns < LEAST_NS)
		return (struct growth_looks){0};

	double first = (double)rows->rows[from]->rss_bytes;
	double rise = (double)rows->rows[to]->rss_bytes - first;
	double share = rise > 0 ? ((double)rows->rows[i]->rss_bytes - first) / rise : 0;

	return (struct growth_looks){.next = rows->rows[to],
				     .rise = rise,
				     .share = share < 0	  ? 0
					      : share > 1 ? 1
							  : share};
}

double
growth_looks_between(const struct growth_looks *l, const struct weir_trace_point *p)
{
	const struct weir_trace_point *points =
		l->next != NULL ? trace_view_points(l->next) : NULL;
	double then = 0, had = (double)p->live_bytes;

	for (uint32_t k = 0; points != NULL && k < l->next->n_points; k++)
		if (points[k].site == p->site)
			then = (double)points[k].live_bytes;
	if (then - had < LEAST_BYTES || l->rise < (then - had) / 2 ||
	    then - had < l->rise / 4)
		return had;
	return had + l->share * (then - had);
}
