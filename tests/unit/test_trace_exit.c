/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the reader takes for the state of a process that freed all it had before it ended
 * (tools/read/trace_exit.c).
 */
#include "tests/unit/trace_parsed.h"

/* The write before the last as the story has it, the last with nothing live. */
static struct weir_trace_head *
exit_story(uint64_t state)
{
	struct sidecar_sample *slots;
	struct weir_trace_head *last, *before;

	story();
	slots = (struct sidecar_sample *)trace_sample_header(sample);
	sidecar_sample_slot(slots, 1)->state = state;
	last = trace_sample_head(sample);
	before = (void *)((char *)last - WEIR_TRACE_HEAD_BYTES);
	*before = *last;
	before->seq_begin = before->seq_end = last->seq_begin - 1;
	before->monotonic_ns -= 1000;
	before->is_eve = 1;
	before->parts[WEIR_PART_SITES0].used = last->parts[WEIR_PART_SITES1].used;
	memcpy(trace_sample_part(sample, WEIR_PART_SITES0),
	       trace_sample_part(sample, WEIR_PART_SITES1),
	       (size_t)STORY_SITES * WEIR_N_SITE_FIELDS * 8);
	for (uint32_t i = 0; i < STORY_SITES; i++)
		*trace_sample_field(sample, i, WEIR_S_live_bytes) = 0;
	return before;
}

TEST(an_exit_that_freed_all_is_seen_as_it_was_before)
{
	exit_story(WEIR_STATE_EXITED);
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK(view.exited && view.before_exit);
	CHECK_EQ(trace_view_site(&view, STORY_HELD, WEIR_S_live_bytes), 119 << 20);
	CHECK_EQ(view.head.seq_begin, 6);
	trace_view_free(&view);
	/* Half of it is still there: that is no exit that freed all. */
	*trace_sample_field(sample, STORY_HELD, WEIR_S_live_bytes) = 118 << 20;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK(view.exited && !view.before_exit);
	CHECK_EQ(trace_view_site(&view, STORY_HELD, WEIR_S_live_bytes), 118 << 20);
	CHECK_EQ(view.head.seq_begin, 7);
	trace_view_free(&view);
	/* Not in its place, torn, any other write, or wild: the last one stands. */
	for (int i = 0; i < 4; i++) {
		struct weir_trace_head *before = exit_story(WEIR_STATE_EXITED);

		if (i == 0)
			before->seq_begin = before->seq_end = 5;
		else if (i == 1)
			before->seq_end = 4;
		else if (i == 2)
			before->is_eve = 0;
		else
			before->parts[WEIR_PART_SITES0].used = 1u << 30;
		REQUIRE(parse(SIZE_MAX) == 0);
		CHECK(!view.before_exit && !view.cut);
		CHECK_EQ(trace_view_site(&view, STORY_HELD, WEIR_S_live_bytes), 0);
		trace_view_free(&view);
	}
	/* A process that runs, or was killed, may free what it likes. */
	exit_story(WEIR_STATE_RUNNING);
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK(!view.exited && !view.before_exit);
	trace_view_free(&view);
}

TEST(what_was_allocated_is_as_the_last_write_has_it)
{
	exit_story(WEIR_STATE_EXITED);
	uint64_t count = *trace_sample_field(sample, STORY_HELD, WEIR_S_alloc_count);

	/* Twice as much came in the last second, and a site of its own. */
	*trace_sample_field(sample, STORY_HELD, WEIR_S_alloc_count) *= 2;
	*trace_sample_field(sample, STORY_HELD, WEIR_S_alloc_bytes) *= 2;
	uint32_t late = trace_sample_site(sample, 0, WEIR_KIND_OTHER, 0);
	*trace_sample_field(sample, late, WEIR_S_alloc_count) = 7;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK(view.before_exit);
	const uint64_t *f = view.sites[STORY_HELD];
	CHECK_EQ(f[WEIR_S_live_bytes], 119 << 20);
	CHECK_EQ(f[WEIR_S_alloc_count], 2 * count);
	CHECK_EQ(f[WEIR_S_alloc_bytes], 2 * 119 << 20);
	CHECK_EQ(trace_view_then_count(&view, STORY_HELD), count);
	CHECK_EQ(trace_view_site(&view, late, WEIR_S_alloc_count), 7);
	CHECK_EQ(trace_view_site(&view, late, WEIR_S_live_bytes), 0);
	trace_view_free(&view);
}

#define TAP_TESTS                                                                        \
	T(an_exit_that_freed_all_is_seen_as_it_was_before)                               \
	T(what_was_allocated_is_as_the_last_write_has_it)
TAP_MAIN()
