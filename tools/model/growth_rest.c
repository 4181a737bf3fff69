/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pure but for the view's numbers, which may be anything: a site that a row names is one of the view's.
 */
#include "tools/model/growth_rest.h"

#include <string.h>

bool
growth_rest_is(const struct weir_trace_row *row)
{
	return row->n_points > 0 && row->n_sites > row->n_points && row->rest_bytes > 0;
}

static void
mark_named(const struct trace_view *v, const struct weir_trace_row *row, double *live)
{
	const struct weir_trace_point *points = trace_view_points(row);

	memset(live, 0, v->n_sites * sizeof(*live));
	for (uint32_t k = 0; k < row->n_points; k++)
		if (points[k].site < v->n_sites)
			live[points[k].site] = -1;
}

/* What they may have held beyond what they hold now, of what is left of the sum. */
static void
add_freed(const struct trace_view *v, double *live, const double *most, double left)
{
	double sum = 0;

	for (uint32_t i = 0; i < v->n_sites; i++)
		sum += most[i] - live[i];
	for (uint32_t i = 0; sum > 0 && i < v->n_sites; i++)
		live[i] += (most[i] - live[i]) * (left < sum ? left / sum : 1);
}

void
growth_rest(const struct trace_view *v, const struct weir_trace_row *row, double *live,
	    double *most)
{
	const struct weir_trace_point *points = trace_view_points(row);
	double least, sum = 0, rest = (double)row->rest_bytes;

	mark_named(v, row, live);
	least = growth_rest_is(row) ? (double)points[row->n_points - 1].live_bytes : 0;
	for (uint32_t i = 0; i < v->n_sites; i++) {
		const uint64_t *f = v->sites[i];
		bool is_in = live[i] >= 0 && f[WEIR_S_first_ns] <= row->monotonic_ns;
		double now = is_in ? (double)f[WEIR_S_live_bytes] : 0;
		double peak = is_in ? (double)f[WEIR_S_peak_bytes] : 0;

		live[i] = now < least ? now : least;
		most[i] = peak < least ? peak : least;
		most[i] = most[i] > live[i] ? most[i] : live[i];
		sum += live[i];
	}
	if (sum <= rest) {
		add_freed(v, live, most, rest - sum);
		return;
	}
	for (uint32_t i = 0; i < v->n_sites; i++)
		live[i] *= rest / sum;
}
