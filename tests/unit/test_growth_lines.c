/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What growth_fill.c and growth_judge.c make of a line of several stacks, and of a worker's.
 */
#include "tests/tap.h"
#include "tests/unit/growth_sample.h"
#include "tools/model/growth_model.h"

#define MB INT64_C(1048576)

static struct growth_model model;

/* 30 MB of a cache and garbage beside it: of one stack for 40 s, then of another one, as the line was compiled anew. */
static void
compile_again(bool again)
{
	const uint64_t second = UINT64_C(1000000000);

	sample = trace_sample_new();
	add_column(2, 23, 0);
	add_column(2, 60, (uint64_t)(30 * MB));
	for (uint64_t t = 0; t <= 60; t++) {
		struct weir_trace_row *row = trace_sample_row(sample, WEIR_PART_ROWS_1S);
		uint32_t site = t < 40 && again ? 1 : 2;
		/* A collection each three seconds: the least of the one before. */
		bool known = t >= 6 && (t < 40 || t >= 45 || !again);
		uint64_t live = (uint64_t)((30 + (int64_t)(t % 3) * 15) * MB);

		row->monotonic_ns = STORY_START_NS + t * second;
		row->major_gcs = row->main_major_gcs = t / 3;
		row->n_sites = 2;
		trace_sample_point(
			row, (struct weir_trace_point){
				     .site = site,
				     .live_bytes = live,
				     .trough_bytes = known ? (uint64_t)(30 * MB) : 0});
	}
	for (uint32_t site = 1; site <= 2; site++) {
		*trace_sample_field(sample, site, WEIR_S_alloc_count) = 500;
		*trace_sample_field(sample, site, WEIR_S_live_count) = site == 2 ? 30 : 0;
		*trace_sample_field(sample, site, WEIR_S_peak_bytes) =
			(uint64_t)(75 * MB);
		*trace_sample_field(sample, site, WEIR_S_first_ns) =
			STORY_START_NS + (site == 2 && again ? 40 * second : 1);
		*trace_sample_field(sample, site, WEIR_S_last_ns) =
			STORY_START_NS + 60 * second;
	}
	*trace_sample_field(sample, 2, WEIR_S_old_bytes) = (uint64_t)(30 * MB);
	trace_sample_head(sample)->started_ns = STORY_START_NS;
	trace_sample_head(sample)->monotonic_ns = STORY_START_NS + 60 * second;
	trace_sample_head(sample)->gc_known = 1;
	trace_sample_head(sample)->major_gcs = trace_sample_head(sample)->main_major_gcs =
		20;
}

TEST(a_line_that_is_compiled_anew_keeps_its_floor)
{
	struct growth_request r = {.by = GROWTH_BY_LINE};

	for (int again = 0; again < 2; again++) {
		compile_again(again == 1);
		REQUIRE(open_sample());
		growth_model_make(&model, places, &r, NULL);
		REQUIRE(model.n_groups == 1);
		CHECK_STR(growth_verdict_name(model.groups[0].finding.verdict),
			  "plateau");
		growth_model_free(&model);
		close_sample();
	}
}

/* What a worker made, none of it freed; the main isolate has collected so often, and all of them. */
static const char *
of_a_worker(uint64_t mains, uint64_t all)
{
	const uint64_t second = UINT64_C(1000000000);
	struct growth_request r = {0};
	const char *name = NULL;

	sample = trace_sample_new();
	trace_sample_thread(sample, 1234, "node", 1);
	uint32_t thread = trace_sample_thread(sample, 1240, "node", 2);
	uint32_t site = trace_sample_site(sample, 0, WEIR_KIND_BACKING_STORE, thread);

	for (uint64_t t = 0; t <= 20; t++) {
		struct weir_trace_row *row = trace_sample_row(sample, WEIR_PART_ROWS_1S);

		row->monotonic_ns = STORY_START_NS + t * second;
		row->main_major_gcs = mains * t / 20;
		row->major_gcs = all * t / 20;
		trace_sample_point(row, (struct weir_trace_point){
						.site = site,
						.live_bytes = (uint64_t)(t * 10 * MB)});
	}
	*trace_sample_field(sample, site, WEIR_S_live_bytes) = (uint64_t)(200 * MB);
	*trace_sample_field(sample, site, WEIR_S_old_bytes) = (uint64_t)(200 * MB);
	*trace_sample_field(sample, site, WEIR_S_alloc_count) = 200;
	*trace_sample_field(sample, site, WEIR_S_live_count) = 200;
	*trace_sample_field(sample, site, WEIR_S_peak_bytes) = (uint64_t)(200 * MB);
	*trace_sample_field(sample, site, WEIR_S_first_ns) = STORY_START_NS + 1;
	*trace_sample_field(sample, site, WEIR_S_last_ns) = STORY_START_NS + 20 * second;
	trace_sample_head(sample)->started_ns = STORY_START_NS;
	trace_sample_head(sample)->monotonic_ns = STORY_START_NS + 20 * second;
	trace_sample_head(sample)->gc_known = 1;
	trace_sample_head(sample)->major_gcs = all;
	trace_sample_head(sample)->main_major_gcs = mains;
	if (open_sample()) {
		growth_model_make(&model, places, &r, NULL);
		name = growth_verdict_name(model.groups[0].finding.verdict);
		growth_model_free(&model);
	}
	close_sample();
	return name;
}

TEST(a_worker_that_has_not_collected_may_hold_garbage)
{
	CHECK_STR(of_a_worker(2, 2), "undecided");
	CHECK_STR(of_a_worker(2, 3), "held");
	/* So often, and still there: it may be the main isolate's by now. */
	CHECK_STR(of_a_worker(4, 4), "held");
}

/*
 * What one thread maps, of which it looks at seconds 5 and 19 who has it: 70 MB, then 240. Its size rose by as much from 5 on, until
 * that second.
 */
static const char *
looked_at_twice(uint64_t until)
{
	const uint64_t second = UINT64_C(1000000000);
	struct growth_request r = {0};
	const char *name = NULL;

	sample = trace_sample_new();
	uint32_t site = trace_sample_site(sample, 0, WEIR_KIND_MMAP, 0);

	for (uint64_t t = 5; t <= 20; t++) {
		struct weir_trace_row *row = trace_sample_row(sample, WEIR_PART_ROWS_1S);
		uint64_t part = t < until ? t - 5 : until - 5;

		row->monotonic_ns = STORY_START_NS + t * second;
		row->account_ns = STORY_START_NS + (t < 19 ? 5 : 19) * second;
		row->rss_bytes =
			(uint64_t)(80 * MB) + (uint64_t)(170 * MB) * part / (until - 5);
		trace_sample_point(
			row, (struct weir_trace_point){
				     .site = site,
				     .live_bytes = (uint64_t)((t < 19 ? 70 : 240) * MB)});
	}
	*trace_sample_field(sample, site, WEIR_S_live_bytes) = (uint64_t)(240 * MB);
	*trace_sample_field(sample, site, WEIR_S_alloc_count) = 240;
	*trace_sample_field(sample, site, WEIR_S_live_count) = 240;
	*trace_sample_field(sample, site, WEIR_S_peak_bytes) = (uint64_t)(240 * MB);
	*trace_sample_field(sample, site, WEIR_S_first_ns) = STORY_START_NS + 1;
	*trace_sample_field(sample, site, WEIR_S_last_ns) = STORY_START_NS + 20 * second;
	trace_sample_head(sample)->started_ns = STORY_START_NS;
	trace_sample_head(sample)->monotonic_ns = STORY_START_NS + 20 * second;
	if (open_sample()) {
		growth_model_make(&model, places, &r, NULL);
		name = growth_verdict_name(model.groups[0].finding.verdict);
		growth_model_free(&model);
	}
	close_sample();
	return name;
}

/*
 * CPython, sampled since second 4, with a deque that is full since 12: what is sampled replaces what was there before, and seems to
 * grow. `grows`: what is resident goes on as well.
 */
static const char *
sampled_of_full(bool grows)
{
	const uint64_t second = UINT64_C(1000000000);
	struct growth_request r = {0};
	const char *rule = NULL;

	sample = trace_sample_new();
	uint32_t site = trace_sample_site(sample, 0, WEIR_KIND_OTHER, 0);

	for (uint64_t t = 4; t <= 20; t++) {
		struct weir_trace_row *row = trace_sample_row(sample, WEIR_PART_ROWS_1S);
		uint64_t full = t < 12 || grows ? t : 12;

		row->monotonic_ns = row->account_ns = STORY_START_NS + t * second;
		row->part_bytes[WEIR_PART_OF_NEXT] = full * (uint64_t)(8 * MB);
		row->part_bytes[WEIR_PART_OF_MAPS] = full * (uint64_t)(8 * MB);
		trace_sample_point(
			row, (struct weir_trace_point){
				     .site = site, .live_bytes = (uint64_t)(t * 8 * MB)});
	}
	*trace_sample_field(sample, site, WEIR_S_live_bytes) = (uint64_t)(160 * MB);
	*trace_sample_field(sample, site, WEIR_S_alloc_count) = 100000;
	*trace_sample_field(sample, site, WEIR_S_live_count) = 95000;
	*trace_sample_field(sample, site, WEIR_S_peak_bytes) = (uint64_t)(160 * MB);
	*trace_sample_field(sample, site, WEIR_S_first_ns) = STORY_START_NS + 4 * second;
	*trace_sample_field(sample, site, WEIR_S_last_ns) = STORY_START_NS + 20 * second;
	*trace_sample_field(sample, site, WEIR_S_sampled_count) = 350;
	trace_sample_head(sample)->started_ns = STORY_START_NS;
	trace_sample_head(sample)->monotonic_ns = STORY_START_NS + 20 * second;
	trace_sample_head(sample)->cycles_known = 1;
	trace_sample_head(sample)->sample_bytes = 524288;
	if (open_sample()) {
		growth_model_make(&model, places, &r, NULL);
		rule = model.groups[0].finding.rule;
		growth_model_free(&model);
	}
	close_sample();
	return rule;
}

TEST(what_is_sampled_of_a_full_cache_is_not_held)
{
	CHECK_STR(sampled_of_full(false), "stands");
	CHECK_STR(sampled_of_full(true), "rises");
}

/* Small native blocks, none freed, and the one collection at that second of twenty. */
static const char *
collected_at(uint64_t gc)
{
	const uint64_t second = UINT64_C(1000000000);
	struct growth_request r = {0};
	const char *name = NULL;

	sample = trace_sample_new();
	uint32_t site = trace_sample_site(sample, 0, WEIR_KIND_OTHER, 0);

	for (uint64_t t = 0; t <= 20; t++) {
		struct weir_trace_row *row = trace_sample_row(sample, WEIR_PART_ROWS_1S);

		row->monotonic_ns = STORY_START_NS + t * second;
		row->major_gcs = row->main_major_gcs = t >= gc;
		trace_sample_point(
			row, (struct weir_trace_point){
				     .site = site, .live_bytes = (uint64_t)(t * 5 * MB)});
	}
	*trace_sample_field(sample, site, WEIR_S_live_bytes) = (uint64_t)(100 * MB);
	*trace_sample_field(sample, site, WEIR_S_age1_bytes) = (uint64_t)(95 * MB);
	*trace_sample_field(sample, site, WEIR_S_age0_bytes) = (uint64_t)(5 * MB);
	*trace_sample_field(sample, site, WEIR_S_alloc_count) = 50000;
	*trace_sample_field(sample, site, WEIR_S_live_count) = 50000;
	*trace_sample_field(sample, site, WEIR_S_sampled_count) = 200;
	*trace_sample_field(sample, site, WEIR_S_peak_bytes) = (uint64_t)(100 * MB);
	*trace_sample_field(sample, site, WEIR_S_first_ns) = STORY_START_NS + 1;
	*trace_sample_field(sample, site, WEIR_S_last_ns) = STORY_START_NS + 20 * second;
	trace_sample_head(sample)->started_ns = STORY_START_NS;
	trace_sample_head(sample)->monotonic_ns = STORY_START_NS + 20 * second;
	trace_sample_head(sample)->gc_known = 1;
	trace_sample_head(sample)->sample_bytes = 524288;
	trace_sample_head(sample)->major_gcs = trace_sample_head(sample)->main_major_gcs =
		1;
	if (open_sample()) {
		growth_model_make(&model, places, &r, NULL);
		name = growth_verdict_name(model.groups[0].finding.verdict);
		growth_model_free(&model);
	}
	close_sample();
	return name;
}

TEST(a_collection_of_just_now_says_nothing_of_small_blocks)
{
	CHECK_STR(collected_at(20), "undecided");
	CHECK_STR(collected_at(19), "held");
}

TEST(between_two_looks_the_size_tells_how_a_line_went)
{
	CHECK_STR(looked_at_twice(19), "held");
	CHECK_STR(looked_at_twice(11), "plateau");
}

#define TAP_TESTS                                                                        \
	T(a_line_that_is_compiled_anew_keeps_its_floor)                                  \
	T(a_worker_that_has_not_collected_may_hold_garbage)                              \
	T(between_two_looks_the_size_tells_how_a_line_went)                              \
	T(what_is_sampled_of_a_full_cache_is_not_held)                                   \
	T(a_collection_of_just_now_says_nothing_of_small_blocks)
TAP_MAIN()
