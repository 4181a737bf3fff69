/* SPDX-License-Identifier: Apache-2.0 */
/* Which part of resident memory grows: tools/model/growth_parts.h. */
#include "tests/tap.h"
#include "tools/model/growth_parts.h"

#define MB (UINT64_C(1) << 20)

static struct growth_point points[20];

/* From `from` on, `step` more each second, in MB; nothing more from `until` on. */
static void
fill(double from, double step, int until)
{
	for (int i = 0; i < 20; i++)
		points[i] = (struct growth_point){
			.t_s = i,
			.live = (from + step * (i < until ? i : until)) * (double)MB};
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

	fill(10, 10, 20);
	p = growth_judge_part(&r, WEIR_PART_OF_NEXT, points, 20);
	CHECK(p.worth);
	CHECK_EQ(p.verdict, GROWTH_HELD);
	CHECK(p.slope_bytes_per_s > 9.9 * (double)MB);
	CHECK(p.slope_bytes_per_s < 10.1 * (double)MB);
	/* Of too few looks nothing is said. */
	p = growth_judge_part(&r, WEIR_PART_OF_NEXT, points, 3);
	CHECK_EQ(p.verdict, GROWTH_UNDECIDED);
	CHECK(p.slope_bytes_per_s == 0);
}

TEST(what_a_start_took_does_not_grow)
{
	struct resident r = of(100 * MB, 400 * MB);
	struct growth_part p;

	fill(0, 10, 9);
	p = growth_judge_part(&r, WEIR_PART_OF_NEXT, points, 20);
	CHECK_EQ(p.verdict, GROWTH_PLATEAU);
	CHECK(!p.worth);
	/* But where it is most of all, it is worth a word. */
	r = of(100 * MB, 120 * MB);
	p = growth_judge_part(&r, WEIR_PART_OF_NEXT, points, 20);
	CHECK(p.worth);
	CHECK_EQ(p.verdict, GROWTH_PLATEAU);
}

TEST(little_is_not_worth_a_word)
{
	struct resident r = of(31 * MB, 40 * MB);

	fill(0, 1.5, 20);
	CHECK(!growth_judge_part(&r, WEIR_PART_OF_NEXT, points, 20).worth);
	r = of(40 * MB, 1000 * MB);
	CHECK(!growth_judge_part(&r, WEIR_PART_OF_NEXT, points, 20).worth);
}

TEST(of_v8s_heap_what_survives_decides)
{
	fill(10, 1, 20);
	CHECK_EQ(growth_judge_script(points, 20), GROWTH_HELD);
	CHECK_EQ(growth_judge_script(points, 3), GROWTH_UNDECIDED);
	fill(10, 0, 20);
	CHECK_EQ(growth_judge_script(points, 20), GROWTH_GC_LAG);
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
