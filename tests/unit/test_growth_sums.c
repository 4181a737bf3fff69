/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is live in weir's own blocks, now and some time ago, in the story of trace_story.c.
 */
#include "tools/model/growth_sums.h"

#include "tests/tap.h"
#include "tests/unit/growth_sample.h"

#define MB UINT64_C(1048576)
#define S  UINT64_C(1000000000)

static bool
open_story(void)
{
	sample = trace_sample_new();
	trace_sample_story(sample);
	return open_sample();
}

/* The one that grows by 1 MB a second. */
static uint32_t
leak(void)
{
	uint32_t most = 1;

	for (uint32_t site = 1; site < view.n_sites; site++)
		if (view.sites[site][WEIR_S_live_bytes] >
		    view.sites[most][WEIR_S_live_bytes])
			most = site;
	return most;
}

TEST(all_that_is_live_is_served_unless_it_is_sampled_mapped_or_only_seen)
{
	uint64_t all = 0;

	REQUIRE(open_story());
	for (uint32_t site = 0; site < view.n_sites; site++)
		all += view.sites[site][WEIR_S_live_bytes];
	CHECK_EQ(growth_sums_served(&view, 0), all);
	uint64_t *f = view.sites[leak()], its = f[WEIR_S_live_bytes];
	CHECK_EQ(its, 119 * MB);
	f[WEIR_S_sampled_count] = 1;
	CHECK_EQ(growth_sums_served(&view, 0), all - its);
	f[WEIR_S_sampled_count] = 0;
	f[WEIR_S_caller_kind] = WEIR_KIND_MMAP;
	CHECK_EQ(growth_sums_served(&view, 0), all - its);
	view.file.attached_unix_ns = 1;
	CHECK_EQ(growth_sums_served(&view, 0), 0);
	close_sample();
}

TEST(what_came_since_is_not_of_then)
{
	REQUIRE(open_story());
	uint64_t now = growth_sums_served(&view, 0),
		 then = growth_sums_served(&view, 40 * S);
	/* 40 MB of the one, and a quarter of that of another; what swings is where it was. */
	CHECK_EQ(now - then, 50 * MB);
	/* What went since is not missed: it is of neither. */
	view.sites[leak()][WEIR_S_live_bytes] = 0;
	CHECK_EQ(growth_sums_served(&view, 40 * S), growth_sums_served(&view, 0));
	/* Before there were rows nothing is known. */
	CHECK_EQ(growth_sums_served(&view, 100000 * S), 0);
	close_sample();
}

#define TAP_TESTS                                                                        \
	T(all_that_is_live_is_served_unless_it_is_sampled_mapped_or_only_seen)           \
	T(what_came_since_is_not_of_then)
TAP_MAIN()
