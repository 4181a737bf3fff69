/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sample trace and its places, for the tests of growth: make `sample` what the test is about, then
 * open it. One at a time.
 */
#ifndef TESTS_UNIT_GROWTH_SAMPLE_H
#define TESTS_UNIT_GROWTH_SAMPLE_H

#include "tests/tools/trace_sample.h"
#include "tools/names/growth_place.h"

static struct trace_sample *sample;
static struct trace_view view;
static struct growth_places *places;

/* A site of one frame that holds so much; what else is of its line? */
static inline void
add_column(uint32_t line, uint32_t column, uint64_t live)
{
	uint32_t frame =
		trace_sample_js(sample, "put", "file:///app/leak.mjs", line, column);
	uint32_t site = trace_sample_site(sample, trace_sample_stack(sample, &frame, 1),
					  WEIR_KIND_BACKING_STORE, 0);

	*trace_sample_field(sample, site, WEIR_S_live_bytes) = live;
}

static inline bool
open_sample(void)
{
	char why[TRACE_VIEW_WHY];
	size_t n;
	const void *bytes = trace_sample_bytes(sample, &n);

	if (trace_view_parse(&view, bytes, n, why) != 0)
		return false;
	places = growth_places_new(&view, 0);
	return true;
}

static inline void
close_sample(void)
{
	growth_places_free(places);
	trace_view_free(&view);
	trace_sample_free(sample);
}

#endif
