/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What grows in a runtime whose collector frees only what refers to itself.
 */
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/growth_series.h"
#include "tools/model/growth_cycles.h"

/* Blocks of 1 MB, none freed, each with so many objects that may refer to it. */
static struct growth_evidence
growing(double objects)
{
	struct growth_evidence e;

	fill(20, line, line);
	e = evidence(20);
	e.gc_known = false;
	e.cycles = true;
	e.major_gcs = 0;
	e.alloc_count = e.live_count;
	e.freed_count = 0;
	e.age_bytes[0] = e.live_bytes;
	e.containers = objects * (double)e.live_count;
	return e;
}

TEST(what_no_run_has_looked_at_is_undecided)
{
	struct growth_evidence e = growing(1);
	struct growth_finding f = growth_judge(&e);

	CHECK_STR(f.rule, "cycles");
	CHECK_EQ(f.verdict, GROWTH_UNDECIDED);
	CHECK(f.unseen);
	CHECK(strstr(growth_finding_meaning(&f), "refers to itself") != NULL);
	CHECK(f.slope_bytes_per_s <= 0);
	/* A run that left a little proves that little. */
	e.major_gcs = 1;
	e.age_bytes[0] = e.live_bytes * 4 / 5;
	e.age_bytes[1] = e.live_bytes / 5;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
}

TEST(what_a_run_has_left_is_held)
{
	struct growth_evidence e = growing(1);

	e.major_gcs = 1;
	e.age_bytes[0] = e.live_bytes / 2;
	e.age_bytes[1] = e.live_bytes / 2;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	CHECK(!growth_judge(&e).unseen);
}

TEST(what_no_size_shows_is_undecided)
{
	struct growth_evidence e = growing(1);

	e.major_gcs = 1;
	e.age_bytes[0] = e.live_bytes / 2;
	e.age_bytes[1] = e.live_bytes / 2;
	e.stands = true;
	CHECK_STR(growth_judge(&e).rule, "stands");
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	/* V8's floors tell more than sizes. */
	e.cycles = false;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
}

TEST(without_objects_there_are_no_cycles)
{
	struct growth_evidence e = growing(0.1);

	CHECK_EQ(verdict(&e), GROWTH_HELD);
	e = growing(0);
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	/* Nor where the runtime has no such collector. */
	e = growing(3);
	e.cycles = false;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
}

TEST(what_a_run_took_is_garbage)
{
	struct growth_evidence e;

	fill(20, saw, saw);
	e = evidence(20);
	e.gc_known = false;
	e.cycles = true;
	e.major_gcs = 1;
	e.alloc_count = 200;
	e.alloc_bytes = 200u << 20;
	e.freed_count = 196;
	e.live_count = 4;
	e.live_bytes = 4u << 20;
	e.peak_bytes = 100u << 20;
	e.age_bytes[0] = e.live_bytes;
	e.containers = 8;
	CHECK_STR(growth_judge(&e).rule, "cycles-taken");
	CHECK_EQ(verdict(&e), GROWTH_GC_LAG);
	/* One buffer after the other waits for nothing. */
	e.peak_bytes = 5u << 20;
	CHECK(verdict(&e) != GROWTH_GC_LAG);
	/* A cache that has come down by half is one. */
	e.peak_bytes = 8u << 20;
	CHECK(verdict(&e) != GROWTH_GC_LAG);
	/* No run has been seen: the program freed it. */
	e.peak_bytes = 100u << 20;
	e.major_gcs = 0;
	CHECK(verdict(&e) != GROWTH_GC_LAG);
}

TEST(each_rule_has_a_name)
{
	CHECK_STR(growth_cycles_rule(0)->name, "stands");
	CHECK_STR(growth_cycles_rule(1)->name, "cycles");
	CHECK_STR(growth_cycles_rule(2)->name, "cycles-taken");
	CHECK(growth_cycles_rule(3) == NULL);
}

#define TAP_TESTS                                                                        \
	T(what_no_run_has_looked_at_is_undecided)                                        \
	T(what_a_run_has_left_is_held)                                                   \
	T(what_no_size_shows_is_undecided)                                               \
	T(without_objects_there_are_no_cycles)                                           \
	T(what_a_run_took_is_garbage)                                                    \
	T(each_rule_has_a_name)
TAP_MAIN()
