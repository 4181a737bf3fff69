/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One block out of the pages of many: nothing new is touched, nothing is lost that is in use, and
 * the kernel's mappings are as few as before once the pages went back.
 */
#include "tests/unit/gather_model.h"

TEST(pieces_become_one_block)
{
	struct weir_span *s[BLOCKS];
	struct weir_taken taken;

	NEEDS_MOVES;
	pieces(s, MB);
	struct weir_heap_stats before = stats();
	taken = weir_extent_take(&(struct weir_ask){
		.bytes = 8 * MB, .align = WEIR_PAGE_BYTES, .requested = 8 * MB});
	REQUIRE(taken.span != NULL);
	CHECK(!taken.zero);
	CHECK_EQ(stats().gathers - before.gathers, 1);
	CHECK_EQ(stats().gathered_bytes - before.gathered_bytes, 8 * MB);
	CHECK_EQ(stats().fresh_bytes, before.fresh_bytes);
	CHECK_EQ(weir_pool_cached_bytes(), 0);
	CHECK_EQ(fake_resident((void *)taken.span->base, 8 * MB), (int64_t)(8 * MB));
	fill(taken.span, 77);
	give_the_others(s);
	CHECK(holds(taken.span, 77));
	give(taken.span);
	model_check();
}

/* What is cut off for the alignment is what would be gathered, for each of them anew. */
TEST(nothing_is_gathered_for_an_aligned_block)
{
	struct weir_span *s[BLOCKS];
	struct weir_ask ask = {.bytes = 8 * MB, .align = 2 * MB, .requested = 8 * MB};

	NEEDS_MOVES;
	pieces(s, MB);
	struct weir_heap_stats before = stats();
	struct weir_span *big = weir_extent_take(&ask).span;
	REQUIRE(big != NULL);
	CHECK_EQ(big->base % (2 * MB), 0);
	CHECK_EQ(stats().gathers, before.gathers);
	CHECK_EQ(stats().gathered_bytes, before.gathered_bytes);
	give_the_others(s);
	give(big);
	model_check();
}

/* The rest of a block for which there is too little is new, and what was bounded stays so. */
TEST(too_few_pieces_are_a_start)
{
	struct weir_span *s[BLOCKS];

	NEEDS_MOVES;
	pieces(s, MB);
	struct weir_heap_stats before = stats();
	struct weir_span *big = take(11 * MB);
	REQUIRE(big != NULL);
	CHECK_EQ(stats().gathered_bytes - before.gathered_bytes, 8 * MB);
	CHECK_EQ(stats().fresh_bytes - before.fresh_bytes, 3 * MB);
	fill(big, 5);
	CHECK(holds(big, 5));
	give(big);
	give_the_others(s);
	model_check();
}

/* A gathered block is pieces again: from other places, in other lengths. */
TEST(what_was_gathered_is_gathered_again)
{
	struct weir_span *s[BLOCKS], *mids[4], *last;

	NEEDS_MOVES;
	pieces(s, MB);
	for (int i = 0; i < 4; i++) {
		mids[i] = take(2 * MB);
		REQUIRE(mids[i] != NULL);
		fill(mids[i], 9);
	}
	struct weir_heap_stats before = stats();
	CHECK_EQ(weir_pool_cached_bytes(), 0);
	give(mids[0]);
	give(mids[2]);
	last = take(4 * MB - WEIR_PAGE_BYTES);
	REQUIRE(last != NULL);
	CHECK_EQ(stats().fresh_bytes, before.fresh_bytes);
	fill(last, 13);
	CHECK(holds(mids[1], 9) && holds(mids[3], 9) && holds(last, 13));
	give(mids[1]);
	give(mids[3]);
	give(last);
	give_the_others(s);
	model_check();
}

/* What goes back is mapped anew: no page is away from its origin, and zeros are zeros. */
TEST(what_goes_back_is_as_if_never_moved)
{
	struct weir_span *s[BLOCKS];

	NEEDS_MOVES;
	pieces(s, MB);
	struct weir_span *big = take(8 * MB);
	REQUIRE(big != NULL);
	const struct weir_region *r = weir_region_of((void *)big->base);
	uintptr_t base = big->base;

	CHECK(origin_strange(r, base, 8 * MB));
	CHECK(r->seams != 0);
	fill(big, 21);
	give(big);
	give_the_others(s);
	empty();
	r = weir_region_of((void *)base);
	CHECK(r == NULL || !origin_strange(r, base, 8 * MB));
	struct weir_taken again = take_zeroed(8 * MB);
	REQUIRE(again.span != NULL);
	CHECK(again.zero);
	for (size_t at = 0; at < 8 * MB; at += 64)
		REQUIRE(*(uint64_t *)(again.span->base + at) == 0);
	give(again.span);
	model_check();
}

TEST(a_gathered_block_can_be_moved_whole)
{
	struct weir_span *s[BLOCKS];

	NEEDS_MOVES;
	pieces(s, MB);
	struct weir_span *big = take(8 * MB), *to;
	size_t moved;
	REQUIRE(big != NULL);
	fill(big, 31);
	to = take_zeroed(8 * MB).span;
	REQUIRE(to != NULL);
	CHECK(weir_span_move(big, to, 8 * MB, &moved));
	CHECK_EQ(moved, 8 * MB);
	CHECK(holds(to, 31));
	REQUIRE(weir_span_claim(big));
	weir_pool_give_purged(big, 5000);
	give(to);
	give_the_others(s);
	model_check();
}

/* A kernel that moves nothing: the block is served all the same, from new pages. */
TEST(a_refusal_costs_nothing)
{
	struct weir_span *s[BLOCKS];

	pieces(s, MB);
	fake.no_move = true;
	uint64_t gathered = stats().gathered_bytes;
	struct weir_span *big = take(8 * MB);
	fake.no_move = false;
	REQUIRE(big != NULL);
	CHECK_EQ(stats().gathered_bytes, gathered);
	fill(big, 41);
	CHECK(holds(big, 41));
	give(big);
	give_the_others(s);
	model_check();
}

/* To move what is not there costs more than new pages. Whether that has changed is looked at after a while. */
TEST(pieces_that_nobody_touched_are_left)
{
	struct weir_span *s[BLOCKS], *big;
	enum { A_WHILE = 64 };

	NEEDS_MOVES;
	model_init();
	heap_gather_from = 128 << 10;
	empty();
	for (int i = 0; i < BLOCKS; i++)
		REQUIRE((s[i] = take(MB)) != NULL);
	for (int i = 0; i < BLOCKS; i += 2)
		give(s[i]);
	struct weir_heap_stats before = stats();
	big = take(8 * MB);
	REQUIRE(big != NULL);
	CHECK_EQ(stats().gathered_bytes, before.gathered_bytes);
	CHECK_EQ(stats().fresh_bytes - before.fresh_bytes, 8 * MB);
	for (int i = 1; i < BLOCKS; i += 2)
		give(s[i]);
	give(big);
	for (int i = 0; i <= A_WHILE; i++) {
		pieces(s, MB);
		before = stats();
		big = take(8 * MB);
		REQUIRE(big != NULL);
		CHECK((stats().gathered_bytes != before.gathered_bytes) ==
		      (i == A_WHILE));
		give(big);
		give_the_others(s);
	}
	model_check();
}

#define TAP_TESTS                                                                        \
	T(pieces_become_one_block)                                                       \
	T(nothing_is_gathered_for_an_aligned_block)                                      \
	T(too_few_pieces_are_a_start)                                                    \
	T(what_was_gathered_is_gathered_again)                                           \
	T(what_goes_back_is_as_if_never_moved)                                           \
	T(a_gathered_block_can_be_moved_whole)                                           \
	T(a_refusal_costs_nothing)                                                       \
	T(pieces_that_nobody_touched_are_left)
TAP_MAIN()
