/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a request finds its pages: room for what will grow, and the price of new pages when there
 * is no room beside what is kept.
 */
#include "pool/origin.h"
#include "pool/pool_private.h"
#include "tests/unit/pool_model.h"

#include <string.h>

TEST(a_growing_block_grows_where_it_stands)
{
	struct weir_ask ask = {.bytes = 64 << 10,
			       .align = WEIR_PAGE_BYTES,
			       .requested = 64 << 10,
			       .roomy = true};
	struct weir_ask other = {
		.bytes = 64 << 10, .align = WEIR_PAGE_BYTES, .requested = 64 << 10};
	struct weir_span *others[8];

	/* Room, wherever the tests before left some. */
	struct weir_ask room = {.bytes = 3 * WEIR_UNIT_BYTES,
				.align = WEIR_PAGE_BYTES,
				.requested = 1,
				.want_zero = true};

	model_init();
	struct weir_span *r = weir_extent_take(&room).span;
	REQUIRE(r != NULL && weir_span_claim(r));
	weir_pool_give(r, 0);
	weir_pool_tick(&(struct weir_tick){.now_ns = 1,
					   .stock_before_ns = INT64_MAX,
					   .purge_before_ns = INT64_MAX,
					   .cap_bytes = UINT64_MAX,
					   .most_bytes = UINT64_MAX,
					   .slack_bytes = UINT64_MAX});
	struct weir_span *grows = weir_extent_take(&ask).span;
	REQUIRE(grows != NULL);
	for (int i = 0; i < 8; i++) {
		others[i] = weir_extent_take(&other).span;
		REQUIRE(others[i] != NULL);
	}
	/* First on new pages, then on those that it left behind itself. */
	for (int round = 0; round < 2; round++) {
		size_t bytes = ask.bytes;

		for (; bytes < 2 << 20; bytes += bytes / 8 & ~(WEIR_PAGE_BYTES - 1))
			CHECK_EQ(weir_extent_resize(grows, bytes, bytes, 5000), 0);
		memset((void *)grows->base, 1, grows->bytes);
		REQUIRE(weir_span_claim(grows));
		weir_pool_give(grows, 5000);
		model_check();
		grows = weir_extent_take(&ask).span;
		REQUIRE(grows != NULL);
	}
	REQUIRE(weir_span_claim(grows));
	weir_pool_give(grows, 5000);
	for (int i = 0; i < 8; i++) {
		REQUIRE(weir_span_claim(others[i]));
		weir_pool_give(others[i], 5000);
	}
	model_check();
}

/* Where blocks of a class are lent, of two recycled places: the one that fits, and a longer one. */
static uintptr_t
place_of_next(bool outgrown)
{
	struct weir_span *s =
		weir_pool_take(MODEL_CLASS_1M, &(struct weir_ask){.requested = 1 << 20})
			.span;

	if (s == NULL || !weir_span_claim(s))
		abort();
	uintptr_t base = s->base;
	if (outgrown)
		s->flags |= WEIR_SPAN_OUTGROWN;
	weir_pool_give(s, 10);
	model_tick(20, 0);
	pool_flush_stocks(INT64_MAX);
	return base;
}

TEST(blocks_of_a_class_that_grow_get_room)
{
	enum { BLOCKS = 40 };
	size_t bytes[] = {1 << 20, 1 << 16, 8 << 20, 1 << 16};
	struct weir_span *s[4];

	model_init();
	weir_pool_trim(1);
	for (int i = 0; i < 4; i++) {
		s[i] = model_extent(bytes[i]);
		REQUIRE(s[i] != NULL);
	}
	uintptr_t fits = s[0]->base, longer = s[2]->base;
	model_give(s[0], 5);
	model_give(s[2], 5);
	for (int i = 0; i < 8; i++)
		CHECK_EQ(place_of_next(true), fits);
	for (int i = 0; i < BLOCKS; i++)
		place_of_next(true);
	for (int i = 0; i < 8; i++)
		CHECK_EQ(place_of_next(false), longer);
	for (int i = 0; i < BLOCKS; i++)
		place_of_next(false);
	CHECK_EQ(place_of_next(false), fits);
	model_give(s[1], 30);
	model_give(s[3], 30);
	model_check();
}

/* With room around it, a block takes the kernel one more mapping: where none is left, it does without. */
TEST(a_growing_block_without_a_mapping_left)
{
	struct weir_ask ask = {.bytes = 16 * WEIR_UNIT_BYTES,
			       .align = WEIR_PAGE_BYTES,
			       .requested = 1,
			       .roomy = true};
	struct weir_extent_stats before, after;

	model_init();
	weir_pool_extent_stats(&before);
	for (unsigned refused = 1; refused <= 2; refused++) {
		fake.no_commits = refused;
		struct weir_taken t = weir_extent_take(&ask);
		CHECK_EQ(fake.no_commits, 0);
		CHECK_EQ(t.error, refused == 1 ? WEIR_TAKE_OK : WEIR_TAKE_COMMIT);
		CHECK_EQ(t.span != NULL, refused == 1);
		weir_pool_extent_stats(&after);
		CHECK_EQ(after.gets - before.gets, refused);
		CHECK_EQ(after.refused - before.refused, refused - 1);
		model_check();
		if (t.span != NULL) {
			*(char *)t.span->base = 1;
			REQUIRE(weir_span_claim(t.span));
			weir_pool_give(t.span, 1);
		}
		ask.bytes *= 2; /* new pages again */
	}
	model_check();
}

/* Room before a block takes the kernel two mappings: a 32nd of what a process may have, and no more. */
TEST(where_mappings_are_few_growing_blocks_lie_side_by_side)
{
	struct weir_ask ask = {.bytes = 64 << 10,
			       .align = WEIR_PAGE_BYTES,
			       .requested = 64 << 10,
			       .roomy = true};
	struct weir_span *s[24];
	int apart[2] = {0, 0};

	model_init();
	for (int few = 0; few < 2; few++) {
		weir_pool_trim(1);
		weir_pool_shed(1);
		origin_set_mappings(few ? 96 : 65530);
		for (int i = 0; i < 24; i++) {
			s[i] = weir_extent_take(&ask).span;
			REQUIRE(s[i] != NULL);
			apart[few] += i > 0 && s[i]->base != s[i - 1]->base + ask.bytes;
		}
		for (int i = 0; i < 24; i++) {
			REQUIRE(weir_span_claim(s[i]));
			weir_pool_give_purged(s[i], 1);
		}
		model_check();
	}
	origin_set_mappings(65530);
	CHECK(apart[0] >= 12);
	CHECK(apart[1] <= 3);
}

/* Nothing kept fits the next block, and there is no room beside it: it goes before pages come. */
static void
pay_for_fresh_pages(bool by_peak)
{
	struct weir_ask small = {
		.bytes = 1 << 20, .align = WEIR_PAGE_BYTES, .requested = 1 << 20};
	struct weir_ask large = {
		.bytes = 8 << 20, .align = WEIR_PAGE_BYTES, .requested = 8 << 20};
	struct weir_span *s[16];
	struct weir_tick tick = {.now_ns = 2000,
				 .stock_before_ns = INT64_MAX,
				 .purge_before_ns = INT64_MAX,
				 .cap_bytes = UINT64_MAX,
				 .most_bytes = UINT64_MAX,
				 .slack_bytes = by_peak ? 0 : UINT64_MAX};

	model_init();
	for (int i = 0; i < 16; i++)
		s[i] = weir_extent_take(&small).span;
	weir_pool_tick(&tick); /* all that is free goes */
	CHECK(!weir_pool_tight(0));
	tick.stock_before_ns = tick.purge_before_ns = 0;
	if (!by_peak) { /* no room to grow from here on */
		tick.most_bytes = weir_pool_lent_bytes();
		weir_pool_tick(&tick);
		CHECK(weir_pool_tight(0));
		tick.most_bytes *= 2;
		weir_pool_tick(&tick);
		CHECK(!weir_pool_tight(weir_pool_lent_bytes() / 2 - WEIR_PAGE_BYTES));
		CHECK(weir_pool_tight(weir_pool_lent_bytes() / 2 + WEIR_PAGE_BYTES));
		weir_pool_trim(2000); /* is no end of the limit */
		CHECK(weir_pool_tight(weir_pool_lent_bytes() / 2 + WEIR_PAGE_BYTES));
		tick.most_bytes /= 2;
		weir_pool_tick(&tick);
	}
	for (int i = 0; i < 16; i += 2) { /* every other one: no two are neighbours */
		REQUIRE(s[i] != NULL && weir_span_claim(s[i]));
		weir_pool_give(s[i], 3000);
	}
	CHECK_EQ(weir_pool_cached_bytes(), 8 << 20);
	struct weir_span *l = weir_extent_take(&large).span;
	REQUIRE(l != NULL);
	CHECK_EQ(weir_pool_cached_bytes(), 0);
	model_check();

	/* With nothing to pay with, the host still gets its memory. */
	struct weir_span *more = weir_extent_take(&large).span;
	CHECK(more != NULL);
	tick.most_bytes = tick.slack_bytes = UINT64_MAX;
	weir_pool_tick(&tick);
	for (int i = 1; i < 16; i += 2) {
		REQUIRE(weir_span_claim(s[i]));
		weir_pool_give(s[i], 4000);
	}
	REQUIRE(weir_span_claim(l) && weir_span_claim(more));
	weir_pool_give(l, 4000);
	weir_pool_give(more, 4000);
	model_check();
}

TEST(a_limit_makes_fresh_pages_cost_kept_ones)
{
	pay_for_fresh_pages(false);
}

TEST(a_peak_makes_fresh_pages_cost_kept_ones)
{
	pay_for_fresh_pages(true);
}

/* New pages behind a block cost kept ones as those of a new block do. */
TEST(growth_pays_for_fresh_pages)
{
	struct weir_ask small = {
		.bytes = 1 << 20, .align = WEIR_PAGE_BYTES, .requested = 1 << 20};
	struct weir_ask grows = {.bytes = 1 << 20,
				 .align = WEIR_PAGE_BYTES,
				 .requested = 1 << 20,
				 .want_zero = true,
				 .roomy = true};
	struct weir_span *s[16], *g;
	struct weir_tick tick = {.now_ns = 2000,
				 .cap_bytes = UINT64_MAX,
				 .most_bytes = UINT64_MAX,
				 .slack_bytes = UINT64_MAX};

	model_init();
	weir_pool_trim(2000);
	for (int i = 0; i < 16; i++)
		s[i] = weir_extent_take(&small).span;
	REQUIRE((g = weir_extent_take(&grows).span) != NULL);
	tick.most_bytes = weir_pool_lent_bytes() + (1 << 20);
	weir_pool_tick(&tick);
	for (int i = 0; i < 16; i += 2) {
		REQUIRE(s[i] != NULL && weir_span_claim(s[i]));
		weir_pool_give(s[i], 3000);
	}
	CHECK_EQ(weir_pool_cached_bytes(), 8 << 20);
	for (size_t mb = 2; mb <= 9; mb++) {
		CHECK_EQ(weir_extent_resize(g, mb << 20, mb << 20, 3000), 0);
		CHECK(weir_pool_lent_bytes() + weir_pool_cached_bytes() <=
		      tick.most_bytes);
		memset((void *)g->base, 1, g->bytes);
		model_check();
	}
	/* What the kernel refuses leaves the block as it was, without a table for it. */
	tick.most_bytes = UINT64_MAX;
	weir_pool_tick(&tick);
	fake.no_meta = fake.no_commit = true;
	size_t bytes = g->bytes;
	if (weir_extent_resize(g, bytes + (1 << 20), bytes + (1 << 20), 3000) != 0)
		CHECK_EQ(g->bytes, bytes);
	fake.no_meta = fake.no_commit = false;
	model_check();
	REQUIRE(weir_span_claim(g));
	weir_pool_give(g, 4000);
	for (int i = 1; i < 16; i += 2) {
		REQUIRE(weir_span_claim(s[i]));
		weir_pool_give(s[i], 4000);
	}
	model_check();
}

/* With nothing to spare, and beside other free memory. */
TEST(an_aligned_block_serves_the_next_one)
{
	struct weir_ask ask = {.bytes = 5 << 20, .align = 2 << 20, .requested = 5 << 20};
	uintptr_t base = 0;

	model_init();
	weir_pool_trim(2000);
	uint64_t fresh = weir_pool_fresh_bytes();
	for (int i = 0; i < 5; i++) {
		struct weir_span *s = weir_extent_take(&ask).span;

		REQUIRE(s != NULL);
		CHECK_EQ(s->base % ask.align, 0);
		CHECK(base == 0 || base == s->base);
		base = s->base;
		REQUIRE(weir_span_claim(s));
		weir_pool_give(s, 3000);
		model_check();
	}
	CHECK_EQ(weir_pool_fresh_bytes() - fresh, 5 << 20);
}

#define TAP_TESTS                                                                        \
	T(a_growing_block_grows_where_it_stands)                                         \
	T(where_mappings_are_few_growing_blocks_lie_side_by_side)                        \
	T(blocks_of_a_class_that_grow_get_room)                                          \
	T(a_growing_block_without_a_mapping_left)                                        \
	T(a_limit_makes_fresh_pages_cost_kept_ones)                                      \
	T(a_peak_makes_fresh_pages_cost_kept_ones)                                       \
	T(growth_pays_for_fresh_pages)                                                   \
	T(an_aligned_block_serves_the_next_one)
TAP_MAIN()
