/* SPDX-License-Identifier: Apache-2.0 */
/* How often to look, policy/looks.h. Time is an argument: nothing waits here. */
#include "policy/looks.h"
#include "tests/tap.h"

#define US 1000ll
#define MS 1000000ll
#define MB ((uint64_t)1 << 20)

/* How many of the looks of a second at 50 a second are due. */
static int
due_in_a_second(struct weir_unused_look look)
{
	int n = 0;

	look.last_ns = 5000 * MS;
	for (look.now_ns = 5020 * MS; look.now_ns <= 6000 * MS; look.now_ns += 20 * MS)
		if (weir_unused_due(&look)) {
			look.last_ns = look.now_ns;
			n++;
		}
	return n;
}

TEST(a_look_is_due_after_its_time_or_when_the_clock_went_back)
{
	CHECK(!weir_look_due(119, 100, 20));
	CHECK(weir_look_due(120, 100, 20));
	CHECK(weir_look_due(99, 100, 20));
	CHECK(!weir_look_due(100, 100, 20));
}

TEST(far_from_the_limit_once_a_second)
{
	CHECK_EQ(due_in_a_second((struct weir_unused_look){.cost_ns = 30 * US,
							   .limit_bytes = 100 * MB,
							   .current_bytes = 74 * MB,
							   .unused_bytes = 50 * MB}),
		 1);
}

TEST(near_it_without_unused_pages_as_well)
{
	CHECK_EQ(due_in_a_second((struct weir_unused_look){.cost_ns = 30 * US,
							   .limit_bytes = 100 * MB,
							   .current_bytes = 99 * MB,
							   .unused_bytes = 6 * MB}),
		 1);
}

TEST(near_it_as_often_as_half_a_millisecond_a_second_allows)
{
	struct weir_unused_look look = {.limit_bytes = 100 * MB,
					.current_bytes = 99 * MB,
					.unused_bytes = 50 * MB};

	for (look.cost_ns = 0; look.cost_ns < 5 * MS; look.cost_ns += 10 * US) {
		int n = due_in_a_second(look);

		CHECK(n >= 1);
		CHECK(n == 1 || n * look.cost_ns <= MS / 2);
		CHECK(look.cost_ns > 10 * US || n == 50);
	}
}

TEST(where_memory_is_is_looked_at_for_what_that_costs)
{
	struct weir_parts_look look = {0};

	CHECK(weir_parts_due(&look, 5 * MS, 0));
	look = (struct weir_parts_look){
		.last_ns = 1000 * MS, .cost_ns = 500 * US, .rss_bytes = 50 * MB};
	/* It changes: each second. */
	CHECK(!weir_parts_due(&look, 1900 * MS, 60 * MB));
	CHECK(weir_parts_due(&look, 2000 * MS, 60 * MB));
	CHECK(weir_parts_due(&look, 2000 * MS, 40 * MB));
	/* It does not. */
	CHECK(!weir_parts_due(&look, 9000 * MS, 50 * MB));
	CHECK(weir_parts_due(&look, 11000 * MS, 50 * MB));
	/* Dear: a four-hundredth of the time. */
	look.cost_ns = 5 * MS;
	CHECK(!weir_parts_due(&look, 2900 * MS, 60 * MB));
	CHECK(weir_parts_due(&look, 3000 * MS, 60 * MB));
	CHECK(!weir_parts_due(&look, 20000 * MS, 50 * MB));
	CHECK(weir_parts_due(&look, 21000 * MS, 50 * MB));
}

#define TAP_TESTS                                                                        \
	T(a_look_is_due_after_its_time_or_when_the_clock_went_back)                      \
	T(where_memory_is_is_looked_at_for_what_that_costs)                              \
	T(far_from_the_limit_once_a_second)                                              \
	T(near_it_without_unused_pages_as_well)                                          \
	T(near_it_as_often_as_half_a_millisecond_a_second_allows)
TAP_MAIN()
