/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What taking a stack took: writer and reader agree on the buckets, and percentiles are those of the
 * durations that were counted, to a quarter.
 */
#include <string.h>

#include "tests/tap.h"
#include "tools/model/trace_cost.h"
#include "trace/sites/cost.h"

static struct weir_trace_cost costs[WEIR_TRACE_COSTS];

static uint64_t
cost(enum trace_cost_of which, unsigned percent)
{
	cost_copy(costs);
	return trace_cost_ns(costs, WEIR_TRACE_COSTS, which, percent);
}

TEST(both_sides_mean_the_same_buckets)
{
	CHECK_EQ(cost_bucket(0), 0);
	for (uint32_t i = 1; i < WEIR_TRACE_COSTS; i++) {
		CHECK_EQ(cost_bucket(trace_cost_begin_ns(i)), i);
		CHECK_EQ(cost_bucket(trace_cost_begin_ns(i) - 1), i - 1);
	}
	CHECK_EQ(cost_bucket(UINT64_MAX), WEIR_TRACE_COSTS - 1);
	/* No bucket is wider than a quarter of what it begins with. */
	for (uint32_t i = 4; i < WEIR_TRACE_COSTS; i++)
		CHECK(trace_cost_begin_ns(i + 1) <=
		      trace_cost_begin_ns(i) + trace_cost_begin_ns(i) / 4);
}

TEST(known_and_new_are_apart)
{
	cost_after_fork();
	CHECK_EQ(cost(TRACE_COST_ALL, 50), 0);
	for (uint64_t ns = 300; ns < 400; ns++)
		cost_count(true, ns, 1);
	cost_count(false, 20000, 1);
	CHECK(cost(TRACE_COST_KNOWN, 50) >= 320 && cost(TRACE_COST_KNOWN, 50) <= 384);
	CHECK(cost(TRACE_COST_KNOWN, 99) >= 384 && cost(TRACE_COST_KNOWN, 99) <= 448);
	CHECK(cost(TRACE_COST_NEW, 50) >= 16384 && cost(TRACE_COST_NEW, 50) <= 20480);
	CHECK(cost(TRACE_COST_ALL, 50) <= 384);
	CHECK(cost(TRACE_COST_ALL, 100) >= 16384);
}

TEST(one_that_stands_for_several_counts_as_many)
{
	cost_after_fork();
	cost_count(true, 100, 1);
	cost_count(true, 5000, 16);
	CHECK(cost(TRACE_COST_KNOWN, 50) >= 4096);
	CHECK(cost(TRACE_COST_KNOWN, 1) < 112);
}

TEST(counters_may_be_anything)
{
	memset(costs, 0xff, sizeof(costs));
	CHECK(trace_cost_ns(costs, WEIR_TRACE_COSTS, TRACE_COST_ALL, 50) > 0);
	CHECK(trace_cost_ns(costs, UINT32_MAX, TRACE_COST_NEW, 99) > 0);
	CHECK_EQ(trace_cost_ns(NULL, 0, TRACE_COST_ALL, 50), 0);
}

#define TAP_TESTS                                                                        \
	T(both_sides_mean_the_same_buckets)                                              \
	T(known_and_new_are_apart)                                                       \
	T(one_that_stands_for_several_counts_as_many)                                    \
	T(counters_may_be_anything)

TAP_MAIN()
