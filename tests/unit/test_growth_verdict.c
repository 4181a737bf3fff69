/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slopes, trends and verdicts on series whose answer is known.
 */
#include <string.h>

#include "tests/tap.h"
#include "tools/model/growth_verdict.h"

#define MB 1048576.0

static struct growth_point points[3000];

static void
fill(size_t n, double (*live)(double t), double (*trough)(double t))
{
	for (size_t i = 0; i < n; i++)
		points[i] = (struct growth_point){(double)i, live((double)i),
						  trough((double)i), 0, 0};
}

static double
zero(double t)
{
	(void)t;
	return 0;
}

static double
line(double t)
{
	return 5 * MB + 2 * MB * t;
}

static double
saw(double t)
{
	return MB + (double)((int)t % 10) * 3 * MB;
}

static double
saw_floor(double t)
{
	(void)t;
	return MB;
}

static double
bend(double t)
{
	return (t < 10 ? t : 10) * MB;
}

/* A saw whose floor rises: one block in a hundred stays. */
static double
rising_saw(double t)
{
	return saw(t) + t * MB / 10;
}

static double
rising_floor(double t)
{
	return MB + (double)((int)t / 10 * 10) * MB / 10;
}

static double
constant(double t)
{
	(void)t;
	return 20 * MB;
}

static struct growth_evidence
evidence(size_t n)
{
	return (struct growth_evidence){
		.points = points,
		.n = n,
		.after_gc = true,
		.gc_known = true,
		.major_gcs = n,
		.live_bytes = (uint64_t)points[n - 1].live,
		.peak_bytes = (uint64_t)points[n - 1].live,
		.alloc_count = 1000,
		.active_until_s = (double)n,
	};
}

static enum growth_verdict
verdict(const struct growth_evidence *e)
{
	return growth_judge(e).verdict;
}

TEST(the_slope_is_that_of_the_line_and_does_not_mind_outliers)
{
	fill(20, line, line);
	CHECK_EQ(growth_slope(points, 20, false), 2 * MB);
	points[3].live = 1e12;
	points[11].live = 0;
	points[19].live = 1e12;
	CHECK(growth_slope(points, 20, false) > 1.8 * MB);
	CHECK(growth_slope(points, 20, false) < 2.4 * MB);
	CHECK_EQ(growth_slope(points, 1, false), 0);
	CHECK_EQ(growth_slope(points, 0, false), 0);
	/* Points of one instant have no slope. */
	points[0].t_s = points[1].t_s = 5;
	CHECK_EQ(growth_slope(points, 2, false), 0);
}

TEST(many_points_are_thinned_not_cut)
{
	fill(3000, line, line);
	CHECK_EQ(growth_slope(points, 3000, true), 2 * MB);
	CHECK_EQ(growth_trend(points, 3000, true), 1);
}

TEST(a_trend_needs_order_and_enough_of_it)
{
	fill(20, line, zero);
	CHECK_EQ(growth_trend(points, 20, false), 1);
	CHECK_EQ(growth_trend(points, 20, true), 0);
	CHECK_EQ(growth_trend(points, 4, false), 1);
	CHECK_EQ(growth_trend(points, 3, false), 0);
	for (int i = 0; i < 20; i++)
		points[i].live = -points[i].live;
	CHECK_EQ(growth_trend(points, 20, false), -1);
	fill(101, saw, zero);
	CHECK_EQ(growth_trend(points, 101, false), 0);
	/* Known by hand: 1 3 2 4 has S = 4 of 6, not enough; ties weaken. */
	static const double values[] = {1, 3, 2, 4};
	for (int i = 0; i < 4; i++)
		points[i].live = values[i];
	CHECK_EQ(growth_trend(points, 4, false), 0);
}

TEST(the_rule_of_succession)
{
	CHECK(growth_stays(0, 0) == 0.5);
	CHECK(growth_stays(98, 0) == 0.99);
	CHECK(growth_stays(98, 98) < 0.02);
}

TEST(a_rising_floor_is_held)
{
	struct growth_evidence e;
	struct growth_finding f;

	fill(12, line, line);
	e = evidence(12);
	f = growth_judge(&e);
	CHECK_EQ(f.verdict, GROWTH_HELD);
	CHECK_EQ(f.slope_bytes_per_s, 2 * MB);
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

/* Seen five times while it fills, though most blocks were replaced long since. */
TEST(a_ring_that_has_just_filled_is_not_held)
{
	fill(6, line, line);
	struct growth_evidence e = evidence(6);

	e.freed_count = 10;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	e.freed_count = 800;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	fill(40, line, line);
	e = evidence(40);
	e.freed_count = 800;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
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
	fill(40, lru, lru_floor);
	for (int i = 0; i < 40; i++) {
		points[i].trough = i < 10 ? 0 : i < 25 ? 33 * MB : 40 * MB;
		points[i].epoch = i < 10 ? 1 : i < 25 ? 2 : 3;
		points[i].live += i * MB;
	}
	e = evidence(40);
	e.freed_count = 800;
	e.peak_bytes = (uint64_t)(100 * MB);
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

TEST(a_rise_with_rare_collections_is_seen_in_what_was_not_freed)
{
	struct growth_evidence e;

	/* Collections come at twice the distance each time: the floor has two steps only. */
	fill(5, line, zero);
	points[3].trough = points[4].trough = 4 * MB;
	e = evidence(5);
	e.major_gcs = 4;
	e.age_bytes[0] = 50;
	e.age_bytes[1] = 150;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	CHECK_EQ(growth_judge(&e).slope_bytes_per_s, 2 * MB);
	e.age_bytes[0] = 1000;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
}

TEST(a_leak_that_rests_is_still_one_but_not_for_ever)
{
	struct growth_evidence e;

	fill(40, bend, bend);
	e = evidence(13);
	e.active_until_s = 10;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
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
	e.freed_count = 900;
	CHECK_EQ(verdict(&e), GROWTH_GC_LAG);
	e.gc_known = false;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	e.alloc_count = 3;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
}

TEST(without_a_view_of_the_collector_live_bytes_are_judged)
{
	struct growth_evidence e;

	fill(20, line, zero);
	e = evidence(20);
	e.gc_known = false;
	e.major_gcs = 0;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	fill(100, saw, zero);
	e = evidence(100);
	e.gc_known = false;
	e.freed_count = 990;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	/* Two teeth are a trend to the sign test, but their floor is the same. */
	e = evidence(20);
	e.gc_known = false;
	e.freed_count = 990;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

TEST(time_to_the_limit)
{
	CHECK(growth_eta(100, 200, 10) == 10);
	CHECK(growth_eta(300, 200, 10) == 0);
	CHECK(growth_eta(100, 0, 10) < 0);
	CHECK(growth_eta(100, 200, 0) < 0);
	CHECK(growth_eta(100, 200, -5) < 0);
}

TEST(resident_memory_is_split_and_judged)
{
	struct growth_rss r = growth_split(1000, 500, 100, 200);

	CHECK_EQ(r.live_bytes + r.cached_bytes + r.js_heap_bytes + r.other_bytes, 1000);
	CHECK_EQ(r.other_bytes, 200);
	r = growth_split(1000, 5000, 100, 200);
	CHECK_EQ(r.live_bytes, 900);
	CHECK_EQ(r.other_bytes, 0);
	r = growth_split(50, 5000, 100, 200);
	CHECK_EQ(r.cached_bytes, 50);
	fill(20, line, zero);
	r = growth_split(200u << 20, 20u << 20, 150u << 20, 10u << 20);
	CHECK_EQ(growth_judge_rss(&r, 400u << 20, points, 20), GROWTH_RETAINED);
	CHECK_EQ(growth_judge_rss(&r, 20u << 20, points, 20), GROWTH_HELD);
	r = growth_split(200u << 20, 20u << 20, 0, 10u << 20);
	CHECK_EQ(growth_judge_rss(&r, 20u << 20, points, 20), GROWTH_UNTRACKED);
	CHECK_EQ(growth_judge_rss(&r, 20u << 20, points, 3), GROWTH_HELD);
}

TEST(every_verdict_has_words)
{
	for (int i = 0; i < GROWTH_N_VERDICTS; i++) {
		enum growth_verdict v = (enum growth_verdict)i;

		CHECK(growth_verdict_name(v)[0] != '\0');
		CHECK(growth_verdict_meaning(v, true)[0] != '\0');
		CHECK(strstr(growth_verdict_meaning(v, false), "survives") == NULL);
		CHECK(growth_verdict_next(v)[0] != '\0');
	}
	CHECK_STR(growth_verdict_name(GROWTH_N_VERDICTS), "undecided");
}

#define TAP_TESTS                                                                        \
	T(the_slope_is_that_of_the_line_and_does_not_mind_outliers)                      \
	T(many_points_are_thinned_not_cut)                                               \
	T(a_trend_needs_order_and_enough_of_it)                                          \
	T(the_rule_of_succession)                                                        \
	T(a_rising_floor_is_held)                                                        \
	T(what_grows_for_less_than_a_minute_may_be_a_cache)                              \
	T(a_ring_that_has_just_filled_is_not_held)                                       \
	T(a_floor_that_stays_is_not_held)                                                \
	T(a_cache_that_replaces_is_no_garbage)                                           \
	T(a_floor_seen_often_is_one_witness)                                             \
	T(a_rise_with_rare_collections_is_seen_in_what_was_not_freed)                    \
	T(a_leak_that_rests_is_still_one_but_not_for_ever)                               \
	T(what_is_gone_is_released)                                                      \
	T(few_points_let_the_counts_decide)                                              \
	T(without_a_view_of_the_collector_live_bytes_are_judged)                         \
	T(time_to_the_limit)                                                             \
	T(resident_memory_is_split_and_judged)                                           \
	T(every_verdict_has_words)
TAP_MAIN()
