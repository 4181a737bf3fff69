/* SPDX-License-Identifier: Apache-2.0 */
/* When small blocks are sampled, policy/sampling.h. Nothing waits here. */
#include "policy/sampling.h"
#include "tests/tap.h"

#define SECOND 1000000000ll
#define MB     ((uint64_t)1 << 20)

static struct weir_sampling s;
static int64_t now;
static int switches;

static void
begin(uint64_t bytes)
{
	s = (struct weir_sampling){0};
	now = 3 * SECOND;
	switches = 0;
	weir_sampling_look(&s, now, bytes);
}

/* `seconds` looks, from what it was to `bytes` in a straight line. */
static void
go(int seconds, uint64_t from, uint64_t bytes)
{
	for (int i = 1; i <= seconds; i++) {
		now += SECOND;
		switches += weir_sampling_look(
			&s, now, from + (bytes - from) / (uint64_t)seconds * (uint64_t)i);
	}
}

TEST(what_is_flat_is_never_sampled)
{
	begin(100 * MB);
	for (int day = 0; day < 30; day++) {
		for (int i = 0; i < 2880; i++) {
			now += 30 * SECOND;
			switches += weir_sampling_look(
				&s, now, 100 * MB + (uint64_t)(i % 31) * MB);
		}
	}
	CHECK_EQ(switches, 0);
	CHECK(!s.on);
}

TEST(growth_by_32_megabytes_is_seen_and_when_it_began)
{
	begin(100 * MB);
	go(20, 100 * MB, 100 * MB);
	int64_t flat_ns = now;
	go(5, 100 * MB, 131 * MB);
	CHECK(!s.on);
	go(1, 131 * MB, 132 * MB);
	CHECK(s.on);
	CHECK_EQ(switches, 1);
	CHECK_EQ(s.grown_bytes, 32 * MB);
	CHECK_EQ(s.level_ns, flat_ns);
}

TEST(a_large_process_grows_by_a_tenth)
{
	begin(8000 * MB);
	go(10, 8000 * MB, 8799 * MB);
	CHECK(!s.on);
	go(10, 8799 * MB, 8810 * MB);
	CHECK(s.on);
}

TEST(a_slow_leak_is_seen_and_stays_seen)
{
	begin(200 * MB);
	go(3600, 200 * MB, 231 * MB);
	CHECK(!s.on);
	go(400, 231 * MB, 235 * MB);
	CHECK(s.on);
	go(36000, 235 * MB, 600 * MB);
	CHECK(s.on);
	CHECK_EQ(switches, 1);
}

TEST(a_short_rise_is_soon_over_and_a_long_one_late)
{
	begin(50 * MB);
	go(4, 50 * MB, 250 * MB);
	CHECK(s.on);
	go(29, 250 * MB, 250 * MB);
	CHECK(s.on);
	go(2, 250 * MB, 250 * MB);
	CHECK(!s.on);
	go(300, 250 * MB, 550 * MB);
	CHECK(s.on);
	go(280, 550 * MB, 550 * MB);
	CHECK(s.on);
	go(60, 550 * MB, 550 * MB);
	CHECK(!s.on);
	CHECK_EQ(switches, 4);
}

/* Up and down by 200 MB a minute, as garbage does: sampled while that is news, and no more. */
TEST(what_goes_up_and_down_is_flat)
{
	begin(100 * MB);
	for (int i = 0; i < 100; i++) {
		go(40, 100 * MB, 300 * MB);
		go(1, 100 * MB, 100 * MB);
	}
	CHECK(!s.on);
	CHECK(switches <= 4);
}

/* What was freed is no level any more. */
TEST(a_level_comes_down)
{
	begin(500 * MB);
	go(130, 100 * MB, 100 * MB);
	go(10, 100 * MB, 140 * MB);
	CHECK(s.on);
	CHECK_EQ(s.grown_bytes, 32 * MB);
}

#define TAP_TESTS                                                                        \
	T(what_is_flat_is_never_sampled)                                                 \
	T(growth_by_32_megabytes_is_seen_and_when_it_began)                              \
	T(a_large_process_grows_by_a_tenth)                                              \
	T(a_slow_leak_is_seen_and_stays_seen)                                            \
	T(a_short_rise_is_soon_over_and_a_long_one_late)                                 \
	T(what_goes_up_and_down_is_flat)                                                 \
	T(a_level_comes_down)
TAP_MAIN()
