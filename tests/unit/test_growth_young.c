/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts on lines of which few collections were seen, or which are seen for a short time only. */
#include "tests/tap.h"
#include "tests/unit/growth_series.h"
#include "tools/model/growth_lows.h"

/* A collection each five seconds: so much lived then, and 15 MB a second come; `step` more each time. */
static double low_first, low_step, low_churn;

static double
three_falls(double t)
{
	int gc = (int)t / 5;

	return ((gc > 0 ? low_first + low_step * gc : 0) + low_churn * (t - 5 * gc)) * MB;
}

/* Of the first two nothing is known but the beginning. */
static double
three_floors(double t)
{
	return t < 10 ? 0 : (low_first + low_step * (t < 15 ? 1 : 2)) * MB;
}

/* A cache of which three collections were seen, each of which left as much: the beginning is no floor to compare with. */
TEST(few_collections_that_leave_the_same_are_of_a_cache)
{
	struct growth_evidence e;

	low_first = 30;
	low_step = 0;
	low_churn = 15;
	fill_gc(19, three_falls, three_floors, 5);
	e = evidence(19);
	e.major_gcs = 3;
	e.peak_bytes = (uint64_t)(130 * MB);
	e.freed_count = 900;
	e.age_bytes[1] = (uint64_t)(30 * MB);
	e.age_bytes[0] = e.live_bytes - e.age_bytes[1];
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	/* Each left more: no word of comfort. */
	low_step = 25;
	fill_gc(19, three_falls, three_floors, 5);
	e.live_bytes = (uint64_t)last_live();
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	/* One in ten is kept, and just now most is garbage. */
	low_first = 0;
	low_step = 9;
	low_churn = 25;
	fill_gc(19, three_falls, three_floors, 5);
	e.live_bytes = (uint64_t)last_live();
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
}

/* A collection each four seconds, known one later: it left 3 MB for each second until then, up to paced_until. */
static double paced_until;

static double
paced(double t)
{
	double at = (int)t / 4 * 4;

	return (3 * (at < paced_until ? at : paced_until) + (t - at) * 20) * MB;
}

static double
paced_floor(double t)
{
	double at = (int)t / 4 * 4 - 4;

	return at < 0 ? 0 : 3 * (at < paced_until ? at : paced_until) * MB;
}

static struct growth_finding
of_four_collections(double left)
{
	struct growth_evidence e;

	fill_gc(19, paced, paced_floor, 4);
	e = evidence(19);
	e.major_gcs = 4;
	e.freed_count = 900;
	e.age_bytes[1] = (uint64_t)(left * MB);
	e.age_bytes[0] = e.live_bytes - e.age_bytes[1];
	return growth_judge(&e);
}

TEST(four_collections_in_step_with_the_time_are_of_a_leak)
{
	struct growth_finding f;

	paced_until = 100;
	f = of_four_collections(48);
	CHECK_EQ(f.verdict, GROWTH_HELD);
	CHECK_STR(f.rule, "climbs");
	CHECK(f.slope_bytes_per_s > 2.7 * MB && f.slope_bytes_per_s < 3.3 * MB);
	/* A cache that was full after the third. */
	paced_until = 12;
	CHECK_EQ(of_four_collections(36).verdict, GROWTH_UNDECIDED);
	/* The last one took most of it. */
	paced_until = 100;
	CHECK_EQ(of_four_collections(20).verdict, GROWTH_UNDECIDED);
	/* The next one tells, but of what has survived already. */
	CHECK(of_four_collections(20).unseen);
	struct growth_evidence e = evidence(19);

	e.age_bytes[1] = e.live_bytes;
	CHECK(!growth_judge(&e).unseen);
	e.age_bytes[1] = 0;
	CHECK(growth_judge(&e).unseen);
}

/* A cache that was full when the last two of three collections came. */
TEST(a_collection_that_leaves_no_more_is_of_no_leak)
{
	static struct growth_window w = {.end_s = GROWTH_CELLS};

	for (size_t i = 0; i < GROWTH_CELLS; i++) {
		w.live[i] = 100 * MB;
		w.floor[i] = (i < 56 ? 0 : i < 64 ? 64 : 95) * MB;
		w.epoch_at[i] = i < 38 ? 0 : i < 56 ? 1 : i < 64 ? 2 : 3;
	}
	CHECK(growth_lows_pace(&w, 0, 96 * MB, true) <= 0);
	CHECK(growth_lows_pace(&w, 0, 110 * MB, true) > 1.7 * MB);
	CHECK(growth_lows_pace(&w, 0, 110 * MB, false) <= 0);
}

/* Two at second 42 and two at 62, as they are asked for: each floor is of just then, and not of the collections before. */
TEST(what_two_in_a_row_leave_is_of_then)
{
	static struct growth_window w = {.end_s = GROWTH_CELLS};

	for (size_t i = 0; i < GROWTH_CELLS; i++) {
		w.live[i] = 100 * MB;
		w.floor[i] = (i < 42 ? 0 : i < 62 ? 48 : 73) * MB;
		w.epoch_at[i] = i < 30 ? 0 : i < 42 ? 1 : i < 62 ? 3 : 5;
	}
	CHECK(growth_lows_pace(&w, 0, 74 * MB, true) > 1.1 * MB);
	/* Of many the floors tell. */
	for (size_t i = 62; i < GROWTH_CELLS; i++)
		w.epoch_at[i] = 33;
	CHECK(growth_lows_pace(&w, 0, 74 * MB, true) <= 0);
	for (size_t i = 62; i < GROWTH_CELLS; i++)
		w.epoch_at[i] = 5;
	/* Both pairs are long ago. */
	for (size_t i = 0; i < GROWTH_CELLS; i++) {
		w.floor[i] = (i < 22 ? 0 : i < 42 ? 25 : 48) * MB;
		w.epoch_at[i] = i < 10 ? 0 : i < 22 ? 1 : i < 42 ? 3 : 5;
	}
	CHECK(growth_lows_pace(&w, 0, 74 * MB, true) <= 0);
	for (size_t i = 0; i < GROWTH_CELLS; i++) {
		w.floor[i] = (i < 42 ? 0 : i < 62 ? 48 : 73) * MB;
		w.epoch_at[i] = i < 30 ? 0 : i < 42 ? 1 : i < 62 ? 3 : 5;
	}
	/* Those before left nothing: it comes and goes. */
	for (size_t i = 0; i < GROWTH_CELLS; i++)
		w.epoch_at[i] = i < 42 ? i / 6 : i < 62 ? 9 : 11;
	CHECK(growth_lows_pace(&w, 0, 74 * MB, true) <= 0);
	for (size_t i = 0; i < GROWTH_CELLS; i++)
		w.epoch_at[i] = i < 30 ? 0 : i < 42 ? 1 : i < 62 ? 3 : 5;
	/* It stands still since the first two; the last two took much of it. */
	for (size_t i = 62; i < GROWTH_CELLS; i++)
		w.floor[i] = 50 * MB;
	CHECK(growth_lows_pace(&w, 0, 51 * MB, true) <= 0);
	for (size_t i = 62; i < GROWTH_CELLS; i++)
		w.floor[i] = 30 * MB;
	CHECK(growth_lows_pace(&w, 0, 31 * MB, true) <= 0);
}

/* Minor collections each three seconds, and one in four stays: the first of them left much garbage. */
static double
minor_falls(double t)
{
	static const double first[] = {10, 25, 12, 12, 12, 12};

	return (t < 6 ? first[(int)t] : 4 + 1.5 * t + (double)((int)t % 3) * 8) * MB;
}

TEST(what_has_survived_was_not_there_before)
{
	struct growth_evidence e;

	fill_gc(20, minor_falls, zero, 19);
	e = evidence(20);
	e.major_gcs = 2;
	e.freed_count = 900;
	e.age_bytes[2] = (uint64_t)(28 * MB);
	e.age_bytes[0] = e.live_bytes - e.age_bytes[2];
	CHECK_STR(growth_judge(&e).rule, "garbage-unseen");
	/* Nor is it garbage after ten, whose floors say nothing: the line was compiled anew. */
	fill_gc(20, minor_falls, zero, 2);
	e.major_gcs = 10;
	CHECK_STR(growth_judge(&e).rule, "garbage-unseen");
	/* As much of it was there all the time. */
	e.age_bytes[2] = (uint64_t)(14 * MB);
	e.age_bytes[0] = e.live_bytes - e.age_bytes[2];
	CHECK(strcmp(growth_judge(&e).rule, "garbage-unseen") != 0);
}

/* Sampled for three seconds. */
static double
late_comer(double t)
{
	return t < 16 ? 0 : (t < 17 ? 2 : t < 18 ? 6 : 12) * MB;
}

static double
late_garbage(double t)
{
	return t < 14 ? 0 : (12 - (int)t % 2 * 11) * MB;
}

TEST(what_was_seen_lately_and_rises_is_no_garbage_before_a_collection)
{
	struct growth_evidence e;

	fill_gc(19, late_comer, zero, 0);
	e = evidence(19);
	e.major_gcs = 0;
	e.first_s = 16;
	e.freed_count = 700;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	fill_gc(19, late_garbage, zero, 0);
	e.live_bytes = (uint64_t)last_live();
	CHECK_EQ(verdict(&e), GROWTH_GC_LAG);
}

/* Entries of six seconds: at the one collection two thirds were left, and at the next it will be as much. */
static double
six_seconds(double t)
{
	return (t < 13 ? 6 * t : 41 + 6 * (t - 13)) * MB;
}

TEST(after_one_fall_a_rise_may_be_garbage)
{
	struct growth_evidence e;

	fill_gc(20, six_seconds, zero, 13);
	e = evidence(20);
	e.major_gcs = 1;
	e.freed_count = 300;
	e.age_bytes[1] = e.live_bytes / 2;
	e.age_bytes[0] = e.live_bytes - e.age_bytes[1];
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
}

/* Two of just now, as `weir collect` asks for, left a floor, but there is none to compare it with. */
TEST(what_rises_under_garbage_is_no_plateau_after_two_collections)
{
	struct growth_evidence e;

	fill_gc(30, kept_under_saw, zero, 28);
	e = evidence(30);
	e.major_gcs = 2;
	e.freed_count = 900;
	e.age_bytes[1] = e.live_bytes / 2;
	e.age_bytes[0] = e.live_bytes - e.age_bytes[1];
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
}

/* Sampled from the ninth second on, one block in five freed: as a logger's queue of buffers was seen on Node 26. */
static double
sampled_leak(double t)
{
	static const double live[] = {6, 10, 10, 14, 19, 24, 28, 32, 32, 33, 37, 43};

	return t < 9 ? 0 : live[(int)t - 9] * MB;
}

static double
sampled_floor(double t)
{
	static const double left[] = {0, 0, 0, 4, 4, 11, 11, 11, 11, 23, 23, 39};

	return t < 9 ? 0 : left[(int)t - 9] * MB;
}

TEST(of_samples_the_time_before_the_first_is_no_time_without_blocks)
{
	struct growth_evidence e;

	fill_gc(21, sampled_leak, sampled_floor, 2);
	e = evidence(21);
	e.major_gcs = 5;
	e.first_s = 9;
	e.alloc_count = 105;
	e.freed_count = 20;
	e.age_bytes[1] = e.live_bytes / 2;
	e.age_bytes[0] = e.live_bytes - e.age_bytes[1];
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	growth_windows_from(&windows, 9);
	CHECK_EQ(windows.n, 1);
	CHECK(windows.begin_s == 9 && windows.of[0].begin_s == 9);
	CHECK(windows.of[0].points >= 10 && windows.of[0].points <= 12);
	CHECK(windows.of[0].live[0] >= 6 * MB);
	CHECK_EQ(verdict(&e), GROWTH_HELD);
}

#define TAP_TESTS                                                                        \
	T(few_collections_that_leave_the_same_are_of_a_cache)                            \
	T(four_collections_in_step_with_the_time_are_of_a_leak)                          \
	T(a_collection_that_leaves_no_more_is_of_no_leak)                                \
	T(what_two_in_a_row_leave_is_of_then)                                            \
	T(what_has_survived_was_not_there_before)                                        \
	T(what_was_seen_lately_and_rises_is_no_garbage_before_a_collection)              \
	T(after_one_fall_a_rise_may_be_garbage)                                          \
	T(what_rises_under_garbage_is_no_plateau_after_two_collections)                  \
	T(of_samples_the_time_before_the_first_is_no_time_without_blocks)
TAP_MAIN()
