/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story of trace_story.c, told by the model: sums, windows, groups, verdicts.
 */
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/growth_sample.h"
#include "tools/model/growth_model.h"

#define MB INT64_C(1048576)

static struct growth_model model;

static void
make(const struct growth_request *r)
{
	growth_model_make(&model, places, r, NULL);
}

static const struct growth_group *
group(const char *part)
{
	for (size_t i = 0; i < model.n_groups; i++)
		if (strstr(model.groups[i].name, part) != NULL)
			return &model.groups[i];
	return NULL;
}

static const char *
verdict(const char *part)
{
	const struct growth_group *g = group(part);

	return g == NULL ? "(no such group)" : growth_verdict_name(g->finding.verdict);
}

TEST(the_story_has_its_verdicts)
{
	struct growth_request r = {0};
	const struct growth_group *g;

	sample = trace_sample_new();
	trace_sample_story(sample);
	REQUIRE(open_sample());
	make(&r);
	CHECK_EQ(model.n_groups, STORY_SITES - 1);
	CHECK_STR(verdict("leak.mjs:12"), "held");
	CHECK_STR(verdict("server.mjs:40"), "gc-lag");
	CHECK_STR(verdict("cache.mjs:7"), "plateau");
	CHECK_STR(verdict("server.mjs:55"), "plateau");
	CHECK_STR(verdict("libaddon"), "held");
	CHECK(strstr(model.groups[0].name, "leak.mjs") != NULL);
	g = group("leak.mjs:12");
	/* One MB a second; the trough lags by a collection but has the same slope. */
	CHECK(g->finding.slope_bytes_per_s > 0.95 * MB);
	CHECK(g->finding.slope_bytes_per_s < 1.05 * MB);
	CHECK_EQ(g->live_bytes, 119 * MB);
	/* The window is the last two thirds of 119 s: the row at or before 39.67 s has 39 MB. */
	CHECK_EQ(g->added_bytes, 80 * MB);
	CHECK_EQ(g->added_count, 320);
	CHECK(g->age_gcs > 5 && g->age_gcs < 6);
	CHECK(g->age_s > 59 && g->age_s < 60);
	CHECK_EQ(model.limit_bytes, 512 * MB);
	CHECK_EQ(model.rss.rss_bytes, model.rss.live_bytes + model.rss.cached_bytes +
					      model.rss.js_heap_bytes +
					      model.rss.other_bytes);
	CHECK_EQ(model.rss.other_bytes, 30 * MB);
	CHECK_EQ(model.unattributed_bytes, 256 << 10);
	CHECK(g->eta_s > 0 && model.eta_s > 0 && model.eta_s < g->eta_s);
	growth_model_free(&model);
	close_sample();
}

TEST(between_two_marks_only_what_changed_there_counts)
{
	struct growth_request r = {.sort = GROWTH_SORT_ADDED};

	sample = trace_sample_new();
	trace_sample_story(sample);
	REQUIRE(open_sample());
	r.a = growth_rows_mark(&view, "before");
	r.b = growth_rows_mark(&view, "2");
	REQUIRE(r.a != NULL && r.b != NULL);
	CHECK(growth_rows_mark(&view, "never") == NULL);
	make(&r);
	CHECK_EQ(group("leak.mjs:12")->added_bytes, 80 * MB);
	CHECK_EQ(group("cache.mjs:7")->added_bytes, 20 * MB - 20 * 20 / 30 * MB);
	CHECK_EQ(group("server.mjs:55")->added_bytes, 0);
	CHECK_EQ(group("leak.mjs:12")->window_alloc_bytes, 80 * MB);
	growth_model_free(&model);
	/* A window given as times: 10 s to 60 s. */
	r = (struct growth_request){.from_ns = STORY_START_NS + 10 * UINT64_C(1000000000),
				    .to_ns = STORY_START_NS + 60 * UINT64_C(1000000000)};
	make(&r);
	CHECK_EQ(group("leak.mjs:12")->added_bytes, 50 * MB);
	growth_model_free(&model);
	close_sample();
}

TEST(groups_add_up_whatever_they_are_by)
{
	static const size_t want[GROWTH_N_BYS] = {
		[GROWTH_BY_LINE] = 5,	 [GROWTH_BY_FUNCTION] = 5, [GROWTH_BY_FILE] = 4,
		[GROWTH_BY_PACKAGE] = 1, [GROWTH_BY_KIND] = 2,	   [GROWTH_BY_THREAD] = 2,
		[GROWTH_BY_STACK] = 5};

	sample = trace_sample_new();
	trace_sample_story(sample);
	REQUIRE(open_sample());
	for (int by = 0; by < GROWTH_N_BYS; by++) {
		struct growth_request r = {.by = (enum growth_by)by};
		uint64_t live = 0, sites = 0;

		make(&r);
		CHECK_EQ(model.n_groups, want[by]);
		for (size_t i = 0; i < model.n_groups; i++) {
			live += model.groups[i].live_bytes;
			sites += model.groups[i].n_sites;
			CHECK(i == 0 || model.groups[i - 1].live_bytes >=
						model.groups[i].live_bytes);
		}
		CHECK_EQ(sites, STORY_SITES - 1);
		CHECK_EQ(live + model.unattributed_bytes, model.live_bytes);
		CHECK(growth_by_name((unsigned)by) != NULL);
		growth_model_free(&model);
	}
	CHECK(growth_by_name(GROWTH_N_BYS) == NULL);
	close_sample();
}

TEST(columns_of_a_line_are_one_row)
{
	struct growth_request r = {.by = GROWTH_BY_LINE};

	sample = trace_sample_new();
	add_column(2, 23, 10);
	add_column(2, 60, 30);
	/* What a bundler made: a line is a file. */
	add_column(1, 1000, 5);
	add_column(1, 2000, 7);
	REQUIRE(open_sample());
	make(&r);
	REQUIRE(model.n_groups == 3);
	CHECK_STR(model.groups[0].name, "put /app/leak.mjs:2:60");
	CHECK_EQ(model.groups[0].live_bytes, 40);
	CHECK_EQ(model.groups[0].n_sites, 2);
	CHECK_EQ(group(":1:1000")->live_bytes, 5);
	growth_model_free(&model);
	close_sample();
}

TEST(what_lived_before_history_begins_is_not_added)
{
	const uint64_t hour = 3600 * UINT64_C(1000000000),
		       end = STORY_START_NS + 48 * hour;
	struct growth_request r = {0};
	struct weir_trace_row *row;

	sample = trace_sample_new();
	trace_sample_site(sample, 0, WEIR_KIND_OTHER, 0);
	*trace_sample_field(sample, 1, WEIR_S_live_bytes) = (uint64_t)(500 * MB);
	trace_sample_head(sample)->started_ns = STORY_START_NS;
	trace_sample_head(sample)->monotonic_ns = end;
	for (uint64_t h = 24; h > 0; h--) {
		row = trace_sample_row(sample, WEIR_PART_ROWS_3600S);
		row->monotonic_ns = end - h * hour;
		trace_sample_point(
			row, (struct weir_trace_point){
				     .site = 1, .live_bytes = (uint64_t)(500 * MB)});
	}
	REQUIRE(open_sample());
	make(&r);
	REQUIRE(model.n_groups == 1);
	CHECK_EQ(model.groups[0].added_bytes, 0);
	CHECK_EQ(model.history_ns, 24 * hour);
	CHECK_EQ(model.from_ns, end - 24 * hour);
	growth_model_free(&model);
	/* From the beginning on, when nothing lived. */
	r.from_ns = STORY_START_NS;
	make(&r);
	CHECK_EQ(model.groups[0].added_bytes, 500 * MB);
	growth_model_free(&model);
	close_sample();
}

static uint32_t kind = WEIR_KIND_OTHER;

/* One site that filled in ten seconds; written once more half a second later; then nothing. */
static void
fill_at_start(void)
{
	const uint64_t second = UINT64_C(1000000000);

	sample = trace_sample_new();
	trace_sample_site(sample, 0, kind, 0);
	for (uint64_t t = 0; t <= 10; t++) {
		struct weir_trace_row *row = trace_sample_row(sample, WEIR_PART_ROWS_1S);

		row->monotonic_ns = STORY_START_NS + t * second;
		row->unix_ns = STORY_START_UNIX + t * second;
		row->rss_bytes = (uint64_t)(t * 20 * MB);
		trace_sample_point(
			row, (struct weir_trace_point){
				     .site = 1, .live_bytes = (uint64_t)(t * 10 * MB)});
	}
	trace_sample_head(sample)->started_ns = STORY_START_NS;
	trace_sample_head(sample)->monotonic_ns = STORY_START_NS + 21 * second / 2;
	trace_sample_head(sample)->unix_ns = STORY_START_UNIX + 21 * second / 2;
	*trace_sample_field(sample, 1, WEIR_S_live_bytes) = (uint64_t)(105 * MB);
	*trace_sample_field(sample, 1, WEIR_S_peak_bytes) = (uint64_t)(105 * MB);
	*trace_sample_field(sample, 1, WEIR_S_alloc_count) = 105;
	*trace_sample_field(sample, 1, WEIR_S_live_count) = 105;
	*trace_sample_field(sample, 1, WEIR_S_first_ns) = STORY_START_NS;
	*trace_sample_field(sample, 1, WEIR_S_last_ns) = STORY_START_NS + 21 * second / 2;
}

/* 210 samples of 500 KB each, all but one live: that one was of a small block, and stands for 9000 of them. */
TEST(of_samples_each_counts_once_whatever_it_stands_for)
{
	const uint64_t second = UINT64_C(1000000000);
	struct growth_request r = {0};

	for (int sampled = 0; sampled < 2; sampled++) {
		fill_at_start();
		*trace_sample_field(sample, 1, WEIR_S_alloc_bytes) =
			(uint64_t)(105.5 * MB);
		*trace_sample_field(sample, 1, WEIR_S_alloc_count) = 10680;
		*trace_sample_field(sample, 1, WEIR_S_live_count) = 1680;
		*trace_sample_field(sample, 1, WEIR_S_sampled_count) = sampled ? 211 : 0;
		trace_sample_head(sample)->sample_bytes = 512 << 10;
		REQUIRE(open_sample());
		trace_view_hold(&view, STORY_START_UNIX + 11 * second);
		make(&r);
		CHECK_EQ(model.groups[0].came, sampled ? 211 : 10680);
		CHECK_EQ(model.groups[0].stayed, sampled ? 210 : 1680);
		CHECK((model.groups[0].finding.stays > 0.98) == (sampled == 1));
		growth_model_free(&model);
		close_sample();
	}
}

TEST(what_was_written_last_holds_until_now)
{
	const uint64_t second = UINT64_C(1000000000);
	struct growth_request r = {0};

	fill_at_start();
	REQUIRE(open_sample());
	make(&r);
	CHECK_STR(growth_verdict_name(model.groups[0].finding.verdict), "held");
	growth_model_free(&model);
	/* 60 seconds of silence: the window has nothing but that. */
	trace_view_hold(&view, STORY_START_UNIX + 60 * second);
	CHECK_EQ(view.head.monotonic_ns, STORY_START_NS + 60 * second);
	make(&r);
	CHECK_EQ(model.from_ns, STORY_START_NS + 20 * second);
	CHECK_STR(growth_verdict_name(model.groups[0].finding.verdict), "plateau");
	CHECK(model.groups[0].finding.slope_bytes_per_s == 0);
	/* The head was newer than the last row. */
	CHECK_EQ(model.groups[0].added_bytes, 0);
	growth_model_free(&model);
	close_sample();
	/* A clock that is behind, and one that is beyond all bounds. */
	fill_at_start();
	REQUIRE(open_sample());
	trace_view_hold(&view, STORY_START_UNIX);
	CHECK_EQ(view.head.monotonic_ns, STORY_START_NS + 21 * second / 2);
	view.head.unix_ns = 0;
	trace_view_hold(&view, UINT64_MAX);
	CHECK_EQ(view.head.monotonic_ns, STORY_START_NS + 21 * second / 2);
	close_sample();
}

/* What nobody accounts for, of a process whose last row is old: as measured now. */
static enum growth_verdict
rest_is(uint64_t bytes)
{
	struct growth_request r = {0};
	struct resident d = {.now = true,
			     .rss_bytes = bytes,
			     .other_bytes = bytes - 100 * (uint64_t)MB};
	enum growth_verdict verdict;

	fill_at_start();
	if (!open_sample())
		return GROWTH_N_VERDICTS;
	trace_view_hold(&view, STORY_START_UNIX + 60 * UINT64_C(1000000000));
	growth_model_make(&model, places, &r, &d);
	verdict = model.parts[WEIR_PART_OF_REST].slope_bytes_per_s > 0
			  ? model.parts[WEIR_PART_OF_REST].verdict
			  : GROWTH_PLATEAU;
	growth_model_free(&model);
	close_sample();
	return verdict;
}

TEST(the_rest_is_judged_as_it_is_now)
{
	CHECK_EQ(rest_is((uint64_t)(200 * MB)), GROWTH_PLATEAU);
	CHECK_EQ(rest_is((uint64_t)(400 * MB)), GROWTH_HELD);
}

/* A row of 105 MB that a line has mapped, of which the process looked at the end; more is mapped now. */
static const char *
mapped_is(uint64_t more)
{
	const uint64_t now_ns = STORY_START_NS + UINT64_C(102) * 100000000;
	struct growth_request r = {0};
	struct resident d = {.now = true, .parts_known = true};
	const char *rule;

	d.part_bytes[WEIR_PART_OF_MAPS] = (uint64_t)(105 * MB) + more;
	d.rss_bytes = d.other_bytes = d.part_bytes[WEIR_PART_OF_MAPS];
	kind = WEIR_KIND_MMAP;
	fill_at_start();
	kind = WEIR_KIND_OTHER;
	struct weir_trace_row *row = trace_sample_row(sample, WEIR_PART_ROWS_1S);
	row->monotonic_ns = row->account_ns = now_ns;
	row->unix_ns = STORY_START_UNIX + UINT64_C(102) * 100000000;
	row->part_bytes[WEIR_PART_OF_MAPS] = (uint64_t)(105 * MB);
	trace_sample_point(row, (struct weir_trace_point){
					.site = 1, .live_bytes = (uint64_t)(105 * MB)});
	if (!open_sample())
		return "(none)";
	trace_view_hold(&view, STORY_START_UNIX + 60 * UINT64_C(1000000000));
	growth_model_make(&model, places, &r, &d);
	CHECK_EQ(model.behind_bytes, more);
	CHECK(model.behind_ns > 40 * UINT64_C(1000000000));
	rule = model.groups[0].finding.rule;
	growth_model_free(&model);
	close_sample();
	return rule;
}

TEST(what_maps_is_not_flat_while_its_row_is_behind)
{
	CHECK_STR(mapped_is(0), "quiet");
	CHECK_STR(mapped_is((uint64_t)(5 * MB)), "quiet");
	CHECK_STR(mapped_is((uint64_t)(20 * MB)), "behind");
}

TEST(an_empty_trace_is_no_error)
{
	struct growth_request r = {0};

	sample = trace_sample_new();
	REQUIRE(open_sample());
	make(&r);
	CHECK_EQ(model.n_groups, 0);
	growth_model_free(&model);
	close_sample();
}

#define TAP_TESTS                                                                        \
	T(the_story_has_its_verdicts)                                                    \
	T(between_two_marks_only_what_changed_there_counts)                              \
	T(groups_add_up_whatever_they_are_by)                                            \
	T(columns_of_a_line_are_one_row)                                                 \
	T(what_lived_before_history_begins_is_not_added)                                 \
	T(of_samples_each_counts_once_whatever_it_stands_for)                            \
	T(what_was_written_last_holds_until_now)                                         \
	T(the_rest_is_judged_as_it_is_now)                                               \
	T(what_maps_is_not_flat_while_its_row_is_behind)                                 \
	T(an_empty_trace_is_no_error)
TAP_MAIN()
