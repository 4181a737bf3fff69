/* SPDX-License-Identifier: Apache-2.0 */
/* Which part of resident memory grows: tools/model/growth_parts.h. V8's heap has test_growth_script.c. */
#include "tests/tap.h"
#include "tests/unit/growth_parts_series.h"

static struct growth_part
judge(const struct resident *r)
{
	return growth_judge_part(r, WEIR_PART_OF_NEXT, &windows, NULL);
}

static struct resident
of(uint64_t bytes, uint64_t all)
{
	struct resident r = {.parts_known = true, .rss_bytes = all};

	r.part_bytes[WEIR_PART_OF_NEXT] = bytes;
	return r;
}

TEST(a_part_that_grows_is_told_with_its_pace)
{
	struct resident r = of(200 * MB, 400 * MB);
	struct growth_part p;

	STEPS(windows, 25, 10, 10, 25);
	p = judge(&r);
	CHECK(p.worth);
	CHECK_EQ(p.verdict, GROWTH_HELD);
	CHECK(p.slope_bytes_per_s > 9.9 * (double)MB);
	CHECK(p.slope_bytes_per_s < 10.1 * (double)MB);
	/* Of too few looks nothing is said. */
	STEPS(windows, 3, 10, 10, 25);
	p = judge(&r);
	CHECK_EQ(p.verdict, GROWTH_UNDECIDED);
	CHECK(p.slope_bytes_per_s == 0);
	/* Nor is it said of a few that it does not grow. */
	STEPS(windows, 5, 10, 40, 25);
	CHECK_EQ(judge(&r).verdict, GROWTH_UNDECIDED);
	STEPS(windows, 5, 100, 0, 25);
	CHECK_EQ(judge(&r).verdict, GROWTH_PLATEAU);
	/* It rose at the start, and not since. */
	STEPS(windows, 5, 10, 90, 2);
	CHECK_EQ(judge(&r).verdict, GROWTH_PLATEAU);
	/* Three that are equal, over all of the time, do. */
	STEPS(windows, 3, 100, 0, 25);
	CHECK_EQ(judge(&r).verdict, GROWTH_PLATEAU);
}

TEST(pages_of_files_are_not_held)
{
	struct resident r = of(0, 400 * MB);
	struct growth_part p;

	r.part_bytes[WEIR_PART_OF_FILES] = 200 * MB;
	STEPS(windows, 25, 10, 10, 25);
	p = growth_judge_part(&r, WEIR_PART_OF_FILES, &windows, NULL);
	CHECK(p.worth && p.slope_bytes_per_s > 0);
	CHECK_EQ(p.verdict, GROWTH_UNDECIDED);
}

TEST(what_is_mostly_free_is_not_held)
{
	struct resident r = of(200 * MB, 400 * MB);

	STEPS(windows, 25, 10, 10, 25);
	r.next_known = true;
	r.next_used_bytes = 120 * MB;
	CHECK_EQ(judge(&r).verdict, GROWTH_HELD);
	r.next_used_bytes = 80 * MB;
	CHECK_EQ(judge(&r).verdict, GROWTH_RETAINED);
	r.next_known = false;
	CHECK_EQ(judge(&r).verdict, GROWTH_HELD);
}

/* Where garbage is collected, native blocks may wait for that: the lines of small ones tell. */
TEST(small_blocks_that_wait_for_a_collection_are_not_held)
{
	const enum growth_verdict held = GROWTH_HELD;
	const double mb = (double)MB;
	struct growth_small none = {.peak = 2 * mb, .live = 2 * mb, .undecided = 2 * mb};

	CHECK_EQ(growth_judge_next(held, none, 0), GROWTH_UNDECIDED);
	CHECK_EQ(growth_judge_next(held, none, 1), GROWTH_HELD);
	CHECK_EQ(growth_judge_next(GROWTH_RETAINED, none, 0), GROWTH_RETAINED);
	struct growth_small kept = {.peak = 80 * mb, .live = 80 * mb, .held = 20 * mb};

	CHECK_EQ(growth_judge_next(held, kept, 0), GROWTH_HELD);
	struct growth_small open = {
		.peak = 80 * mb, .live = 80 * mb, .undecided = 60 * mb};

	CHECK_EQ(growth_judge_next(held, open, 2), GROWTH_UNDECIDED);
	struct growth_small freed = {
		.peak = 80 * mb, .live = 5 * mb, .undecided = 4 * mb};

	CHECK_EQ(growth_judge_next(held, freed, 2), GROWTH_GC_LAG);
}

TEST(what_a_start_took_does_not_grow)
{
	struct resident r = of(100 * MB, 400 * MB);
	struct growth_part p;

	STEPS(windows, 25, 0, 10, 9);
	p = judge(&r);
	CHECK_EQ(p.verdict, GROWTH_PLATEAU);
	CHECK(!p.worth);
	/* But where it is most of all, it is worth a word. */
	r = of(100 * MB, 120 * MB);
	p = judge(&r);
	CHECK(p.worth);
	CHECK_EQ(p.verdict, GROWTH_PLATEAU);
}

TEST(little_is_not_worth_a_word)
{
	struct resident r = of(31 * MB, 40 * MB);

	STEPS(windows, 25, 0, 1.5, 25);
	CHECK(!judge(&r).worth);
	r = of(40 * MB, 1000 * MB);
	CHECK(!judge(&r).worth);
}

/* An array that is copied into one of half as much more: each step comes later than the last. */
TEST(a_step_in_the_later_half_is_not_flat)
{
	struct resident r = of(960 * MB, 1000 * MB);

	FILL(windows, 0, 46, (i < 9 ? 140 : i < 25 ? 290 : 960), 0);
	CHECK_EQ(judge(&r).verdict, GROWTH_UNDECIDED);
	CHECK(judge(&r).enough_s == 0);
	/* It has been so for longer than it took to come. */
	FILL(windows, 0, 46, (i < 9 ? 140 : i < 20 ? 290 : 960), 0);
	CHECK_EQ(judge(&r).verdict, GROWTH_PLATEAU);
	/* It comes and goes, and was as much before. */
	FILL(windows, 0, 46, (i % 9 < 5 ? 960 : 290), 0);
	CHECK_EQ(judge(&r).verdict, GROWTH_PLATEAU);
}

TEST(how_long_is_enough_is_told)
{
	struct resident r = of(200 * MB, 400 * MB);

	STEPS(windows, 3, 10, 10, 25);
	CHECK_EQ(judge(&r).verdict, GROWTH_UNDECIDED);
	CHECK(judge(&r).enough_s >= 5 && judge(&r).enough_s <= 6);
	STEPS(windows, 25, 10, 10, 25);
	CHECK(judge(&r).enough_s == 0);
}

TEST(what_weir_keeps_is_told_where_more_lived_before)
{
	struct resident r = resident_split(200 * MB, 20 * MB, 150 * MB, 10 * MB);

	CHECK(growth_retained(&r, 400 * MB));
	CHECK(!growth_retained(&r, 20 * MB));
	CHECK(!growth_retained(&r, 30 * MB));
	r = resident_split(200 * MB, 20 * MB, 0, 10 * MB);
	CHECK(!growth_retained(&r, 400 * MB));
}

#define TAP_TESTS                                                                        \
	T(a_part_that_grows_is_told_with_its_pace)                                       \
	T(pages_of_files_are_not_held)                                                   \
	T(what_is_mostly_free_is_not_held)                                               \
	T(small_blocks_that_wait_for_a_collection_are_not_held)                          \
	T(what_a_start_took_does_not_grow)                                               \
	T(little_is_not_worth_a_word)                                                    \
	T(a_step_in_the_later_half_is_not_flat)                                          \
	T(how_long_is_enough_is_told)                                                    \
	T(what_weir_keeps_is_told_where_more_lived_before)
TAP_MAIN()
