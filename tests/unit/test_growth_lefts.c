/* SPDX-License-Identifier: Apache-2.0 */
/* Whether what collections leave grows in step with the time: tools/model/growth_lefts.h. */
#include "tests/tap.h"
#include "tools/model/growth_lefts.h"

#define MB 1048576.0

static struct growth_lefts lefts;

/* So many megabytes at that second, by another collection than before. */
static void
left(double t_s, double mb)
{
	growth_lefts_add(&lefts, t_s, mb * MB, lefts.epoch + 1);
}

static double
pace(double end_s)
{
	double found = growth_lefts_pace(&lefts, end_s, 4 * MB) / MB;

	lefts = (struct growth_lefts){0};
	return found;
}

/* 2.5 MB a second. */
static void
steps(double from_s, double until_s, double every_s)
{
	for (double t = from_s; t <= until_s; t += every_s)
		left(t, 5 + 2.5 * t);
}

TEST(in_step_with_the_time_it_grows)
{
	steps(2, 30, 7);
	CHECK(pace(32) > 2.4);
	/* Two in a row count once, as the later one has it. */
	steps(2, 23, 7);
	left(29.6, 90);
	left(30, 80);
	CHECK(pace(32) > 2.4);
	/* The start was not like what came then. */
	left(1, 5);
	for (int t = 4; t <= 30; t += 5)
		left(t, 65 + 2.5 * t);
	CHECK(pace(32) > 2.4);
}

/* One text that is copied as it grows: two of it are left now and then. */
TEST(what_is_left_at_least_counts)
{
	for (int i = 0; i < 16; i++)
		left(2 + 2 * i, (5 + 2.5 * (2 + 2 * i)) * (i % 3 == 1 ? 2 : 1));
	CHECK(pace(33) > 2.4);
	/* The same of a text that is cut off each ten seconds. */
	for (int i = 0; i < 16; i++)
		left(2 + 2 * i, 5 + 2.5 * (2 * i % 10));
	CHECK(pace(33) <= 0);
}

/* Ever a little slower, as where a machine has more and more to do: by a third, from the first on. */
static void
slowing(bool asked)
{
	left(3, 10);
	left(12, 52);
	left(23, 96);
	if (asked)
		left(23.5, 96);
	left(33, 119);
	if (asked)
		left(34, 119.2);
}

TEST(what_is_asked_for_twice_may_be_less_even)
{
	slowing(false);
	CHECK(pace(34) <= 0);
	slowing(true);
	CHECK(pace(34) > 3);
	/* Two of which one row tells; once is not enough, nor is what came before the first one that is known. */
	for (uint64_t second = 1; second <= 2; second++) {
		growth_lefts_add(&lefts, 3, 10 * MB, 7);
		growth_lefts_add(&lefts, 12, 52 * MB, 8);
		growth_lefts_add(&lefts, 23, 96 * MB, 10);
		growth_lefts_add(&lefts, 33, 119 * MB, 10 + second);
		CHECK_EQ(pace(34) > 3, second == 2);
	}
	/* So often nobody asks. */
	for (int i = 0; i < 4; i++)
		left(2 + 0.1 * i, 5);
	slowing(true);
	CHECK(pace(34) <= 0);
}

TEST(few_or_of_a_part_of_the_time_tell_nothing)
{
	steps(2, 30, 14);
	left(30.3, 80.5);
	CHECK(pace(32) <= 0);
	/* Only lately; not lately. */
	steps(20, 30, 2);
	CHECK(pace(32) <= 0);
	steps(2, 21, 4);
	CHECK(pace(32) <= 0);
	/* Three on one day, and one on the next. */
	steps(2, 2.3, 0.1);
	left(30, 80);
	CHECK(pace(32) <= 0);
	/* Two of them at the same time, nearly. */
	left(2, 10);
	left(4, 15);
	left(20, 55);
	left(30, 80);
	CHECK(pace(32) <= 0);
	/* No collection between two looks. */
	for (int i = 0; i < 8; i++)
		growth_lefts_add(&lefts, 2 + 4 * i, (10 + 10 * i) * MB, 3);
	CHECK(pace(32) <= 0);
}

TEST(what_fills_or_comes_down_is_not_in_step)
{
	/* Full at second 20. */
	steps(2, 20, 4);
	left(24, 55);
	left(30, 55);
	CHECK(pace(32) <= 0);
	/* Ever slower. */
	left(4, 40);
	left(10, 60);
	left(18, 72);
	left(30, 80);
	CHECK(pace(32) <= 0);
	/* Down once. */
	steps(2, 14, 4);
	left(18, 30);
	steps(22, 30, 4);
	CHECK(pace(32) <= 0);
	/* Down right at first; half of it at once in the middle. */
	left(3, 20);
	left(5, 12);
	left(12, 40);
	left(20, 62);
	left(30, 88);
	CHECK(pace(32) <= 0);
	left(4, 10);
	left(10, 20);
	left(18, 60);
	left(24, 70);
	left(30, 80);
	CHECK(pace(32) <= 0);
	/* Little more on much. */
	for (int i = 0; i < 8; i++)
		left(2 + 4 * i, 500 + 2 * i);
	CHECK(pace(32) <= 0);
	/* Full long ago, and what is left differs by little: the end is what counts. */
	left(30, 85);
	left(222, 200);
	left(250, 200);
	left(275, 200);
	CHECK(pace(276) <= 0);
}

TEST(of_more_than_there_is_room_for_nothing_is_said)
{
	steps(2, 2 + GROWTH_LEFTS / 2.0, 0.5);
	CHECK(pace(36) <= 0);
	steps(2, 1.5 + GROWTH_LEFTS / 2.0, 0.5);
	CHECK(pace(36) > 0);
}

#define TAP_TESTS                                                                        \
	T(in_step_with_the_time_it_grows)                                                \
	T(what_is_left_at_least_counts)                                                  \
	T(what_is_asked_for_twice_may_be_less_even)                                      \
	T(few_or_of_a_part_of_the_time_tell_nothing)                                     \
	T(what_fills_or_comes_down_is_not_in_step)                                       \
	T(of_more_than_there_is_room_for_nothing_is_said)
TAP_MAIN()
