/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Percentiles of a histogram. Within a bucket stacks are taken to be spread evenly. Sums are floating
 * point, which damaged counters cannot make overflow.
 */
#include "tools/model/trace_cost.h"

uint64_t
trace_cost_begin_ns(uint32_t bucket)
{
	return bucket < 4 ? bucket : (uint64_t)(4 + bucket % 4) << (bucket / 4 - 1);
}

static double
stacks_of(const struct weir_trace_cost *c, enum trace_cost_of which)
{
	double known = which != TRACE_COST_NEW ? (double)c->known_stacks : 0;

	return which != TRACE_COST_KNOWN ? known + (double)c->new_stacks : known;
}

uint64_t
trace_cost_ns(const struct weir_trace_cost *costs, uint32_t n, enum trace_cost_of which,
	      unsigned percent)
{
	double all = 0, before = 0;

	if (n > WEIR_TRACE_COSTS)
		n = WEIR_TRACE_COSTS;
	for (uint32_t i = 0; i < n; i++)
		all += stacks_of(&costs[i], which);
	double wanted = all * percent / 100;
	for (uint32_t i = 0; i < n; i++) {
		double here = stacks_of(&costs[i], which);
		double begin = (double)trace_cost_begin_ns(i);
		double width = (double)trace_cost_begin_ns(i + 1) - begin;

		if (here > 0 && before + here >= wanted)
			return (uint64_t)(begin + width * (wanted - before) / here);
		before += here;
	}
	return 0;
}
