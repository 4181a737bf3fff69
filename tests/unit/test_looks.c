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

TEST(a_look_that_was_given_up_is_brief_no_more)
{
	struct weir_parts_look look = {0};

	CHECK(weir_parts_brief(&look, 5 * MS, 10 * MB));
	weir_parts_looked(&look, 5 * MS, WEIR_PARTS_GIVEN_UP_NS, 10 * MB);
	for (int64_t hour = 1; hour < 100; hour++)
		CHECK(!weir_parts_brief(&look, hour * 3600 * 1000 * MS, 10 * MB));
	/* The clock's thread has time. */
	CHECK(weir_parts_due(&look, 20000 * MS, 20 * MB));
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
	/* Dear: a tenth as often while nothing changes. */
	look.cost_ns = 5 * MS;
	CHECK(!weir_parts_due(&look, 20000 * MS, 50 * MB));
	CHECK(weir_parts_due(&look, 21000 * MS, 50 * MB));
}

/* Looks at what changes, asked each second from `from_s` until `to_s`. */
static int
looks_at_growth(struct weir_parts_look *look, int from_s, int to_s, int64_t cost_ns)
{
	int n = 0;

	for (int s = from_s; s < to_s; s++)
		if (weir_parts_due(look, s * 1000 * MS, (uint64_t)s * 10 * MB)) {
			weir_parts_looked(look, s * 1000 * MS, cost_ns,
					  (uint64_t)s * 10 * MB);
			n++;
		}
	return n;
}

TEST(a_growth_that_begins_is_looked_at_each_second)
{
	struct weir_parts_look look = {0};
	int n;

	CHECK_EQ(looks_at_growth(&look, 3, 23, 2 * MS), 20);
	look = (struct weir_parts_look){0};
	CHECK_EQ(looks_at_growth(&look, 3, 9, 8 * MS), 6);
	/* Not for ever: a four-hundredth of the time, and a twentieth of a second. */
	n = 6 + looks_at_growth(&look, 9, 4009, 8 * MS);
	CHECK(n * 8 <= 4006 * 1000 / 400 + 50);
	CHECK(n * 8 >= 4006 * 1000 / 400 - 50);
	/* Nor is there more of it after a year of rest. */
	n = looks_at_growth(&look, 30000000, 30000100, 8 * MS);
	CHECK(n >= 6 && n * 8 <= 100 * 1000 / 400 + 58);
	/* What is dearer than all of that comes as often as its share allows. */
	look = (struct weir_parts_look){0};
	CHECK_EQ(looks_at_growth(&look, 3, 1003, 300 * MS), 9);
}

TEST(a_thread_of_the_host_looks_where_that_takes_no_milliseconds)
{
	struct weir_parts_look look = {0};

	CHECK(weir_parts_brief(&look, 2100 * MS, 256 * MB));
	CHECK(!weir_parts_brief(&look, 2100 * MS, 257 * MB));
	/* By what the last one took: huge pages are looked at quickly, a busy machine's are not. */
	weir_parts_looked(&look, 1000 * MS, 1 * MS, 250 * MB);
	CHECK(weir_parts_brief(&look, 2100 * MS, 500 * MB));
	CHECK(!weir_parts_brief(&look, 2100 * MS, 510 * MB));
	CHECK(weir_parts_brief(&look, 2100 * MS, 1 * MB));
	weir_parts_looked(&look, 2000 * MS, 3 * MS, 250 * MB);
	CHECK(!weir_parts_brief(&look, 2100 * MS, 250 * MB));
	/* A dearer one seldom: one that is never made leaves a figure of minutes ago. */
	CHECK(!weir_parts_brief(&look, 7900 * MS, 250 * MB));
	CHECK(weir_parts_brief(&look, 8000 * MS, 250 * MB));
	CHECK(!weir_parts_brief(&look, 8000 * MS, 500 * MB));
	CHECK(weir_parts_brief(&look, 14000 * MS, 500 * MB));
	weir_parts_looked(&look, 20000 * MS, 11 * MS, 500 * MB);
	CHECK(!weir_parts_brief(&look, 900000 * MS, 500 * MB));
	/* A small process has many mappings for its pages; what it grows by is pages. */
	weir_parts_looked(&look, 2000 * MS, 3 * MS, 50 * MB);
	CHECK(!weir_parts_brief(&look, 10500 * MS, 150 * MB));
	CHECK(weir_parts_brief(&look, 10600 * MS, 150 * MB));
	CHECK(weir_parts_brief(&look, 22000 * MS, 500 * MB));
	CHECK(!weir_parts_brief(&look, 900000 * MS, 700 * MB));
}

#define TAP_TESTS                                                                        \
	T(a_look_is_due_after_its_time_or_when_the_clock_went_back)                      \
	T(a_look_that_was_given_up_is_brief_no_more)                                     \
	T(where_memory_is_is_looked_at_for_what_that_costs)                              \
	T(far_from_the_limit_once_a_second)                                              \
	T(a_growth_that_begins_is_looked_at_each_second)                                 \
	T(near_it_without_unused_pages_as_well)                                          \
	T(a_thread_of_the_host_looks_where_that_takes_no_milliseconds)                   \
	T(near_it_as_often_as_half_a_millisecond_a_second_allows)
TAP_MAIN()
