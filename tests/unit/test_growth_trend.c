/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slopes and trends of series whose answer is known.
 */
#include "tests/tap.h"
#include "tests/unit/growth_series.h"

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

TEST(points_are_spread_evenly_in_time)
{
	struct growth_point even[GROWTH_MAX_POINTS];

	/* Ten seconds by the second, then one at 100 s. */
	fill(11, line, zero);
	points[11] = (struct growth_point){.t_s = 100, .live = line(10)};
	CHECK_EQ(growth_even(points, 12, 0, 11, even), 11);
	for (int i = 0; i < 11; i++)
		CHECK(even[i].t_s == 10 * i && even[i].live == line(i == 0 ? 0 : 10));
	CHECK_EQ(growth_even(points, 12, 8.5, 500, even), GROWTH_MAX_POINTS);
	CHECK(even[0].t_s == 8.5 && even[0].live == line(8.5));
	CHECK(even[GROWTH_MAX_POINTS - 1].t_s == 100);
	CHECK_EQ(growth_even(points, 1, 0, 10, even), 0);
	CHECK_EQ(growth_even(points, 12, 0, 1, even), 0);
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

TEST(time_to_the_limit)
{
	CHECK(growth_eta(100, 200, 10) == 10);
	CHECK(growth_eta(300, 200, 10) == 0);
	CHECK(growth_eta(100, 0, 10) < 0);
	CHECK(growth_eta(100, 200, 0) < 0);
	CHECK(growth_eta(100, 200, -5) < 0);
}

#define TAP_TESTS                                                                        \
	T(the_slope_is_that_of_the_line_and_does_not_mind_outliers)                      \
	T(many_points_are_thinned_not_cut)                                               \
	T(points_are_spread_evenly_in_time)                                              \
	T(a_trend_needs_order_and_enough_of_it)                                          \
	T(the_rule_of_succession)                                                        \
	T(time_to_the_limit)
TAP_MAIN()
