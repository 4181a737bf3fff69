/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What taking a stack took, from the histogram of weir/trace.h. For `weir stat`; the counters come
 * from a file and may be anything.
 */
#ifndef TOOLS_TRACE_COST_H
#define TOOLS_TRACE_COST_H

#include <stdint.h>

#include "weir/trace.h"

enum trace_cost_of { TRACE_COST_ALL, TRACE_COST_KNOWN, TRACE_COST_NEW };

/* The duration that `percent` of the stacks do not exceed, to a quarter; 0 if there are none. */
uint64_t trace_cost_ns(const struct weir_trace_cost *costs, uint32_t n,
		       enum trace_cost_of which, unsigned percent);

/* Where a bucket begins. */
uint64_t trace_cost_begin_ns(uint32_t bucket);

#endif
