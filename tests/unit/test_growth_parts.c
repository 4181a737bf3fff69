/* SPDX-License-Identifier: Apache-2.0 */
/* Which part of resident memory grows: tools/model/growth_parts.h. */
#include "tests/tap.h"
#include "tools/model/growth_parts.h"

#define MB (UINT64_C(1) << 20)

static struct growth_windows windows, used;

/* `n` seconds; from `from` on, `step` more each, in MB; nothing more from `until` on. */
static void
fill(struct growth_windows *w, int n, double from, double step, int until)
{
	growth_windows_begin(w, 0, n - 1);
	for (int i = 0; i < n; i++) {
		double bytes = (from + step * (i < until ? i : until)) * (double)MB;
		struct growth_point p = {i, bytes, bytes, (uint64_t)i};

		growth_window_add(&w->of[0], &p);
	}
	growth_windows_end(w);
}

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

	fill(&windows, 25, 10, 10, 25);
	p = judge(&r);
	CHECK(p.worth);
	CHECK_EQ(p.verdict, GROWTH_HELD);
	CHECK(p.slope_bytes_per_s > 9.9 * (double)MB);
	CHECK(p.slope_bytes_per_s < 10.1 * (double)MB);
	/* Of too few looks nothing is said. */
	fill(&windows, 3, 10, 10, 25);
	p = judge(&r);
	CHECK_EQ(p.verdict, GROWTH_UNDECIDED);
	CHECK(p.slope_bytes_per_s == 0);
	/* Nor is it said of a few that it does not grow. */
	fill(&windows, 5, 10, 40, 25);
	CHECK_EQ(judge(&r).verdict, GROWTH_UNDECIDED);
	fill(&windows, 5, 100, 0, 25);
	CHECK_EQ(judge(&r).verdict, GROWTH_PLATEAU);
	/* It rose at the start, and not since. */
	fill(&windows, 5, 10, 90, 2);
	CHECK_EQ(judge(&r).verdict, GROWTH_PLATEAU);
	/* Three that are equal, over all of the time, do. */
	fill(&windows, 3, 100, 0, 25);
	CHECK_EQ(judge(&r).verdict, GROWTH_PLATEAU);
}

TEST(pages_of_files_are_not_held)
{
	struct resident r = of(0, 400 * MB);
	struct growth_part p;

	r.part_bytes[WEIR_PART_OF_FILES] = 200 * MB;
	fill(&windows, 25, 10, 10, 25);
	p = growth_judge_part(&r, WEIR_PART_OF_FILES, &windows, NULL);
	CHECK(p.worth && p.slope_bytes_per_s > 0);
	CHECK_EQ(p.verdict, GROWTH_UNDECIDED);
}

TEST(what_is_mostly_free_is_not_held)
{
	struct resident r = of(200 * MB, 400 * MB);

	fill(&windows, 25, 10, 10, 25);
	r.next_known = true;
	r.next_used_bytes = 120 * MB;
	CHECK_EQ(judge(&r).verdict, GROWTH_HELD);
	r.next_used_bytes = 80 * MB;
	CHECK_EQ(judge(&r).verdict, GROWTH_RETAINED);
	r.next_known = false;
	CHECK_EQ(judge(&r).verdict, GROWTH_HELD);
}

TEST(what_a_start_took_does_not_grow)
{
	struct resident r = of(100 * MB, 400 * MB);
	struct growth_part p;

	fill(&windows, 25, 0, 10, 9);
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

	fill(&windows, 25, 0, 1.5, 25);
	CHECK(!judge(&r).worth);
	r = of(40 * MB, 1000 * MB);
	CHECK(!judge(&r).worth);
}

static enum growth_verdict
script(void)
{
	struct resident r = {.parts_known = true, .rss_bytes = 400 * MB};

	r.part_bytes[WEIR_PART_OF_SCRIPT] = 200 * MB;
	return growth_judge_part(&r, WEIR_PART_OF_SCRIPT, &windows, &used).verdict;
}

TEST(of_v8s_heap_what_survives_decides)
{
	fill(&windows, 25, 10, 10, 25);
	fill(&used, 25, 10, 1, 25);
	CHECK_EQ(script(), GROWTH_HELD);
	fill(&used, 3, 10, 1, 25);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	fill(&used, 25, 10, 0, 25);
	CHECK_EQ(script(), GROWTH_GC_LAG);
	/* What does not grow at all is no garbage either. */
	fill(&windows, 25, 10, 0, 25);
	CHECK_EQ(script(), GROWTH_PLATEAU);
}

/* 200 MB and more or less by 60; what collections leave rises by 2 MB a second, or not. */
TEST(what_is_left_rises_under_garbage)
{
	growth_windows_begin(&windows, 0, 24);
	for (int i = 0; i < 25; i++) {
		double bytes = (140 + 60 * (i % 3)) * (double)MB;
		struct growth_point p = {i, bytes, bytes, 0};

		growth_window_add(&windows.of[0], &p);
	}
	growth_windows_end(&windows);
	fill(&used, 25, 10, 2, 25);
	CHECK_EQ(script(), GROWTH_HELD);
	fill(&used, 25, 10, 0.25, 25);
	CHECK_EQ(script(), GROWTH_PLATEAU);
	fill(&used, 25, 58, 0, 25);
	CHECK_EQ(script(), GROWTH_PLATEAU);
}

/* `n` collections in 24 seconds: each left `step` MB more than the one before. */
static void
collect_at(int n, double from, double step)
{
	growth_windows_begin(&used, 0, 24);
	for (int i = 0; i < 25; i++) {
		int gc = i * n / 25;
		double bytes = (from + step * gc) * (double)MB;
		struct growth_point p = {i, bytes, bytes, (uint64_t)gc + 1};

		growth_window_add(&used.of[0], &p);
	}
	growth_windows_end(&used);
}

TEST(a_few_collections_tell_if_they_leave_most_of_what_came)
{
	/* From 8 to 200 MB. */
	fill(&windows, 25, 8, 8, 25);
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
	fill(&windows, 25, 120, 3.2, 25);
	collect_at(3, 120, 15);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
}

/* One collection, at that second, left so much. */
static void
collect_once(int second, double left)
{
	growth_windows_begin(&used, 0, 24);
	for (int i = second; i < 25; i++) {
		struct growth_point p = {i, left * MB, left * MB, 1};

		growth_window_add(&used.of[0], &p);
	}
	growth_windows_end(&used);
}

TEST(one_collection_tells_if_all_goes_on_as_before)
{
	/* From 8 to 200 MB, of which 136 had come at second 16. */
	fill(&windows, 25, 8, 8, 25);
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
	/* 150 MB by second 12, then little: who loads much at first, and makes garbage then. */
	growth_windows_begin(&windows, 0, 24);
	for (int i = 0; i < 25; i++) {
		double bytes = (i < 12 ? 12.5 * i : 150 + 4.1 * (i - 12)) * MB;
		struct growth_point p = {i, bytes, bytes, 0};

		growth_window_add(&windows.of[0], &p);
	}
	growth_windows_end(&windows);
	collect_once(12, 145);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
}

/* 100 MB within the first second, three collections meanwhile; since then little, and no other. */
TEST(collections_of_a_start_tell_nothing_of_what_came_later)
{
	growth_windows_begin(&windows, 0, 24);
	growth_windows_begin(&used, 0, 24);
	for (int i = 0; i < 25; i++) {
		double bytes = (i < 1 ? 10 : 110 + 3.75 * i) * MB, left = i < 1 ? 8 : 110;
		struct growth_point p = {i, bytes, bytes, 0},
				    q = {i, left * MB, left * MB, i < 1 ? 1 : 3};

		growth_window_add(&windows.of[0], &p);
		growth_window_add(&used.of[0], &q);
	}
	growth_windows_end(&windows);
	growth_windows_end(&used);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
}

/* Each collection leaves more than the one before, far apart, under a heap that swings: neither flat nor garbage. */
TEST(few_collections_that_leave_more_are_not_flat)
{
	growth_windows_begin(&windows, 0, 24);
	for (int i = 0; i < 25; i++) {
		double bytes = (140 + 60 * (i % 3)) * (double)MB;
		struct growth_point p = {i, bytes, bytes, 0};

		growth_window_add(&windows.of[0], &p);
	}
	growth_windows_end(&windows);
	collect_at(3, 20, 35);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
	collect_at(3, 90, 1);
	CHECK_EQ(script(), GROWTH_PLATEAU);
	/* Little of a heap that grows, but more each time: not all of that is garbage. */
	fill(&windows, 25, 10, 8, 25);
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
		growth_windows_begin(&windows, 0, 24);
		growth_windows_begin(&used, 0, 24);
		for (int i = 0; i < 25; i++) {
			double bytes = (i < 23 ? 10 + 17 * i : left[k]) * MB;
			double u = (i < 23 ? 40 : left[k]) * MB;
			struct growth_point p = {i, bytes, bytes, 0},
					    q = {i, u, u, i < 23 ? 1 : 2};

			growth_window_add(&windows.of[0], &p);
			if (i > 4)
				growth_window_add(&used.of[0], &q);
		}
		growth_windows_end(&windows);
		growth_windows_end(&used);
		/* No more than there was before the middle, by more than noise. */
		CHECK_EQ(script(), k == 0 ? GROWTH_PLATEAU : GROWTH_HELD);
	}
}

TEST(few_steps_are_neither_flat_nor_a_rise)
{
	growth_windows_begin(&windows, 0, 24);
	for (int i = 0; i < 25; i++) {
		double bytes = (i < 3	 ? 59
				: i < 6	 ? 113
				: i < 11 ? 168
				: i < 16 ? 276
					 : 331) *
			       (double)MB;
		struct growth_point p = {i, bytes, bytes, 0};

		growth_window_add(&windows.of[0], &p);
	}
	growth_windows_end(&windows);
	collect_once(4, 39);
	CHECK_EQ(script(), GROWTH_UNDECIDED);
}

/* What a child printed, kept as one text: V8 collects seldom, and each collection leaves more (Node 24, 40 s). */
/* An array that is copied into one of half as much more: each step comes later than the last. */
TEST(a_step_in_the_later_half_is_not_flat)
{
	struct resident r = of(960 * MB, 1000 * MB);

	growth_windows_begin(&windows, 0, 45);
	for (int i = 0; i <= 45; i++) {
		double bytes = (i < 9 ? 140 : i < 25 ? 290 : 960) * (double)MB;
		struct growth_point p = {i, bytes, bytes, 0};

		growth_window_add(&windows.of[0], &p);
	}
	growth_windows_end(&windows);
	CHECK_EQ(judge(&r).verdict, GROWTH_UNDECIDED);
	CHECK(judge(&r).enough_s == 0);
	/* It has been so for longer than it took to come. */
	growth_windows_begin(&windows, 0, 45);
	for (int i = 0; i <= 45; i++) {
		double bytes = (i < 9 ? 140 : i < 20 ? 290 : 960) * (double)MB;
		struct growth_point p = {i, bytes, bytes, 0};

		growth_window_add(&windows.of[0], &p);
	}
	growth_windows_end(&windows);
	CHECK_EQ(judge(&r).verdict, GROWTH_PLATEAU);
	/* It comes and goes, and was as much before. */
	growth_windows_begin(&windows, 0, 45);
	for (int i = 0; i <= 45; i++) {
		double bytes = (i % 9 < 5 ? 960 : 290) * (double)MB;
		struct growth_point p = {i, bytes, bytes, 0};

		growth_window_add(&windows.of[0], &p);
	}
	growth_windows_end(&windows);
	CHECK_EQ(judge(&r).verdict, GROWTH_PLATEAU);
}

TEST(how_long_is_enough_is_told)
{
	struct resident r = of(200 * MB, 400 * MB);

	fill(&windows, 3, 10, 10, 25);
	CHECK_EQ(judge(&r).verdict, GROWTH_UNDECIDED);
	CHECK(judge(&r).enough_s >= 5 && judge(&r).enough_s <= 6);
	fill(&windows, 25, 10, 10, 25);
	CHECK(judge(&r).enough_s == 0);
}

TEST(four_collections_that_leave_more_and_more_are_no_garbage)
{
	static const struct {
		int s;
		double live, used;
	} seen[] = {{0, 59, 30},    {3, 113, 30},   {6, 168, 110},  {11, 276, 110},
		    {14, 331, 110}, {20, 333, 268}, {23, 440, 322}, {27, 495, 322},
		    {32, 550, 322}, {37, 605, 322}};
	struct resident r = {.parts_known = true, .rss_bytes = 700 * MB};
	size_t at = 0;

	growth_windows_begin(&windows, 0, 37);
	growth_windows_begin(&used, 0, 37);
	for (int i = 0; i <= 37; i++) {
		while (at + 1 < sizeof(seen) / sizeof(seen[0]) && seen[at + 1].s <= i)
			at++;
		double u = seen[at].used * MB;
		struct growth_point p = {i, seen[at].live * MB, seen[at].live * MB, 0},
				    q = {i, u, u, (uint64_t)seen[at].used};

		growth_window_add(&windows.of[0], &p);
		growth_window_add(&used.of[0], &q);
	}
	growth_windows_end(&windows);
	growth_windows_end(&used);
	r.part_bytes[WEIR_PART_OF_SCRIPT] = 605 * MB;
	CHECK_EQ(growth_judge_part(&r, WEIR_PART_OF_SCRIPT, &windows, &used).verdict,
		 GROWTH_HELD);
}

TEST(what_weir_keeps_is_told_where_more_lived_before)
{
	struct resident r = resident_split(200 * MB, 20 * MB, 150 * MB, 10 * MB);

	CHECK(growth_retained(&r, 400 * MB));
	CHECK(!growth_retained(&r, 20 * MB));
	r = resident_split(200 * MB, 20 * MB, 0, 10 * MB);
	CHECK(!growth_retained(&r, 400 * MB));
}

#define TAP_TESTS                                                                        \
	T(a_part_that_grows_is_told_with_its_pace)                                       \
	T(pages_of_files_are_not_held)                                                   \
	T(what_is_mostly_free_is_not_held)                                               \
	T(what_a_start_took_does_not_grow)                                               \
	T(little_is_not_worth_a_word)                                                    \
	T(of_v8s_heap_what_survives_decides)                                             \
	T(what_is_left_rises_under_garbage)                                              \
	T(one_collection_tells_if_all_goes_on_as_before)                                 \
	T(a_few_collections_tell_if_they_leave_most_of_what_came)                        \
	T(collections_of_a_start_tell_nothing_of_what_came_later)                        \
	T(few_collections_that_leave_more_are_not_flat)                                  \
	T(a_collection_that_is_asked_for_decides)                                        \
	T(few_steps_are_neither_flat_nor_a_rise)                                         \
	T(a_step_in_the_later_half_is_not_flat)                                          \
	T(how_long_is_enough_is_told)                                                    \
	T(four_collections_that_leave_more_and_more_are_no_garbage)                      \
	T(what_weir_keeps_is_told_where_more_lived_before)
TAP_MAIN()
