/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slopes and trends of series whose answer is known.
 */
#include "tests/tap.h"
#include "tools/model/growth_trend.h"

static double v[GROWTH_TREND_MAX];

static void
rise(size_t n, double by)
{
	for (size_t i = 0; i < n; i++)
		v[i] = 5 + by * (double)i;
}

TEST(the_slope_is_that_of_the_line_and_does_not_mind_outliers)
{
	rise(20, 2);
	CHECK(growth_slope(v, 20) == 2);
	v[3] = 1e12;
	v[11] = 0;
	v[19] = 1e12;
	CHECK(growth_slope(v, 20) > 1.8 && growth_slope(v, 20) < 2.4);
	CHECK(growth_slope(v, 1) == 0);
	CHECK(growth_slope(v, 0) == 0);
}

TEST(a_trend_needs_order_and_enough_of_it)
{
	rise(20, 2);
	CHECK(growth_trend(v, 20).z2 > 30);
	CHECK(growth_trend(v, 20).step == 2);
	/* By hand: S = 6 of 6, less one; the variance of four is 26/3. */
	CHECK(growth_trend(v, 4).z2 > 25 * 3 / 26.0 - 1e-9);
	CHECK(growth_trend(v, 4).z2 < 25 * 3 / 26.0 + 1e-9);
	rise(20, -2);
	CHECK(growth_trend(v, 20).z2 < -30);
	rise(20, 0);
	CHECK(growth_trend(v, 20).z2 == 0);
	CHECK(growth_trend(v, 1).z2 == 0);
	/* 1 3 2 4 has S = 4; ties weaken. */
	static const double values[] = {1, 3, 2, 4};
	CHECK(growth_trend(values, 4).z2 < 9 * 3 / 26.0 + 1e-9);
}

TEST(values_that_follow_each_other_are_fewer)
{
	/* A wave on a slight rise: each value is near the one before. */
	for (size_t i = 0; i < 24; i++)
		v[i] = (double)(i < 12 ? i : 24 - i) + 0.3 * (double)i;
	CHECK(growth_trend(v, 24).z2 > 0);
	CHECK(growth_trend(v, 24).z2_corrected < 0.8 * growth_trend(v, 24).z2);
	/* Of a line nothing is left without its trend, and of noise nothing follows. */
	rise(24, 1);
	CHECK(growth_trend(v, 24).z2_corrected == growth_trend(v, 24).z2);
	for (size_t i = 0; i < 24; i++)
		v[i] += (double)(i % 2 * 5);
	CHECK(growth_trend(v, 24).z2_corrected == growth_trend(v, 24).z2);
}

static uint64_t state;

/* About normal. */
static double
any(void)
{
	double sum = -3;

	for (int i = 0; i < 6; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		sum += (double)(state >> 40) / (double)(1 << 24);
	}
	return sum;
}

TEST(a_wave_is_seldom_a_trend)
{
	unsigned plain = 0, corrected = 0;

	state = 7;
	for (int round = 0; round < 2000; round++) {
		double last = any() / 0.6;

		for (int i = 0; i < 24; i++)
			v[i] = last = 0.8 * last + any();
		plain += growth_trend(v, 24).z2 >= 5.41;
		corrected += growth_trend(v, 24).z2_corrected >= 5.41;
	}
	/* By chance it would be 20. */
	CHECK(plain > 300);
	CHECK(corrected < 100);
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
	T(a_trend_needs_order_and_enough_of_it)                                          \
	T(values_that_follow_each_other_are_fewer)                                       \
	T(a_wave_is_seldom_a_trend)                                                      \
	T(the_rule_of_succession)                                                        \
	T(time_to_the_limit)
TAP_MAIN()
