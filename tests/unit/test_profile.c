/* SPDX-License-Identifier: Apache-2.0 */
/* The rows and bins of the sidecar's PROFILE. */
#include "policy/profile.h"

#include "tests/tap.h"

#define KB 1024ull
#define MB (1024 * KB)

TEST(rows_meet_without_gap_or_overlap)
{
	for (uint32_t row = 0; row < WEIR_STATS_PROFILE_ROWS - 1; row++) {
		uint64_t limit = weir_profile_limit(row);

		CHECK_EQ(weir_profile_row(limit), row);
		CHECK_EQ(weir_profile_row(limit + 1), row + 1);
		CHECK_EQ(limit % 4096, 0);
		/* A row is an eighth of its doubling. */
		if (row > 0)
			CHECK((limit - weir_profile_limit(row - 1)) * 8 <= limit);
	}
	CHECK_EQ(weir_profile_row(0), 0);
	CHECK_EQ(weir_profile_row(UINT64_MAX), WEIR_STATS_PROFILE_ROWS - 1);
	CHECK_EQ(weir_profile_limit(WEIR_STATS_PROFILE_ROWS - 1), UINT64_MAX);
}

/* What doc/sidecar.md says of them: readers rely on it. */
TEST(rows_are_where_the_page_says)
{
	CHECK_EQ(weir_profile_limit(0), 32 * KB);
	CHECK_EQ(weir_profile_limit(1), 36 * KB);
	CHECK_EQ(weir_profile_limit(8), 64 * KB);
	CHECK_EQ(weir_profile_limit(120), 1024 * MB);
}

TEST(times_fall_into_their_bins)
{
	CHECK_EQ(weir_profile_idle(-5), WEIR_P_idle_125ms);
	CHECK_EQ(weir_profile_idle(125000000), WEIR_P_idle_125ms);
	CHECK_EQ(weir_profile_idle(125000001), WEIR_P_idle_250ms);
	CHECK_EQ(weir_profile_idle(1000000000), WEIR_P_idle_1s);
	CHECK_EQ(weir_profile_idle(8000000000), WEIR_P_idle_8s);
	CHECK_EQ(weir_profile_idle(8000000001), WEIR_P_idle_more);
	CHECK_EQ(weir_profile_idle(INT64_MAX), WEIR_P_idle_more);
	CHECK_EQ(weir_profile_idle_limit(WEIR_P_idle_8s), 8000);
	CHECK_EQ(weir_profile_idle_limit(WEIR_P_idle_more), UINT64_MAX);
	CHECK_EQ(weir_profile_life(0), WEIR_P_life_10ms);
	CHECK_EQ(weir_profile_life(11), WEIR_P_life_100ms);
	CHECK_EQ(weir_profile_life(1000), WEIR_P_life_1s);
	CHECK_EQ(weir_profile_life(1001), WEIR_P_life_more);
}

#define TAP_TESTS                                                                        \
	T(rows_meet_without_gap_or_overlap)                                              \
	T(rows_are_where_the_page_says)                                                  \
	T(times_fall_into_their_bins)
TAP_MAIN()
