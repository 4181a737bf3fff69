/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rings of rows, read as one history: growth_rows.c.
 */
#include "tests/tap.h"
#include "tests/unit/growth_sample.h"
#include "tools/model/growth_model.h"

TEST(the_rings_join_without_a_gap_or_a_repeat)
{
	struct growth_rows rows;

	sample = trace_sample_new();
	for (uint64_t t = 0; t < 300; t++) {
		uint64_t ns = STORY_START_NS + t * 1000000000;

		trace_sample_row(sample, WEIR_PART_ROWS_1S)->monotonic_ns = ns;
		if (t % 10 == 9)
			trace_sample_row(sample, WEIR_PART_ROWS_10S)->monotonic_ns = ns;
	}
	trace_sample_head(sample)->started_ns = STORY_START_NS;
	REQUIRE(open_sample());
	/* The ring of seconds has the last 160 of 300, the coarse one t = 9 ... 139 before. */
	rows = growth_rows_timed(&view, 0, UINT64_MAX);
	CHECK_EQ(rows.n, 160 + 14);
	CHECK_EQ(rows.rows[13]->monotonic_ns,
		 STORY_START_NS + 139 * UINT64_C(1000000000));
	CHECK_EQ(rows.rows[14]->monotonic_ns,
		 STORY_START_NS + 140 * UINT64_C(1000000000));
	growth_rows_free(&rows);
	/* Of the pace of ten seconds, one each, and the very last. */
	rows = growth_rows_paced(&view, 1, 0, UINT64_MAX);
	CHECK_EQ(rows.n, 30);
	CHECK_EQ(rows.rows[29]->monotonic_ns,
		 STORY_START_NS + 299 * UINT64_C(1000000000));
	growth_rows_free(&rows);
	/* No minutes were written: finer rows stand for them, one a minute. */
	rows = growth_rows_paced(&view, 2, 0, UINT64_MAX);
	CHECK(rows.n >= 5 && rows.n <= 7);
	for (size_t i = 0; i + 2 < rows.n; i++)
		CHECK(rows.rows[i + 1]->monotonic_ns - rows.rows[i]->monotonic_ns >=
		      60 * UINT64_C(1000000000));
	growth_rows_free(&rows);
	rows = growth_rows_paced(&view, 0, STORY_START_NS + 290 * UINT64_C(1000000000),
				 STORY_START_NS + 295 * UINT64_C(1000000000));
	CHECK_EQ(rows.n, 6);
	growth_rows_free(&rows);
	CHECK(growth_rows_at(&view, STORY_START_NS) == NULL);
	close_sample();
}

TEST(hours_reach_back_behind_the_minutes)
{
	const uint64_t hour = 3600 * UINT64_C(1000000000);
	struct growth_rows rows;

	sample = trace_sample_new();
	for (uint64_t minute = 0; minute <= 600; minute++) {
		uint64_t ns = STORY_START_NS + minute * hour / 60;

		trace_sample_row(sample, WEIR_PART_ROWS_60S)->monotonic_ns = ns;
		if (minute % 60 == 0)
			trace_sample_row(sample, WEIR_PART_ROWS_3600S)->monotonic_ns = ns;
	}
	REQUIRE(open_sample());
	/* 16 minutes, from 9:45 on, and ten hours before. */
	rows = growth_rows_timed(&view, 0, UINT64_MAX);
	CHECK_EQ(rows.n, 16 + 10);
	CHECK_EQ(rows.rows[0]->monotonic_ns, STORY_START_NS);
	CHECK_EQ(rows.rows[10]->monotonic_ns, STORY_START_NS + 585 * hour / 60);
	growth_rows_free(&rows);
	REQUIRE(growth_rows_at(&view, STORY_START_NS + 5 * hour + 1) != NULL);
	CHECK_EQ(growth_rows_at(&view, STORY_START_NS + 5 * hour + 1)->monotonic_ns,
		 STORY_START_NS + 5 * hour);
	close_sample();
	/* A sidecar from before there were hours. */
	trace_sample_head(sample = trace_sample_new())->n_parts = WEIR_PART_ROWS_3600S;
	trace_sample_row(sample, WEIR_PART_ROWS_60S)->monotonic_ns = hour;
	REQUIRE(open_sample());
	CHECK_EQ(trace_view_ring(&view, WEIR_PART_ROWS_3600S)->n, 0);
	CHECK(growth_rows_at(&view, hour) != NULL);
	close_sample();
}

#define TAP_TESTS                                                                        \
	T(the_rings_join_without_a_gap_or_a_repeat)                                      \
	T(hours_reach_back_behind_the_minutes)
TAP_MAIN()
