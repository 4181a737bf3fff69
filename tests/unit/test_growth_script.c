/* SPDX-License-Identifier: Apache-2.0 */
/* Whether V8's heap is held, by what collections leave of it: tools/model/growth_parts.h. */
#include "tests/tap.h"
#include "tests/unit/growth_parts_series.h"

/* What the last collection left. */
static struct growth_script seen;

static enum growth_verdict
script_of(uint64_t bytes, uint64_t all)
{
	struct resident r = {.parts_known = true, .rss_bytes = all};

	r.part_bytes[WEIR_PART_OF_SCRIPT] = bytes;
	return growth_judge_part(&r, WEIR_PART_OF_SCRIPT, &windows, &seen).verdict;
}

static enum growth_verdict
script(void)
{
	return script_of(200 * MB, 400 * MB);
}

TEST(of_v8s_heap_what_survives_decides)
{
	STEPS(windows, 25, 10, 10, 25);
	STEPS(seen.used, 25, 10, 1, 25);
	CHECK_EQ(script(), GROWTH_HELD);
	STEPS(seen.used, 3, 10, 1, 25);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	STEPS(seen.used, 25, 10, 0, 25);
	CHECK_EQ(script(), GROWTH_GC_LAG);
	/* What does not grow at all is no garbage either. */
	STEPS(windows, 25, 10, 0, 25);
	CHECK_EQ(script(), GROWTH_PLATEAU);
}

/* 200 MB and more or less by 60; what collections leave rises by 2 MB a second, or not. */
TEST(what_is_left_rises_under_garbage)
{
	FILL(windows, 0, 25, (140 + 60 * (i % 3)), 0);
	STEPS(seen.used, 25, 10, 2, 25);
	CHECK_EQ(script(), GROWTH_HELD);
	STEPS(seen.used, 25, 10, 0.25, 25);
	CHECK_EQ(script(), GROWTH_PLATEAU);
	STEPS(seen.used, 25, 58, 0, 25);
	CHECK_EQ(script(), GROWTH_PLATEAU);
}

/* `n` collections in 24 seconds: each left `step` MB more than the one before. */
static void
collect_at(int n, double from, double step)
{
	FILL(seen.used, 0, 25, (from + step * (i * n / 25)), (i * n / 25) + 1);
}

TEST(a_few_collections_tell_if_they_leave_most_of_what_came)
{
	/* From 8 to 200 MB. */
	STEPS(windows, 25, 8, 8, 25);
	collect_at(3, 40, 60);
	CHECK_EQ(script(), GROWTH_HELD);
	collect_at(2, 50, 80);
	CHECK_EQ(script(), GROWTH_HELD);
	collect_at(6, 120, 10);
	CHECK_EQ(script(), GROWTH_HELD);
	/* One tells nothing, however much it left. */
	collect_at(1, 180, 0);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	/* What came since may be garbage. */
	collect_at(3, 20, 30);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	/* It went down between them. */
	collect_at(3, 300, -80);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	/* What it had before does not count: only 40 of 192 MB came and stayed. */
	STEPS(windows, 25, 120, 3.2, 25);
	collect_at(3, 120, 15);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
}

/* One collection, at that second, left so much. */
static void
collect_once(int second, double left)
{
	FILL(seen.used, second, 25, left, 1);
}

TEST(one_collection_tells_if_all_goes_on_as_before)
{
	/* From 8 to 200 MB, of which 136 had come at second 16. */
	STEPS(windows, 25, 8, 8, 25);
	collect_once(16, 130);
	CHECK_EQ(script(), GROWTH_HELD);
	/* It left half of it; it was of the start; it is of just now, and what came is of before. */
	collect_once(16, 70);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	collect_once(4, 39);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	/* Of just now: all that came in both halves was looked at. */
	collect_once(23, 180);
	CHECK_EQ(script(), GROWTH_HELD);
	/* Well before the middle, and all goes on evenly since; a third of the way, so that too much has come since. */
	collect_once(10, 87);
	CHECK_EQ(script(), GROWTH_HELD);
	collect_once(8, 70);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	/* Three times as much a second has come since; a third. */
	FILL(windows, 0, 25, i < 18 ? 8 + 5.5 * i : 107 + 15.5 * (i - 18), 0);
	collect_once(18, 105);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	FILL(windows, 0, 25, i < 12 ? 8 + 12 * i : 152 + 4 * (i - 12), 0);
	collect_once(12, 150);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	/* 150 MB by second 12, then little: who loads much at first, and makes garbage then. */
	FILL(windows, 0, 25, (i < 12 ? 12.5 * i : 150 + 4.1 * (i - 12)), 0);
	collect_once(12, 145);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
}

/* 100 MB within the first second, three collections meanwhile; since then little, and no other. */
TEST(collections_of_a_start_tell_nothing_of_what_came_later)
{
	FILL(windows, 0, 25, i < 1 ? 10 : 110 + 3.75 * i, 0);
	FILL(seen.used, 0, 25, i < 1 ? 8 : 110, i < 1 ? 1 : 3);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
}

/* Each collection leaves more than the one before, far apart, under a heap that swings: neither flat nor garbage. */
TEST(few_collections_that_leave_more_are_not_flat)
{
	FILL(windows, 0, 25, (140 + 60 * (i % 3)), 0);
	collect_at(3, 20, 35);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	collect_at(3, 90, 1);
	CHECK_EQ(script(), GROWTH_PLATEAU);
	/* Little of a heap that grows, but more each time: not all of that is garbage. */
	STEPS(windows, 25, 10, 5, 25);
	collect_at(6, 10, 3);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	collect_at(6, 10, 0.2);
	CHECK_EQ(script(), GROWTH_GC_LAG);
}

/* It grew to 400 MB, of which one collection saw little; the one that is asked for takes a third of it. */
TEST(a_collection_that_is_asked_for_decides)
{
	static const double left[] = {175, 230, 300};

	for (size_t k = 0; k < 3; k++) {
		FILL(windows, 0, 25, i < 23 ? 10 + 17 * i : left[k], 0);
		FILL(seen.used, 5, 25, i < 23 ? 40 : left[k], i < 23 ? 1 : 2);
		/* No more than there was before six tenths: a cache may have filled by then. */
		CHECK_EQ(script(), k < 2 ? GROWTH_UNDECIDED : GROWTH_HELD);
	}
}

/* 2 MB a second under garbage; asked at second 18 and at 28, the collections leave so much. */
static void
collect_twice(double first, double second)
{
	FILL(windows, 0, 30, i < 28 ? 30 + 3 * i : second + 15, 0);
	FILL(seen.used, 18, 30, i < 28 ? first : second, i < 28 ? 2 : 4);
}

TEST(two_collections_that_are_asked_for_tell_slow_leaks_and_caches)
{
	collect_twice(66, 86);
	CHECK_EQ(script(), GROWTH_HELD);
	/* Less than there was half way, with its garbage. */
	collect_twice(54, 74);
	CHECK_EQ(script(), GROWTH_HELD);
	/* Full between them; full before the first. */
	collect_twice(66, 71);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	collect_twice(86, 86);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	/* More than twice as fast as before, and less than there was at first with the garbage: something has begun. */
	collect_twice(36, 60);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
}

/* The main thread collects its 4 MB, and a worker that is not followed has the rest. */
TEST(collections_of_another_heap_tell_nothing)
{
	FILL(windows, 0, 30, 150 + 4 * i, 0);
	FILL(seen.used, 2, 30, 4 + (i > 26 ? 0.5 : 0), i / 7 + 1);
	CHECK_EQ(script_of(270 * MB, 330 * MB), GROWTH_UNDECIDED);
	FILL(windows, 0, 30, 150, 0);
	CHECK_EQ(script_of(150 * MB, 210 * MB), GROWTH_UNDECIDED);
	/* After one of them the size was near what they leave. */
	FILL(windows, 0, 30, i == 28 ? 20 : 150, 0);
	CHECK_EQ(script_of(150 * MB, 210 * MB), GROWTH_PLATEAU);
}

/* What one leaves the next takes, though each other one leaves more: of all that came little is left. */
TEST(collections_that_take_most_are_of_garbage)
{
	FILL(windows, 0, 25, 10 + 8 * i, 0);
	FILL(seen.used, 0, 25, i * 6 / 25 % 2 ? 30 + 8 * (i * 6 / 25) : 15,
	     i * 6 / 25 + 1);
	CHECK_EQ(script(), GROWTH_GC_LAG);
}

TEST(few_steps_are_neither_flat_nor_a_rise)
{
	FILL(windows, 0, 25,
	     (i < 3    ? 59
	      : i < 6  ? 113
	      : i < 11 ? 168
	      : i < 16 ? 276
		       : 331),
	     0);
	collect_once(4, 39);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
}

/* What a child printed, kept as one text: V8 collects seldom, and each collection leaves more (Node 24, 40 s). */
static const struct look {
	int s;
	double live, used;
} looks[] = {{0, 59, 30},    {3, 113, 30},   {6, 168, 110},  {11, 276, 110},
	     {14, 331, 110}, {20, 333, 268}, {23, 440, 322}, {27, 495, 322},
	     {32, 550, 322}, {37, 605, 322}};

static const struct look *
look_at(int s)
{
	const struct look *last = looks;

	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]) && looks[i].s <= s; i++)
		last = &looks[i];
	return last;
}

TEST(four_collections_that_leave_more_and_more_are_no_garbage)
{
	FILL(windows, 0, 38, look_at(i)->live, 0);
	FILL(seen.used, 0, 38, look_at(i)->used, look_at(i)->used);
	CHECK_EQ(script_of(605 * MB, 700 * MB), GROWTH_HELD);
}

/* Seen for eight seconds, after a collection made room: what is kept may fill that unseen (Node 24). */
TEST(a_young_heap_that_was_collected_once_is_not_flat)
{
	FILL(windows, 0, 19, (i < 2 ? 63 : 103), 0);
	FILL(seen.used, 5, 19, 54, 1);
	CHECK_EQ(script_of(104 * MB, 154 * MB), GROWTH_UNDECIDED);
	/* A second one left as much. */
	FILL(seen.used, 5, 19, 54, (i > 16));
	CHECK_EQ(script_of(104 * MB, 154 * MB), GROWTH_PLATEAU);
	/* It has not grown, or is no start any more. */
	FILL(windows, 0, 19, 103, 0);
	FILL(seen.used, 5, 19, 54, 1);
	CHECK_EQ(script_of(104 * MB, 154 * MB), GROWTH_PLATEAU);
	FILL(windows, 0, 100, (i < 20 ? 63 : 103), 0);
	FILL(seen.used, 30, 100, 54, 1);
	CHECK_EQ(script_of(104 * MB, 154 * MB), GROWTH_PLATEAU);
}

/* After a collection it is less than half of all, and is spoken of all the same if it may grow. */
TEST(what_may_grow_is_worth_a_word_when_it_is_a_quarter)
{
	struct resident r = {.parts_known = true, .rss_bytes = 100 * MB};

	r.part_bytes[WEIR_PART_OF_SCRIPT] = 44 * MB;
	FILL(windows, 0, 50, (i < 9 ? 30 : i < 45 ? 50 : 44), 0);
	FILL(seen.used, 5, 50, (i < 20 ? 9 : i < 45 ? 27 : 39), (i / 15));
	CHECK_EQ(growth_judge_part(&r, WEIR_PART_OF_SCRIPT, &windows, &seen).verdict,
		 GROWTH_UNDECIDED);
	CHECK(growth_judge_part(&r, WEIR_PART_OF_SCRIPT, &windows, &seen).worth);
	FILL(seen.used, 5, 50, 39, (i / 15));
	CHECK(!growth_judge_part(&r, WEIR_PART_OF_SCRIPT, &windows, &seen).worth);
}

/* After few looks as well, if it is half of all: a collection that is asked for tells sooner than more of them. */
TEST(half_of_all_is_worth_a_word_after_few_looks)
{
	struct resident r = {.parts_known = true, .rss_bytes = 107 * MB};

	r.part_bytes[WEIR_PART_OF_SCRIPT] = 55 * MB;
	FILL(windows, 18, 21, 2.5 * i, 0);
	FILL(seen.used, 18, 21, 30, 1);
	CHECK(growth_judge_part(&r, WEIR_PART_OF_SCRIPT, &windows, &seen).worth);
	r.rss_bytes = 120 * MB;
	CHECK(!growth_judge_part(&r, WEIR_PART_OF_SCRIPT, &windows, &seen).worth);
}

/* Labels of metrics, 2.5 MB a second: recorded from second 10 on, asked at 22 and at 32 (Node 20). */
TEST(collections_before_the_record_count_as_well)
{
	static const struct growth_left of[] = {
		{1.7, 7.1}, {6.3, 19.5}, {22, 57.8}, {23, 62.3}, {32, 83.1}};

	FILL(windows, 10, 34, i < 21 ? 22 + 3.7 * i : i < 32 ? 4 * i - 20 : 90, 0);
	FILL(seen.used, 10, 34,
	     i < 21   ? 19.5
	     : i < 32 ? 62.3
		      : 83.1,
	     i < 21   ? 2
	     : i < 32 ? 5
		      : 7);
	CHECK_EQ(script_of(90 * MB, 147 * MB), GROWTH_UNDECIDED);
	for (uint64_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		growth_lefts_add(&seen.lefts, of[i].t_s, of[i].bytes * (double)MB, i + 1);
	CHECK_EQ(script_of(90 * MB, 147 * MB), GROWTH_HELD);
	seen.lefts = (struct growth_lefts){0};
}

#define TAP_TESTS                                                                        \
	T(of_v8s_heap_what_survives_decides)                                             \
	T(what_is_left_rises_under_garbage)                                              \
	T(a_few_collections_tell_if_they_leave_most_of_what_came)                        \
	T(one_collection_tells_if_all_goes_on_as_before)                                 \
	T(collections_of_a_start_tell_nothing_of_what_came_later)                        \
	T(few_collections_that_leave_more_are_not_flat)                                  \
	T(two_collections_that_are_asked_for_tell_slow_leaks_and_caches)                 \
	T(collections_of_another_heap_tell_nothing)                                      \
	T(a_collection_that_is_asked_for_decides)                                        \
	T(collections_that_take_most_are_of_garbage)                                     \
	T(few_steps_are_neither_flat_nor_a_rise)                                         \
	T(four_collections_that_leave_more_and_more_are_no_garbage)                      \
	T(a_young_heap_that_was_collected_once_is_not_flat)                              \
	T(what_may_grow_is_worth_a_word_when_it_is_a_quarter)                            \
	T(half_of_all_is_worth_a_word_after_few_looks)                                   \
	T(collections_before_the_record_count_as_well)
TAP_MAIN()
