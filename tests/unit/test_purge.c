/* SPDX-License-Identifier: Apache-2.0 */
/* How much to keep and until when, policy/purge.h. Time is an argument: nothing waits here. */
#include "policy/purge.h"
#include "tests/tap.h"

#define MB (1ull << 20)
#define GB (1ull << 30)
#define MS 1000000ll

static uint64_t
cap(uint64_t limit, uint64_t rest, uint64_t lent)
{
	struct weir_pressure p = {
		.limit_bytes = limit, .rest_bytes = rest, .lent_bytes = lent};

	return weir_cache_cap(&p);
}

static uint64_t
most(uint64_t limit, uint64_t rest)
{
	return weir_most(
		&(struct weir_pressure){.limit_bytes = limit, .rest_bytes = rest});
}

TEST(cap_without_limit_is_none)
{
	CHECK(cap(0, GB, 100 * MB) == UINT64_MAX);
	CHECK(most(0, GB) == UINT64_MAX);
}

TEST(most_is_what_the_rest_leaves_below_nine_tenths)
{
	CHECK_EQ(most(1000 * MB, 0), 900 * MB);
	CHECK_EQ(most(1000 * MB, 100 * MB), 800 * MB);
	CHECK_EQ(most(1000 * MB, 900 * MB - 2), 2);
	CHECK_EQ(most(1000 * MB, 900 * MB), 0);
	CHECK_EQ(most(1000 * MB, 2000 * MB), 0);
}

TEST(cap_is_what_the_host_leaves_of_it)
{
	CHECK_EQ(cap(1000 * MB, 0, 0), 900 * MB);
	CHECK_EQ(cap(1000 * MB, 100 * MB, 300 * MB), 500 * MB);
	CHECK_EQ(cap(1000 * MB, 100 * MB, 800 * MB), 0);
	CHECK_EQ(cap(1000 * MB, 100 * MB, 2000 * MB), 0);
	CHECK_EQ(cap(1000 * MB, 2000 * MB, 1), 0);
}

TEST(what_is_kept_keeps_the_host_below_nine_tenths)
{
	for (uint64_t rest = 0; rest <= 900 * MB; rest += 7 * MB + 1)
		for (uint64_t lent = 0; rest + lent <= 900 * MB; lent += 50 * MB + 3)
			CHECK_EQ(rest + lent + cap(1000 * MB, rest, lent), 900 * MB);
}

TEST(huge_limits)
{
	CHECK(most(UINT64_MAX, 0) <= UINT64_MAX / 10 * 9);
	CHECK(most(UINT64_MAX, 0) > UINT64_MAX / 5 * 4);
	CHECK_EQ(cap(UINT64_MAX, UINT64_MAX, 0), 0);
	CHECK_EQ(cap(UINT64_MAX, 0, UINT64_MAX), 0);
	CHECK_EQ(cap(1, 0, 0), 0);
}

/* What was lent and is not touched yet is not charged yet: the rest is not seen then. */
TEST(the_rest)
{
	CHECK_EQ(weir_rest_seen(100 * MB, 70 * MB), 30 * MB);
	CHECK_EQ(weir_rest_seen(70 * MB, 70 * MB), 0);
	CHECK_EQ(weir_rest_seen(10 * MB, 70 * MB), 0);
	CHECK_EQ(weir_rest_seen(UINT64_MAX, 0), UINT64_MAX);
}

static uint64_t
firm(uint64_t limit, uint64_t rest, uint64_t lent)
{
	return weir_keep_firm(&(struct weir_pressure){
		.limit_bytes = limit, .rest_bytes = rest, .lent_bytes = lent});
}

TEST(a_sixteenth_of_a_limit_is_kept_whatever_happens)
{
	CHECK_EQ(firm(0, 5 * GB, GB), 0);
	CHECK_EQ(firm(1600 * MB, 0, 0), 100 * MB);
	CHECK_EQ(firm(1600 * MB, 400 * MB, 640 * MB), 100 * MB);
}

TEST(or_a_quarter_of_what_is_left)
{
	CHECK_EQ(firm(1600 * MB, 1000 * MB, 400 * MB), 10 * MB);
	CHECK_EQ(firm(1600 * MB, 1000 * MB, 439 * MB), MB);
	CHECK_EQ(firm(1600 * MB, 1000 * MB, 1000 * MB), MB);
	CHECK_EQ(firm(1600 * MB, 3000 * MB, 0), MB);
	CHECK_EQ(firm(1, 0, 0), MB);
}

static uint64_t
held_firm(uint64_t limit, uint64_t rest)
{
	return weir_held_firm(
		&(struct weir_pressure){.limit_bytes = limit, .rest_bytes = rest});
}

TEST(what_is_held_firmly_lets_the_rest_double)
{
	CHECK_EQ(held_firm(0, 5 * GB), 0);
	CHECK_EQ(held_firm(1000 * MB, 0), 900 * MB);
	CHECK_EQ(held_firm(1000 * MB, 300 * MB), 300 * MB);
	CHECK_EQ(held_firm(1000 * MB, 450 * MB), 0);
	CHECK_EQ(held_firm(1000 * MB, 2000 * MB), 0);
}

TEST(what_was_offered_is_weirs_though_it_can_be_dropped)
{
	CHECK_EQ(weir_charged(100 * MB, 0, 0), 100 * MB);
	CHECK_EQ(weir_charged(100 * MB, 30 * MB, 0), 70 * MB);
	CHECK_EQ(weir_charged(100 * MB, 30 * MB, 10 * MB), 80 * MB);
	CHECK_EQ(weir_charged(100 * MB, 30 * MB, 50 * MB), 100 * MB);
	CHECK_EQ(weir_charged(10 * MB, 30 * MB, 0), 0);
}

TEST(a_peak_is_forgotten)
{
	CHECK_EQ(weir_recent_peak(100 * MB, 20 * MB, 0, 1000), 100 * MB);
	CHECK_EQ(weir_recent_peak(100 * MB, 20 * MB, 500 * MS, 1000), 60 * MB);
	CHECK_EQ(weir_recent_peak(100 * MB, 20 * MB, 1000 * MS, 1000), 20 * MB);
	CHECK_EQ(weir_recent_peak(100 * MB, 20 * MB, INT64_MAX, 1000), 20 * MB);
	CHECK_EQ(weir_recent_peak(100 * MB, 20 * MB, -5, 1000), 100 * MB);
	CHECK_EQ(weir_recent_peak(10 * MB, 20 * MB, 0, 1000), 20 * MB);
	CHECK_EQ(weir_recent_peak(100 * MB, 20 * MB, 0, 0), 20 * MB);
	CHECK_EQ(weir_recent_peak(100 * MB, 20 * MB, 1000 * MS, UINT64_MAX), 100 * MB);
}

TEST(the_swing_below_the_peak_is_kept)
{
	CHECK_EQ(weir_keep_bytes(100 * MB, 100 * MB), 16 * MB);
	CHECK_EQ(weir_keep_bytes(100 * MB, 20 * MB), 96 * MB);
	CHECK_EQ(weir_keep_bytes(100 * MB, 120 * MB), 16 * MB);
	CHECK_EQ(weir_keep_bytes(0, 0), 16 * MB);
}

TEST(slack_beside_the_peak)
{
	CHECK_EQ(weir_keep_slack(0), 16 * MB);
	CHECK_EQ(weir_keep_slack(256 * MB), 16 * MB);
	CHECK_EQ(weir_keep_slack(1600 * MB), 100 * MB);
	CHECK(weir_keep_slack(UINT64_MAX) < UINT64_MAX / 2);
}

TEST(sleep_for_ever_with_nothing_cached)
{
	CHECK(weir_purge_sleep(0, 1000, 0, 10 * MS) == UINT64_MAX);
	CHECK(weir_purge_sleep(5000 * MS, 0, 0, 10 * MS) == UINT64_MAX);
}

TEST(sleep_until_the_oldest_is_due)
{
	CHECK_EQ(weir_purge_sleep(900 * MS, 1000, 1, 10 * MS), 100 * MS);
	CHECK_EQ(weir_purge_sleep(751 * MS, 1000, 1, 10 * MS), 249 * MS);
}

TEST(sleep_at_most_a_quarter)
{
	CHECK_EQ(weir_purge_sleep(0, 1000, 1, 10 * MS), 250 * MS);
	CHECK_EQ(weir_purge_sleep(749 * MS, 1000, 1, 10 * MS), 250 * MS);
	CHECK_EQ(weir_purge_sleep(-1, 1000, 1, 10 * MS), 250 * MS);
	CHECK_EQ(weir_purge_sleep(INT64_MIN, 1000, 1, 10 * MS), 250 * MS);
}

TEST(sleep_at_least_the_minimum)
{
	CHECK_EQ(weir_purge_sleep(995 * MS, 1000, 1, 10 * MS), 10 * MS);
	CHECK_EQ(weir_purge_sleep(1000 * MS, 1000, 1, 10 * MS), 10 * MS);
	CHECK_EQ(weir_purge_sleep(INT64_MAX, 1000, 1, 10 * MS), 10 * MS);
	CHECK_EQ(weir_purge_sleep(0, 0, 1, 10 * MS), 10 * MS);
	CHECK_EQ(weir_purge_sleep(0, 20, 1, 10 * MS), 10 * MS);
}

TEST(sleep_of_huge_decays)
{
	CHECK_EQ(weir_purge_sleep(0, UINT64_MAX, 1, 10 * MS), UINT64_MAX / 4);
	CHECK_EQ(weir_purge_sleep(INT64_MAX, UINT64_MAX, 1, 10 * MS), UINT64_MAX / 4);
}

/* However long the thread slept before the block was freed. */
TEST(a_block_goes_within_one_and_a_quarter_decays)
{
	for (int64_t freed = 0; freed < 3000 * MS; freed += 37 * MS) {
		int64_t now = 0;

		while (now - freed < 1000 * MS)
			now += (int64_t)weir_purge_sleep(now - freed, 1000, 1, 10 * MS);
		CHECK(now - freed >= 1000 * MS && now - freed <= 1250 * MS);
	}
}

#define TAP_TESTS                                                                        \
	T(cap_without_limit_is_none)                                                     \
	T(most_is_what_the_rest_leaves_below_nine_tenths)                                \
	T(cap_is_what_the_host_leaves_of_it)                                             \
	T(what_is_kept_keeps_the_host_below_nine_tenths)                                 \
	T(huge_limits)                                                                   \
	T(the_rest)                                                                      \
	T(a_sixteenth_of_a_limit_is_kept_whatever_happens)                               \
	T(or_a_quarter_of_what_is_left)                                                  \
	T(what_is_held_firmly_lets_the_rest_double)                                      \
	T(what_was_offered_is_weirs_though_it_can_be_dropped)                            \
	T(a_peak_is_forgotten)                                                           \
	T(the_swing_below_the_peak_is_kept)                                              \
	T(slack_beside_the_peak)                                                         \
	T(sleep_for_ever_with_nothing_cached)                                            \
	T(sleep_until_the_oldest_is_due)                                                 \
	T(sleep_at_most_a_quarter)                                                       \
	T(sleep_at_least_the_minimum)                                                    \
	T(sleep_of_huge_decays)                                                          \
	T(a_block_goes_within_one_and_a_quarter_decays)
TAP_MAIN()
