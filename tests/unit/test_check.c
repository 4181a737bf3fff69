/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The identities as a pure function. That each of them can fail is tested by
 * tests/tools/stat_check.bats; here that their table is whole, and what a word may do to them.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/tools/sidecar_sample.h"
#include "tests/tools/trace_sample.h"
#include "tools/model/check.h"
#include "tools/read/trace_view.h"

static struct sidecar_sample sample;
static struct check_failure failures[8];

static struct check_result
check(void)
{
	struct sidecar s;
	char why[SIDECAR_WHY];
	struct check_result result = {0, 1000, 0};

	if (sidecar_parse(&s, &sample, sizeof(sample), why) == 0) {
		result = check_run(&s, failures, 8);
		sidecar_free(&s);
	}
	return result;
}

TEST(the_sample_adds_up)
{
	sidecar_sample_make(&sample);
	struct check_result r = check();

	CHECK_EQ(r.failed, 0);
	CHECK_EQ(r.skipped, 0);
	CHECK_EQ(r.held, 20 + 3 * 10);
}

/* Every number that an identity names breaks at least one of them when it changes. */
TEST(one_more_of_anything_is_noticed)
{
	static const char *const named[] = {
		"large_requests",
		"large_pool",
		"large_map",
		"large_passed",
		"large_requested_bytes",
		"scratch_gets",
		"scratch_puts",
		"scratch_live",
		"scratch_inherited",
		"map_gets",
		"map_fresh",
		"map_recycled_dirty",
		"map_recycled_zero",
		"map_refused",
		"map_puts",
		"map_live",
		"map_inherited",
		"map_live_requested_bytes",
		"map_live_rounding_bytes",
		"map_live_held_bytes",
		"live_held_bytes",
		"cached_dirty_bytes",
		"cached_clean_bytes",
		"reserved_bytes",
		"region_bytes",
		"sizes.20.requests",
		"sizes.20.bytes",
		"kinds.1.requests",
		"fallbacks.2.requests",
		"regions.1.bytes",
		"classes.0.capacity_bytes",
		"classes.0.gets",
		"classes.0.hits",
		"classes.0.misses",
		"classes.0.puts",
		"classes.0.evicted",
		"classes.0.live",
		"classes.0.cached",
		"classes.0.inherited",
		"classes.0.inherited_cached",
		"classes.0.requested_bytes",
		"classes.0.rounding_bytes",
		"classes.0.live_requested_bytes",
		"classes.0.live_rounding_bytes",
		"classes.0.held_bytes",
		"classes.0.shared_hits",
		"classes.0.refused",
	};

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		sidecar_sample_make(&sample);
		++*sidecar_sample_named(&sample, named[i]);
		if (check().failed == 0)
			printf("# %s\n", named[i]);
		CHECK(check().failed > 0);
	}
}

TEST(both_sides_are_told_exactly)
{
	sidecar_sample_make(&sample);
	*sidecar_sample_named(&sample, "large_pool") = UINT64_MAX;
	*sidecar_sample_named(&sample, "large_map") = UINT64_MAX;
	REQUIRE(check().failed == 2);
	CHECK_STR(failures[0].identity, "large_requests = large_pool + large_map + "
					"large_observed + large_passed");
	CHECK_EQ(failures[0].row, CHECK_NO_ROW);
	CHECK_STR(failures[0].left, "130");
	CHECK_STR(failures[0].right, "36893488147419103233");
}

/* Four times 2^126 is 2^128: in 128 bits, nothing. */
TEST(products_that_add_up_to_nothing_by_wrapping_do_not_pass)
{
	sidecar_sample_make(&sample);
	for (uint32_t row = 0; row < 4; row++) {
		*sidecar_sample_word(&sample, WEIR_SECTION_CLASSES, row,
				     WEIR_K_capacity_bytes) = UINT64_C(1) << 63;
		*sidecar_sample_word(&sample, WEIR_SECTION_CLASSES, row, WEIR_K_cached) =
			UINT64_C(1) << 63;
	}
	REQUIRE(check().failed > 0);
	CHECK(strstr(failures[0].identity, "classes.cached") != NULL);
}

TEST(failures_beyond_the_room_are_counted)
{
	sidecar_sample_make(&sample);
	for (uint32_t row = 0; row < 20; row++)
		*sidecar_sample_word(&sample, WEIR_SECTION_CLASSES, row, WEIR_K_gets) =
			1000;
	CHECK(check().failed > 20);
}

/* The kinds of the slot that is read, set to what the sites of the story hold, at its instant. */
static struct sidecar_sample *
story_that_adds_up(struct trace_sample *t)
{
	struct sidecar_sample *bytes = (struct sidecar_sample *)trace_sample_header(t);
	uint64_t live = 0, count = 0;

	trace_sample_story(t);
	for (uint32_t i = 0; i <= STORY_SITES - 1; i++) {
		live += *trace_sample_field(t, i, WEIR_S_live_bytes);
		count += *trace_sample_field(t, i, WEIR_S_live_count);
	}
	for (int slot = 0; slot < 2; slot++)
		sidecar_sample_slot(bytes, slot)->monotonic_ns =
			trace_sample_head(t)->monotonic_ns;
	*sidecar_sample_named(bytes, "kinds.0.live_bytes") = live - 7;
	*sidecar_sample_named(bytes, "kinds.1.live_bytes") = 7;
	*sidecar_sample_named(bytes, "kinds.2.live_bytes") = 0;
	*sidecar_sample_named(bytes, "kinds.0.live") = count;
	*sidecar_sample_named(bytes, "kinds.1.live") = 0;
	*sidecar_sample_named(bytes, "kinds.2.live") = 0;
	return bytes;
}

static struct check_result
check_story(struct trace_sample *t)
{
	struct check_result r = {0, 1000, 0};
	char why[SIDECAR_WHY];
	struct trace_view v;
	struct sidecar s;
	size_t n;
	const void *bytes = trace_sample_bytes(t, &n);

	if (sidecar_parse(&s, bytes, n, why) != 0)
		return r;
	if (trace_view_parse(&v, bytes, n, why) == 0) {
		r = check_sites(&s, &v, failures, 8);
		trace_view_free(&v);
	}
	sidecar_free(&s);
	return r;
}

TEST(sites_add_up_to_kinds)
{
	struct trace_sample *t = trace_sample_new();
	struct sidecar_sample *bytes = story_that_adds_up(t);

	CHECK_EQ(check_story(t).held, 2);
	++*trace_sample_field(t, STORY_HELD, WEIR_S_live_bytes);
	struct check_result r = check_story(t);
	CHECK_EQ(r.failed, 1);
	CHECK_EQ(r.held, 1);
	CHECK_STR(failures[0].identity, "sites.live_bytes = kinds.live_bytes");
	--*trace_sample_field(t, STORY_HELD, WEIR_S_live_bytes);
	++*sidecar_sample_named(bytes, "kinds.1.live");
	CHECK_EQ(check_story(t).failed, 1);
	CHECK_STR(failures[0].identity, "sites.live_count = kinds.live");
	trace_sample_free(t);
}

TEST(sites_of_samples_are_apart)
{
	struct trace_sample *t = trace_sample_new();

	story_that_adds_up(t);
	uint32_t site = trace_sample_site(t, 1, WEIR_KIND_OTHER, 0);
	*trace_sample_field(t, site, WEIR_S_live_bytes) = 5;
	CHECK_EQ(check_story(t).failed, 1);
	*trace_sample_field(t, site, WEIR_S_sampled_count) = 1;
	CHECK_EQ(check_story(t).held, 2);
	trace_sample_free(t);
}

TEST(sites_of_another_instant_are_not_checked)
{
	struct trace_sample *t = trace_sample_new();

	story_that_adds_up(t);
	trace_sample_head(t)->monotonic_ns++;
	struct check_result r = check_story(t);
	CHECK_EQ(r.held, 0);
	CHECK_EQ(r.failed, 0);
	CHECK_EQ(r.skipped, 2);
	trace_sample_free(t);
}

#define TAP_TESTS                                                                        \
	T(the_sample_adds_up)                                                            \
	T(one_more_of_anything_is_noticed)                                               \
	T(both_sides_are_told_exactly)                                                   \
	T(products_that_add_up_to_nothing_by_wrapping_do_not_pass)                       \
	T(failures_beyond_the_room_are_counted)                                          \
	T(sites_add_up_to_kinds)                                                         \
	T(sites_of_samples_are_apart)                                                    \
	T(sites_of_another_instant_are_not_checked)
TAP_MAIN()
