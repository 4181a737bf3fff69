/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is at work, though no new block, no major collection or no step says so at the moment.
 */
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/growth_series.h"
#include "tools/view/growth_rose.h"

TEST(a_block_that_realloc_makes_larger_is_at_work)
{
	struct growth_evidence e;

	/* No collections are seen, and none could free it: Python's list.append. */
	fill(100, line, line);
	e = evidence(100);
	e.gc_known = false;
	e.alloc_count = 2;
	e.freed_count = 1;
	e.live_count = 1;
	e.active_until_s = 1;
	CHECK_STR(growth_judge(&e).rule, "rises");
	CHECK(!growth_judge(&e).early);
	/* It was made larger once, or for a moment only. */
	fill(100, bend, bend);
	e.live_bytes = e.peak_bytes = (uint64_t)last_live();
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

TEST(garbage_that_comes_down_is_none_that_a_leak_hides_in)
{
	struct growth_evidence e;

	fill_gc(40, kept_under_saw, zero, 100);
	e = evidence(40);
	e.freed_count = 900;
	e.peak_bytes = (uint64_t)(60 * MB);
	e.major_gcs = 0;
	CHECK_STR(growth_judge(&e).rule, "garbage-unseen");
	/* Two of which one was asked for tell little. */
	e.major_gcs = 2;
	CHECK_STR(growth_judge(&e).rule, "garbage-unseen");
	e.major_gcs = 8;
	fill_gc(40, kept_under_saw, zero, 5);
	CHECK_STR(growth_judge(&e).rule, "garbage");
	e.major_gcs = 0;
	fill_gc(40, saw, zero, 100);
	CHECK_STR(growth_judge(&e).rule, "garbage");
}

/* A sixth of what lives, beside garbage that minor collections free. */
static double
few_under_saw(double t)
{
	return (t < 18 ? 3 : 5) * MB + (double)((int)t % 3) * 12 * MB;
}

TEST(a_leak_that_is_a_small_part_of_what_lives_may_be_one)
{
	struct growth_evidence e;

	fill_gc(40, few_under_saw, zero, 100);
	e = evidence(40);
	e.freed_count = 900;
	e.peak_bytes = (uint64_t)(60 * MB);
	e.major_gcs = 0;
	CHECK_STR(growth_judge(&e).rule, "garbage-unseen");
}

/* Collections leave this and that, and lately more than ever; of what lives it is little. */
static double
left(double t)
{
	static const double of[] = {9, 1, 9, 1, 9, 1, 40, 20};

	return of[(int)t / 5 % 8] * MB;
}

static double
hardly_higher(double t)
{
	return left(t) + 100 * MB;
}

TEST(what_is_a_little_higher_is_flat)
{
	struct growth_evidence e;

	fill_gc(40, hardly_higher, left, 5);
	e = evidence(40);
	e.freed_count = 300;
	e.age_bytes[3] = e.live_bytes;
	CHECK_STR(growth_judge(&e).rule, "flat");
}

/* 15 MB each eight seconds, and one that did not come. */
static double
by_eight(double t)
{
	return 15 * MB * (1 + (int)((t < 24 ? t : 23) / 8));
}

TEST(stairs_have_stopped_when_a_step_was_missed)
{
	struct growth_evidence e;

	fill_gc(20, by_eight, zero, 15);
	e = evidence(20);
	e.major_gcs = 1;
	e.freed_count = 300;
	e.age_bytes[0] = e.live_bytes * 4 / 5;
	e.age_bytes[1] = e.live_bytes / 5;
	e.gc_known = false;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	fill_gc(33, by_eight, zero, 15);
	e.active_until_s = 32;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

/* What goes up and down is at its most now and then. */
TEST(of_a_plateau_no_rise_is_told_that_goes_on)
{
	struct growth_group g = {
		.live_bytes = 100 << 20,
		.finding = {.verdict = GROWTH_PLATEAU, .climb = {50 * MB, 30, 1}}};
	char buf[GROWTH_ROSE];

	CHECK_STR(growth_rose(buf, &g), "");
	g.finding.climb.to_s = 20;
	CHECK(strstr(growth_rose(buf, &g), "ago") != NULL);
	g.finding.climb.to_s = 1;
	g.finding.verdict = GROWTH_UNDECIDED;
	CHECK(strstr(growth_rose(buf, &g), "in the last") != NULL);
}

#define TAP_TESTS                                                                        \
	T(a_block_that_realloc_makes_larger_is_at_work)                                  \
	T(garbage_that_comes_down_is_none_that_a_leak_hides_in)                          \
	T(of_a_plateau_no_rise_is_told_that_goes_on)                                     \
	T(a_leak_that_is_a_small_part_of_what_lives_may_be_one)                          \
	T(what_is_a_little_higher_is_flat)                                               \
	T(stairs_have_stopped_when_a_step_was_missed)
TAP_MAIN()
