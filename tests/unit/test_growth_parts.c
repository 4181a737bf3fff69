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
	T(what_a_start_took_does_not_grow)                                               \
	T(little_is_not_worth_a_word)                                                    \
	T(of_v8s_heap_what_survives_decides)                                             \
	T(what_weir_keeps_is_told_where_more_lived_before)
TAP_MAIN()
