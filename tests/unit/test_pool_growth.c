/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks that grow where they are: into what is free behind them, in a few pieces of any state; and the
 * places of those that could not.
 */
#include "tests/unit/pool_model.h"

#include "pool/heap.h"

#define PIECE ((size_t)256 << 10)

/* Neighbours from `s[0]` on; those behind are then given back, every other one with its pages. */
static void
lay_out(struct weir_span **s, int n)
{
	model_init();
	weir_pool_trim(1);
	weir_pool_shed(1); /* nothing is usable yet */
	for (int i = 0; i < n; i++) {
		s[i] = model_extent(PIECE);
		REQUIRE(s[i] != NULL);
		REQUIRE(s[i]->base == s[0]->base + (size_t)i * PIECE);
	}
	model_fill(s[0], 7);
	for (int i = 1; i < n; i++) {
		REQUIRE(weir_span_claim(s[i]));
		if (i % 2)
			weir_pool_give(s[i], 2);
		else
			weir_pool_give_purged(s[i], 2);
	}
}

static uint64_t
bytes_in(enum weir_span_state state)
{
	struct weir_heap_stats h;

	weir_pool_heap_stats(&h);
	return h.state_bytes[state];
}

static void
check_grown(struct weir_span *s, size_t bytes)
{
	CHECK_EQ(s->bytes, bytes);
	CHECK(model_words_intact(s, 7, PIECE));
	model_fill(s, 8);
	CHECK_EQ(bytes_in(WEIR_SPAN_PURGING), 0);
	model_check();
	model_give(s, 3);
	model_check();
}

/* Kept, purged, kept, and what is not usable before a commit: all of it is one block's. */
TEST(a_block_grows_over_several_pieces)
{
	struct weir_span *s[4];

	lay_out(s, 4);
	CHECK_EQ(weir_extent_resize(s[0], 7 * PIECE, 7 * PIECE, 3), 0);
	check_grown(s[0], 7 * PIECE);
}

TEST(a_block_grows_into_a_part_of_a_piece)
{
	struct weir_span *s[4];
	size_t bytes = 2 * PIECE + PIECE / 2;

	lay_out(s, 4);
	CHECK_EQ(weir_extent_resize(s[0], bytes, bytes, 3), 0);
	CHECK_EQ(weir_span_state(weir_span_at((void *)(s[0]->base + bytes))),
		 WEIR_SPAN_CLEAN);
	check_grown(s[0], bytes);
}

TEST(what_the_kernel_does_not_commit_is_left_as_it_was)
{
	struct weir_span *s[4];

	lay_out(s, 4);
	uint64_t dirty = bytes_in(WEIR_SPAN_DIRTY), clean = bytes_in(WEIR_SPAN_CLEAN);
	fake.no_commit = true;
	CHECK_EQ(weir_extent_resize(s[0], 7 * PIECE, 7 * PIECE, 3), -ENOMEM);
	fake.no_commit = false;
	CHECK_EQ(bytes_in(WEIR_SPAN_DIRTY), dirty);
	CHECK_EQ(bytes_in(WEIR_SPAN_CLEAN), clean);
	check_grown(s[0], PIECE);
}

TEST(many_pieces_are_too_many)
{
	enum { MANY = 12 };
	struct weir_span *s[MANY];

	lay_out(s, MANY);
	uint64_t dirty = bytes_in(WEIR_SPAN_DIRTY);
	CHECK_EQ(weir_extent_resize(s[0], MANY * PIECE, 1, 3), -ENOMEM);
	CHECK_EQ(bytes_in(WEIR_SPAN_DIRTY), dirty);
	check_grown(s[0], PIECE);
}

TEST(a_live_block_is_in_the_way)
{
	struct weir_span *s[4], *live;

	lay_out(s, 4);
	live = model_extent(PIECE);
	REQUIRE(live != NULL && live->base < s[0]->base + 4 * PIECE);
	CHECK_EQ(weir_extent_resize(s[0], 7 * PIECE, 1, 3), -ENOMEM);
	CHECK_EQ(bytes_in(WEIR_SPAN_DIRTY), PIECE);
	model_give(live, 3);
	check_grown(s[0], PIECE);
}

TEST(a_block_of_a_class_grows_into_an_extent)
{
	struct weir_class_stats before, after;
	struct weir_ask ask = {.requested = 1000000};

	model_init();
	weir_pool_trim(1);
	weir_pool_class_stats(MODEL_CLASS_1M, &before);
	struct weir_span *s = weir_pool_take(MODEL_CLASS_1M, &ask).span;
	REQUIRE(s != NULL);
	uintptr_t base = s->base;
	CHECK_EQ(weir_extent_resize(s, 3 << 20, 3000000, 2), 0);
	CHECK(s->base == base && s->grade == WEIR_SPAN_NO_GRADE);
	CHECK_EQ(s->bytes, 3 << 20);
	CHECK_EQ(s->requested, 3000000);
	weir_pool_class_stats(MODEL_CLASS_1M, &after);
	CHECK_EQ(after.live, before.live);
	CHECK_EQ(after.puts, before.puts + 1);
	CHECK_EQ(after.cached + after.hits + after.evicted,
		 before.cached + before.hits + before.evicted + 1 + after.shared_hits -
			 before.shared_hits);
	CHECK_EQ(after.live_requested_bytes, before.live_requested_bytes);
	model_check();
	model_give(s, 3);
	model_check();
}

/* It would be the next of its class to be lent, and outgrown again. */
TEST(a_place_that_was_outgrown_is_not_stocked)
{
	struct weir_class_stats before, after;
	struct weir_ask ask = {.requested = 1000000};

	model_init();
	weir_pool_trim(1);
	struct weir_span *s = weir_pool_take(MODEL_CLASS_1M, &ask).span;
	REQUIRE(s != NULL);
	weir_pool_class_stats(MODEL_CLASS_1M, &before);
	s->flags |= WEIR_SPAN_OUTGROWN;
	model_give(s, 2);
	weir_pool_class_stats(MODEL_CLASS_1M, &after);
	CHECK_EQ(after.cached, before.cached);
	CHECK_EQ(bytes_in(WEIR_SPAN_DIRTY), 1 << 20);
	model_check();
}

#define TAP_TESTS                                                                        \
	T(a_block_grows_over_several_pieces)                                             \
	T(a_block_grows_into_a_part_of_a_piece)                                          \
	T(what_the_kernel_does_not_commit_is_left_as_it_was)                             \
	T(many_pieces_are_too_many)                                                      \
	T(a_live_block_is_in_the_way)                                                    \
	T(a_block_of_a_class_grows_into_an_extent)                                       \
	T(a_place_that_was_outgrown_is_not_stocked)
TAP_MAIN()
