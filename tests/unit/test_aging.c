/* SPDX-License-Identifier: Apache-2.0 */
/* Pauses and rests, policy/aging.h. Time is an argument: nothing waits here. */
#include "policy/aging.h"
#include "tests/tap.h"

#define MS    1000000ll
#define DECAY 1000

/* A look at `ms`; what comes back is in milliseconds, too. */
static int64_t
look(struct weir_aging *a, int64_t ms, bool asked)
{
	return weir_aging_look(a, ms * MS, asked, DECAY).now_ns / MS;
}

TEST(at_work_it_is_the_clock)
{
	struct weir_aging a = {0};

	for (int64_t ms = 7000; ms < 20000; ms += 249) {
		struct weir_aged aged = weir_aging_look(&a, ms * MS, true, DECAY);

		CHECK_EQ(aged.now_ns, ms * MS);
		CHECK(ms == 7000 || aged.worked_ns == 249 * MS);
	}
}

TEST(it_stands_still_in_a_pause)
{
	struct weir_aging a = {0};

	CHECK_EQ(look(&a, 7000, true), 7000);
	CHECK_EQ(look(&a, 7249, false), 7249);
	CHECK_EQ(look(&a, 7250, false), 7000);
	CHECK_EQ(look(&a, 8999, false), 7000);
}

TEST(it_says_when_it_stands)
{
	struct weir_aging a = {0};

	CHECK(!weir_aging_look(&a, 7000 * MS, true, DECAY).stands);
	CHECK(!weir_aging_look(&a, 7100 * MS, false, DECAY).stands);
	CHECK(weir_aging_look(&a, 7250 * MS, false, DECAY).stands);
	CHECK(!weir_aging_look(&a, 7300 * MS, true, DECAY).stands);
	CHECK(!weir_aging_look(&a, 9300 * MS, false, DECAY).stands);
}

TEST(a_rest_is_no_pause)
{
	struct weir_aging a = {0};

	look(&a, 7000, true);
	look(&a, 8000, false);
	CHECK_EQ(look(&a, 9000, false), 9000);
	CHECK_EQ(look(&a, 90000, false), 90000);
	CHECK_EQ(look(&a, 90100, true), 90100);
}

TEST(a_pause_that_is_over_does_not_count)
{
	struct weir_aging a = {0};

	look(&a, 7000, true);
	look(&a, 8500, false);
	CHECK_EQ(look(&a, 8600, true), 7000);
	CHECK_EQ(look(&a, 9000, true), 7400);
	CHECK_EQ(look(&a, 9200, true), 7600);
	CHECK_EQ(look(&a, 9599, true), 7999);
	CHECK_EQ(look(&a, 9600, true), 9600); /* a decay time of work later, it does */
}

TEST(two_pauses_do_not_count)
{
	struct weir_aging a = {0};

	look(&a, 7000, true);
	look(&a, 8000, false);
	CHECK_EQ(look(&a, 8100, true), 7000);
	CHECK_EQ(look(&a, 9000, false), 7000);
	CHECK_EQ(look(&a, 9100, true), 8100); /* of three, the first does */
}

TEST(a_peak_grows_older_by_work_only)
{
	struct weir_aging a = {0};

	look(&a, 7000, true);
	CHECK_EQ(weir_aging_look(&a, 7200 * MS, true, DECAY).worked_ns, 200 * MS);
	CHECK_EQ(weir_aging_look(&a, 8000 * MS, false, DECAY).worked_ns, 0);
	CHECK_EQ(weir_aging_look(&a, 8700 * MS, true, DECAY).worked_ns, 0);
	CHECK_EQ(weir_aging_look(&a, 8800 * MS, true, DECAY).worked_ns, 100 * MS);
	CHECK_EQ(weir_aging_look(&a, 9700 * MS, true, DECAY).worked_ns, 900 * MS);
	/* A rest makes it old. */
	CHECK_EQ(weir_aging_look(&a, 12000 * MS, false, DECAY).worked_ns, 2300 * MS);
}

/* However often it asks, and however seldom somebody looks. */
TEST(what_is_not_reused_goes_within_five_decays)
{
	for (int64_t every = 50; every < 4000; every += 50) {
		struct weir_aging a = {0};
		int64_t ms = 7000, freed = 7000;
		bool due = false;

		look(&a, ms, true);
		for (int64_t asked = ms; !due && ms < 20000; ms += 50) {
			bool ask = ms - asked >= every;

			asked = ask ? ms : asked;
			due = look(&a, ms, ask) - freed >= DECAY;
		}
		CHECK(ms - freed <= 5 * DECAY + 100);
	}
}

TEST(any_decay_time)
{
	struct weir_aging at_once = {0}, never = {0};

	for (int64_t ns = 5; ns < 1000000 * MS; ns = 3 * ns + 1) {
		CHECK_EQ(weir_aging_look(&at_once, ns, ns & 1, 0).now_ns, ns);
		CHECK(weir_aging_look(&never, ns, ns & 1, UINT64_MAX).now_ns <= ns);
	}
}

TEST(a_decay_time_of_centuries_does_not_go_round)
{
	const uint64_t decay_ms = UINT64_MAX / 1000000 + 1; /* 0.4 ms, modulo 2^64 ns */
	struct weir_aging a = {0};

	weir_aging_look(&a, 7000 * MS, true, decay_ms);
	for (int64_t ns = 1; ns < 1000 * MS; ns *= 2)
		CHECK(!weir_aging_look(&a, 7000 * MS + ns, false, decay_ms).stands);
}

#define TAP_TESTS                                                                        \
	T(at_work_it_is_the_clock)                                                       \
	T(it_stands_still_in_a_pause)                                                    \
	T(it_says_when_it_stands)                                                        \
	T(a_rest_is_no_pause)                                                            \
	T(a_pause_that_is_over_does_not_count)                                           \
	T(two_pauses_do_not_count)                                                       \
	T(a_peak_grows_older_by_work_only)                                               \
	T(what_is_not_reused_goes_within_five_decays)                                    \
	T(any_decay_time)                                                                \
	T(a_decay_time_of_centuries_does_not_go_round)
TAP_MAIN()
