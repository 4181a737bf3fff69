/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts on series whose answer is known.
 */
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/growth_series.h"
#include "tools/model/growth_verdict.h"

TEST(one_block_that_grows_is_held_after_eight_collections)
{
	struct growth_evidence e;

	fill(40, copies, copies);
	e = evidence(40);
	e.freed_count = 900;
	e.age_bytes[3] = e.live_bytes;
	e.live_count = 2;
	e.alloc_bytes = 20 * e.live_bytes;
	e.major_gcs = 8;
	CHECK_STR(growth_judge(&e).rule, "one-grows");
	e.major_gcs = 7;
	CHECK(growth_judge(&e).verdict != GROWTH_HELD);
}

TEST(what_has_stopped_has_not_while_its_blocks_grow)
{
	struct growth_evidence e;

	fill_gc(40, bend, bend, 4);
	e = evidence(40);
	e.freed_count = 600;
	e.age_bytes[3] = e.live_bytes;
	CHECK_STR(growth_judge(&e).rule, "stopped");
	/* Twenty buffers that are each replaced by a larger one, and copies of them. */
	e.live_count = 57;
	e.alloc_bytes = e.live_bytes * 10;
	CHECK_STR(growth_judge(&e).rule, "swells");
}

TEST(what_rose_a_moment_ago_has_not_stopped_but_later_it_has)
{
	struct growth_evidence e;

	fill(40, late_step, late_step);
	e = evidence(40);
	e.freed_count = 600;
	CHECK_STR(growth_judge(&e).rule, "rose");
	fill(60, late_step, late_step);
	e.active_until_s = 59;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

TEST(a_rising_floor_is_held)
{
	struct growth_evidence e;
	struct growth_finding f;

	fill(25, line, line);
	e = evidence(25);
	f = growth_judge(&e);
	CHECK_EQ(f.verdict, GROWTH_HELD);
	CHECK(f.slope_bytes_per_s > 1.9 * MB && f.slope_bytes_per_s < 2.1 * MB);
	/* From 5 to 53 MB, start-up aside. */
	CHECK(f.climb.bytes > 43 * MB && f.climb.bytes < 46 * MB);
	CHECK(f.climb.from_s > 20 && f.climb.to_s < 2);
	/* Nearly all of it is freed, and still the floor rises. */
	fill(100, rising_saw, rising_floor);
	e = evidence(100);
	e.freed_count = 990;
	f = growth_judge(&e);
	CHECK_EQ(f.verdict, GROWTH_HELD);
	CHECK(f.slope_bytes_per_s > 0.09 * MB && f.slope_bytes_per_s < 0.11 * MB);
}

TEST(what_grows_for_less_than_a_minute_may_be_a_cache)
{
	fill(100, line, line);
	struct growth_evidence e = evidence(100);

	CHECK_EQ(verdict(&e), GROWTH_HELD);
	CHECK(!growth_judge(&e).early);
	e.first_s = 99 - GROWTH_EARLY_S + 2;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	CHECK(growth_judge(&e).early);
	/* Of what does not grow there is nothing to wait for. */
	fill(20, constant, constant);
	e = evidence(20);
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	CHECK(!growth_judge(&e).early);
}

/* Seen seven times while it fills, though most blocks were replaced long since. */
TEST(a_ring_that_has_just_filled_is_not_held)
{
	fill(7, line, line);
	struct growth_evidence e = evidence(7);

	e.freed_count = 10;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	e.freed_count = 800;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	fill(40, line, line);
	e = evidence(40);
	e.freed_count = 800;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
}

/* 5 MB that stay, under ten times as much garbage. */
static double
small_floor(double t)
{
	(void)t;
	return 5 * MB;
}

static double
under_garbage(double t)
{
	return 5 * MB + (double)((int)t % 6) * 10 * MB;
}

/* Collections may leave anything: no more than that is known. */
static double
ragged_floor(double t)
{
	return (int)t % 2 == 0 ? 5 * MB : 0.2 * MB;
}

/* ... a lot, and then less than half of that. */
static double
halved_floor(double t)
{
	return (int)t % 2 == 0 ? 12 * MB : 5 * MB;
}

TEST(what_collections_always_leave_is_kept_whatever_lies_beside_it)
{
	struct growth_evidence e;

	fill(40, under_garbage, small_floor);
	e = evidence(40);
	e.freed_count = 990;
	e.peak_bytes = (uint64_t)(60 * MB);
	e.age_bytes[3] = e.live_bytes;
	CHECK_STR(growth_judge(&e).rule, "replaced");
	fill(40, under_garbage, ragged_floor);
	CHECK_STR(growth_judge(&e).rule, "garbage");
	fill(40, under_garbage, halved_floor);
	CHECK_STR(growth_judge(&e).rule, "garbage");
	/* Three collections are too few to say "always". */
	fill_gc(40, under_garbage, small_floor, 14);
	CHECK_STR(growth_judge(&e).rule, "garbage");
	fill_gc(40, under_garbage, small_floor, 10);
	CHECK_STR(growth_judge(&e).rule, "replaced");
	/* Too little beside the garbage to be what it is about. */
	fill(40, under_garbage, small_floor);
	e.peak_bytes = (uint64_t)(200 * MB);
	CHECK_STR(growth_judge(&e).rule, "garbage");
}

TEST(a_floor_that_stays_is_not_held)
{
	struct growth_evidence e;

	fill(100, saw, saw_floor);
	e = evidence(100);
	e.freed_count = 990;
	e.peak_bytes = (uint64_t)(28 * MB);
	CHECK_EQ(verdict(&e), GROWTH_GC_LAG);
	CHECK(growth_judge(&e).slope_bytes_per_s == 0);
	fill(100, bend, bend);
	e = evidence(100);
	e.freed_count = 900;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	fill(30, bend, bend);
	e = evidence(30);
	e.freed_count = 600;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	/* A cache that turns over: what lives is young, and as much as ever. */
	fill(100, constant, constant);
	e = evidence(100);
	e.alloc_count = 20000;
	e.freed_count = 19980;
	e.age_bytes[0] = (uint64_t)(5 * MB);
	e.age_bytes[1] = (uint64_t)(15 * MB);
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

/* A floor of 40 MB and as much garbage again: a cache that replaces. */
static double
lru(double t)
{
	return (t < 10 ? 4 * t : 40) * MB + (double)((int)t % 5) * 10 * MB;
}

static double
lru_floor(double t)
{
	return (t < 15 ? t < 5 ? 0 : 4 * (t - 5) : 40) * MB;
}

TEST(a_cache_that_replaces_is_no_garbage)
{
	struct growth_evidence e;

	fill(40, lru, lru_floor);
	e = evidence(40);
	e.freed_count = 800;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

TEST(a_floor_seen_often_is_one_witness)
{
	struct growth_evidence e;

	/* Three collections in 40 rows: steps, which the sign test alone would call a rise. */
	fill_gc(40, lru, lru_floor, 14);
	e = evidence(40);
	e.freed_count = 800;
	e.peak_bytes = (uint64_t)(100 * MB);
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

TEST(a_rise_with_rare_collections_is_seen_in_what_was_not_freed)
{
	struct growth_evidence e;

	/* Two of them in the time: the floors have no course. */
	fill_gc(20, line, zero, 8);
	e = evidence(20);
	e.major_gcs = 2;
	e.age_bytes[0] = 50;
	e.age_bytes[1] = 150;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	CHECK(growth_judge(&e).slope_bytes_per_s > 1.8 * MB);
	CHECK(growth_judge(&e).slope_bytes_per_s < 2.2 * MB);
	e.age_bytes[0] = 1000;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	/* None at all, of an add-on's block say: what frees it may wait for one. */
	e.major_gcs = 0;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	CHECK_STR(growth_judge(&e).rule, "kept-unseen");
	CHECK(strstr(growth_finding_meaning(&(struct growth_finding){
			     .verdict = GROWTH_UNDECIDED, .rule = growth_judge(&e).rule}),
		     "event loop") != NULL);
}

TEST(a_leak_that_rests_is_still_one_but_not_for_ever)
{
	struct growth_evidence e;

	fill(13, bend, bend);
	e = evidence(13);
	e.active_until_s = 10;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	fill(40, bend, bend);
	e = evidence(40);
	e.active_until_s = 10;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

TEST(what_is_gone_is_released)
{
	struct growth_evidence e;

	fill(20, line, line);
	e = evidence(20);
	e.peak_bytes = 1u << 30;
	e.live_bytes = 1u << 20;
	CHECK_EQ(verdict(&e), GROWTH_RELEASED);
	e.live_bytes = 0;
	CHECK_EQ(verdict(&e), GROWTH_RELEASED);
}

TEST(few_points_let_the_counts_decide)
{
	struct growth_evidence e;

	fill(3, line, line);
	e = evidence(3);
	e.major_gcs = 1;
	e.age_bytes[0] = e.age_bytes[1] = 100;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	e.age_bytes[1] = 10;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	e.major_gcs = 0;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	/* Of garbage that nobody saw come down. */
	e.freed_count = 900;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	e.gc_known = false;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	e.alloc_count = 3;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
}

TEST(without_a_view_of_the_collector_live_bytes_are_judged)
{
	struct growth_evidence e;

	fill(20, line, line);
	e = evidence(20);
	e.gc_known = false;
	e.major_gcs = 0;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	fill(100, saw, saw);
	e = evidence(100);
	e.gc_known = false;
	e.freed_count = 990;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	/* Two teeth are a trend to the sign test, but their floor is the same. */
	fill(20, saw, saw);
	e = evidence(20);
	e.gc_known = false;
	e.freed_count = 990;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

TEST(every_verdict_has_words)
{
	for (int i = 0; i < GROWTH_N_VERDICTS; i++) {
		enum growth_verdict v = (enum growth_verdict)i;

		CHECK(growth_verdict_name(v)[0] != '\0');
		CHECK(growth_verdict_meaning(v)[0] != '\0');
		CHECK(strstr(growth_finding_meaning(
				     &(struct growth_finding){.verdict = v}),
			     "survives") == NULL);
		CHECK(growth_verdict_next(v)[0] != '\0');
	}
	CHECK_STR(growth_verdict_name(GROWTH_N_VERDICTS), "undecided");
}

#define TAP_TESTS                                                                        \
	T(one_block_that_grows_is_held_after_eight_collections)                          \
	T(what_has_stopped_has_not_while_its_blocks_grow)                                \
	T(what_rose_a_moment_ago_has_not_stopped_but_later_it_has)                       \
	T(a_rising_floor_is_held)                                                        \
	T(what_grows_for_less_than_a_minute_may_be_a_cache)                              \
	T(a_ring_that_has_just_filled_is_not_held)                                       \
	T(what_collections_always_leave_is_kept_whatever_lies_beside_it)                 \
	T(a_floor_that_stays_is_not_held)                                                \
	T(a_cache_that_replaces_is_no_garbage)                                           \
	T(a_floor_seen_often_is_one_witness)                                             \
	T(a_rise_with_rare_collections_is_seen_in_what_was_not_freed)                    \
	T(a_leak_that_rests_is_still_one_but_not_for_ever)                               \
	T(what_is_gone_is_released)                                                      \
	T(few_points_let_the_counts_decide)                                              \
	T(without_a_view_of_the_collector_live_bytes_are_judged)                         \
	T(every_verdict_has_words)
TAP_MAIN()
