/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which write is kept when a process takes itself down, and what only looks like that: garbage that
 * a collection freed, a cache that is emptied while work goes on, a pause.
 */
#include "tests/tap.h"
#include "trace/ending.h"

#define MB	UINT64_C(1048576)
#define PERIOD	UINT64_C(100000000)
#define SECONDS (10 * PERIOD)

static struct ending ending;
static struct ending_sums at;

/* The next write, a period later: what is live, what was allocated since, whether there was a GC. */
static bool
write_of(uint64_t live, uint64_t more, bool gc)
{
	at.live_bytes = live;
	at.alloc_bytes += more;
	at.majors += gc;
	at.monotonic_ns += PERIOD;
	return ending_keeps(&ending, &at);
}

static void
begin(uint64_t live)
{
	ending = (struct ending){0};
	at = (struct ending_sums){.monotonic_ns = 1000 * SECONDS};
	CHECK(!write_of(live / 2, live / 2, false));
	CHECK(!write_of(live, live / 2, false));
}

TEST(the_write_before_all_goes_is_kept_until_the_end)
{
	begin(100 * MB);
	/* Takes the place of the older one: that of 100 MB is kept from then on. */
	CHECK(!write_of(70 * MB, 5 * MB, false));
	CHECK(write_of(69 * MB, 0, false));
	CHECK(write_of(10 * MB, 0, false));
	CHECK(write_of(0, 0, false));
	/* The process has some more to do before it is gone. */
	at.monotonic_ns += SECONDS;
	CHECK(write_of(0, 0, false));
}

TEST(an_end_that_begins_slowly_is_seen_at_the_second_write)
{
	begin(100 * MB);
	CHECK(!write_of(99 * MB, 3 * MB, false));
	CHECK(!write_of(97 * MB, 0, false));
	CHECK(write_of(95 * MB, 0, false));
	CHECK(write_of(0, 0, false));
}

TEST(what_a_collection_freed_is_no_end)
{
	begin(100 * MB);
	CHECK(!write_of(20 * MB, 0, true));
	CHECK(!write_of(10 * MB, 0, false));
	CHECK(!write_of(5 * MB, 0, false));
	/* When all of its garbage must have gone, it may be one. */
	at.monotonic_ns += SECONDS;
	CHECK(!write_of(5 * MB, 0, false));
	CHECK(!write_of(2 * MB, 0, false));
	CHECK(write_of(0, 0, false));
	/* A collection in the midst of it: no, after all. */
	begin(100 * MB);
	CHECK(!write_of(50 * MB, 0, false));
	CHECK(write_of(40 * MB, 0, false));
	CHECK(!write_of(30 * MB, 0, true));
	CHECK(!write_of(20 * MB, 0, false));
}

TEST(who_allocates_again_goes_on)
{
	begin(100 * MB);
	CHECK(!write_of(10 * MB, MB, false));
	CHECK(write_of(10 * MB, MB, false));
	CHECK(!write_of(20 * MB, 20 * MB, false));
	CHECK(!write_of(30 * MB, 10 * MB, false));
	/* Blocks that come and go at the same rate. */
	for (int i = 0; i < 20; i++)
		CHECK(!write_of((30 - (uint64_t)i % 2) * MB, 8 * MB, false));
}

TEST(a_pause_is_no_end)
{
	begin(100 * MB);
	CHECK(!write_of(10 * MB, 0, false));
	CHECK(write_of(5 * MB, 0, false));
	at.monotonic_ns += 3 * SECONDS;
	CHECK(!write_of(5 * MB, 0, false));
	CHECK(!write_of(5 * MB, 0, false));
	/* However slowly: nobody takes that long to end. */
	begin(100 * MB);
	CHECK(!write_of(90 * MB, 0, false));
	for (uint64_t i = 1; i < 15; i++) {
		at.monotonic_ns += SECONDS;
		CHECK(write_of((90 - i) * MB, 0, false));
	}
	at.monotonic_ns += 6 * SECONDS;
	CHECK(!write_of(70 * MB, 0, false));
}

TEST(little_is_not_worth_it)
{
	begin(2 * MB);
	CHECK(!write_of(2 * MB - 4096, 0, false));
	CHECK(!write_of(2 * MB - 8192, 0, false));
	/* Nothing at all, as in a process that has just begun. */
	ending = (struct ending){0};
	at = (struct ending_sums){0};
	for (int i = 0; i < 3; i++)
		CHECK(!write_of(0, 0, false));
}

#define TAP_TESTS                                                                        \
	T(the_write_before_all_goes_is_kept_until_the_end)                               \
	T(an_end_that_begins_slowly_is_seen_at_the_second_write)                         \
	T(what_a_collection_freed_is_no_end)                                             \
	T(who_allocates_again_goes_on)                                                   \
	T(a_pause_is_no_end)                                                             \
	T(little_is_not_worth_it)
TAP_MAIN()
