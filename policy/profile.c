/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows and bins of the profile. Called on every large malloc and free, under a lock: a few
 * instructions each.
 */
#include "policy/profile.h"

#define FIRST_LOG2    15 /* row 0 is up to 32 KB */
#define STEPS_LOG2    3	 /* rows a doubling */
#define LAST	      (WEIR_STATS_PROFILE_ROWS - 1)
#define FIRST_IDLE    WEIR_P_idle_125ms
#define FIRST_IDLE_MS 125

uint32_t
weir_profile_row(uint64_t bytes)
{
	if (bytes <= 1ull << FIRST_LOG2)
		return 0;
	uint32_t log2 = 63 - (uint32_t)__builtin_clzll(bytes - 1);
	uint32_t step =
		(uint32_t)((bytes - 1) >> (log2 - STEPS_LOG2) & ((1u << STEPS_LOG2) - 1));
	uint32_t row = 1 + ((log2 - FIRST_LOG2) << STEPS_LOG2) + step;

	return row < LAST ? row : LAST;
}

uint64_t
weir_profile_limit(uint32_t row)
{
	if (row == 0)
		return 1ull << FIRST_LOG2;
	if (row >= LAST)
		return UINT64_MAX;
	uint32_t log2 = FIRST_LOG2 + ((row - 1) >> STEPS_LOG2);
	uint64_t step = (row - 1) & ((1u << STEPS_LOG2) - 1);

	return (1ull << log2) + ((step + 1) << (log2 - STEPS_LOG2));
}

enum weir_profile_field
weir_profile_idle(int64_t idle_ns)
{
	uint32_t field = FIRST_IDLE;

	while (field < WEIR_P_idle_more &&
	       idle_ns > (int64_t)weir_profile_idle_limit(field) * 1000000)
		field++;
	return (enum weir_profile_field)field;
}

uint64_t
weir_profile_idle_limit(uint32_t field)
{
	return field < WEIR_P_idle_more ? (uint64_t)FIRST_IDLE_MS << (field - FIRST_IDLE)
					: UINT64_MAX;
}

enum weir_profile_field
weir_profile_life(uint64_t life_ms)
{
	return life_ms <= 10	 ? WEIR_P_life_10ms
	       : life_ms <= 100	 ? WEIR_P_life_100ms
	       : life_ms <= 1000 ? WEIR_P_life_1s
				 : WEIR_P_life_more;
}
