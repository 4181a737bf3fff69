/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What gathering does not do: at the same time as another, without room, with more mappings than the kernel has, with
 * a target that is lost.
 */
#include "tests/unit/gather_model.h"

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
	for (int i = 0; i < BLOCKS; i++) {
		REQUIRE((s[i] = take(MB)) != NULL);
		fill(s[i], 1);
	}
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
	for (int i = 0; i < MANY; i++) {
		small[i] = take(128 << 10);
		REQUIRE(small[i] != NULL);
		fill(small[i], 1);
	}
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
	T(one_gathers_at_a_time)                                                         \
	T(without_room_to_gather_it_pays)                                                \
	T(mappings_are_bounded)                                                          \
	T(few_mappings_few_moves)                                                        \
	T(a_lost_target_is_given_up)                                                     \
	T(a_block_whose_target_is_lost_stays)

TAP_MAIN()
