/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One block out of the pages of many: nothing new is touched, nothing is lost that is in use, and
 * the kernel's mappings are as few as before once the pages went back.
 */
#include "tests/unit/pool_model.h"

#include <string.h>

#include "pool/heap.h"
#include "pool/origin.h"
#include "tests/unit/moves.h"

#define MB ((size_t)1 << 20)
enum { BLOCKS = 16 };

static struct weir_span *
take(size_t bytes)
{
	return weir_extent_take(&(struct weir_ask){.bytes = bytes,
						   .align = WEIR_PAGE_BYTES,
						   .requested = bytes})
		.span;
}

static struct weir_taken
take_zeroed(size_t bytes)
{
	return weir_extent_take(&(struct weir_ask){.bytes = bytes,
						   .align = WEIR_PAGE_BYTES,
						   .requested = bytes,
						   .want_zero = true});
}

static void
give(struct weir_span *s)
{
	if (s == NULL || !weir_span_claim(s))
		abort();
	weir_pool_give(s, 5000);
}

/* All that is free goes back to the system. */
static void
empty(void)
{
	weir_pool_tick(&(struct weir_tick){.now_ns = 6000,
					   .stock_before_ns = INT64_MAX,
					   .purge_before_ns = INT64_MAX,
					   .cap_bytes = UINT64_MAX,
					   .most_bytes = UINT64_MAX,
					   .slack_bytes = 0});
}

static void
fill(const struct weir_span *s, uint32_t with)
{
	for (size_t at = 0; at < s->bytes; at += 4)
		*(uint32_t *)(s->base + at) = with + (uint32_t)at;
}

static bool
holds(const struct weir_span *s, uint32_t what)
{
	for (size_t at = 0; at < s->bytes; at += 4)
		if (*(uint32_t *)(s->base + at) != what + (uint32_t)at)
			return false;
	return true;
}

/* Blocks side by side, filled; every other one is then freed. */
static void
pieces(struct weir_span *s[BLOCKS], size_t bytes)
{
	model_init();
	heap_gather_from = 128 << 10;
	empty();
	for (int i = 0; i < BLOCKS; i++) {
		s[i] = take(bytes);
		if (s[i] == NULL)
			abort();
		fill(s[i], (uint32_t)i << 24);
	}
	for (int i = 0; i < BLOCKS; i += 2)
		give(s[i]);
}

static void
give_the_others(struct weir_span *s[BLOCKS])
{
	for (int i = 1; i < BLOCKS; i += 2) {
		CHECK(holds(s[i], (uint32_t)i << 24));
		give(s[i]);
	}
}

static struct weir_heap_stats
stats(void)
{
	struct weir_heap_stats h;

	weir_pool_heap_stats(&h);
	return h;
}

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

/* Whoever comes meanwhile moves nothing: it is served from new pages. */
static struct weir_span *second;

static int
move_amid(void *from, void *to, size_t bytes)
{
	if (second == NULL)
		second = take(3 * MB);
	return fake_pages.move(from, to, bytes);
}

TEST(one_gathers_at_a_time)
{
	struct weir_span *s[BLOCKS];
	struct weir_pages pages = fake_pages;

	NEEDS_MOVES;
	pieces(s, MB);
	uint64_t gathers = stats().gathers;
	second = NULL;
	pages.move = move_amid;
	heap_pages = &pages;
	struct weir_span *big = take(5 * MB);
	heap_pages = &fake_pages;
	REQUIRE(big != NULL && second != NULL);
	CHECK_EQ(stats().gathers, gathers + 1);
	fill(big, 3);
	fill(second, 4);
	CHECK(holds(big, 3));
	give(big);
	give(second);
	give_the_others(s);
	model_check();
}

/* No address space is left to gather in, but what is kept and what is unused make a place. */
TEST(without_room_to_gather_it_pays)
{
	struct weir_span *s[BLOCKS];

	model_init();
	empty();
	for (int i = 0; i < BLOCKS; i++)
		REQUIRE((s[i] = take(MB)) != NULL);
	heap_gather_from = 128 << 10;
	give(s[4]);
	give(s[5]);
	empty(); /* two unused ones */
	give(s[6]);
	give(s[7]);
	fake.no_address_space = true;
	struct weir_span *big = take(4 * MB);
	fake.no_address_space = false;
	CHECK(big != NULL);
	if (big != NULL)
		give(big);
	for (int i = 0; i < BLOCKS; i++)
		if (i < 4 || i > 7)
			give(s[i]);
	model_check();
}

/* However much it is cut up, the process keeps nearly all of its mappings. */
TEST(mappings_are_bounded)
{
	enum { MANY = 1200, LARGE = 300 };
	static struct weir_span *small[MANY], *large[LARGE];
	uint64_t gathers;

	NEEDS_MOVES;
	model_init();
	heap_gather_from = 128 << 10;
	empty();
	for (int i = 0; i < MANY; i++)
		small[i] = take(128 << 10);
	for (int i = 0; i < MANY; i += 2)
		give(small[i]);
	gathers = stats().gathers;
	for (int i = 0; i < LARGE; i++) {
		large[i] = take(256 << 10);
		REQUIRE(large[i] != NULL);
		memset((void *)large[i]->base, i, large[i]->bytes);
	}
	CHECK(stats().gathers > gathers);
	size_t seams = 0;
	for (uint16_t row = 0; row < region_rows(); row++)
		seams += region_get(row)->base != 0 ? region_get(row)->seams : 0;
	CHECK(seams > 100 && seams <= ORIGIN_SEAMS_MAX);
	for (int i = 0; i < LARGE; i++) {
		CHECK_EQ(*(uint8_t *)(large[i]->base + large[i]->bytes - 1), (uint8_t)i);
		give(large[i]);
	}
	for (int i = 1; i < MANY; i += 2)
		give(small[i]);
	empty();
	for (uint16_t row = 0; row < region_rows(); row++)
		CHECK(region_get(row)->base == 0 || region_get(row)->seams == 0);
	model_check();
}

/* Where a process may have few mappings, pages are moved rarely, and blocks served all the same. */
TEST(few_mappings_few_moves)
{
	struct weir_span *s[BLOCKS];
	uint64_t gathers;

	NEEDS_MOVES;
	origin_set_mappings(96);
	pieces(s, MB);
	gathers = stats().gathers;
	struct weir_span *big = take(8 * MB);
	origin_set_mappings(65530);
	REQUIRE(big != NULL);
	CHECK_EQ(stats().gathers, gathers);
	give(big);
	give_the_others(s);
	model_check();
}

/*
 * The kernel takes the place away in the middle of it: it is out of use for good, with what was moved
 * there, and the block is made elsewhere. Last: these leave seams.
 */
TEST(a_lost_target_is_given_up)
{
	struct weir_span *s[BLOCKS];

	NEEDS_MOVES;
	for (unsigned at = 1; at <= 3; at += 2) {
		pieces(s, MB);
		fake.lost_move = at;
		struct weir_span *big = take(8 * MB);
		CHECK_EQ(fake.lost_move, 0);
		REQUIRE(big != NULL);
		fill(big, 51);
		give_the_others(s);
		CHECK(holds(big, 51));
		give(big);
		model_check();
	}
}

/* The same when a block in use is moved: it is as it was. */
TEST(a_block_whose_target_is_lost_stays)
{
	struct weir_span *s[BLOCKS];
	size_t moved;

	NEEDS_MOVES;
	pieces(s, MB);
	struct weir_span *big = take(8 * MB), *to;
	REQUIRE(big != NULL);
	fill(big, 61);
	to = take_zeroed(8 * MB).span;
	REQUIRE(to != NULL);
	fake.lost_move = 3;
	CHECK(!weir_span_move(big, to, 8 * MB, &moved));
	CHECK(moved > 0 && moved < 8 * MB);
	CHECK(holds(big, 61));
	give(big);
	give_the_others(s);
	model_check();
}

#define TAP_TESTS                                                                        \
	T(pieces_become_one_block)                                                       \
	T(nothing_is_gathered_for_an_aligned_block)                                      \
	T(too_few_pieces_are_a_start)                                                    \
	T(what_was_gathered_is_gathered_again)                                           \
	T(what_goes_back_is_as_if_never_moved)                                           \
	T(a_gathered_block_can_be_moved_whole)                                           \
	T(without_room_to_gather_it_pays)                                                \
	T(a_refusal_costs_nothing)                                                       \
	T(one_gathers_at_a_time)                                                         \
	T(mappings_are_bounded)                                                          \
	T(few_mappings_few_moves)                                                        \
	T(a_lost_target_is_given_up)                                                     \
	T(a_block_whose_target_is_lost_stays)
TAP_MAIN()
