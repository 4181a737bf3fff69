/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool's rules one by one: who serves whom before new pages, what is counted as a hit, refusals of the
 * page source. Growth, purges and regions have files of their own; random work is test_pool_churn.c's.
 */
#include "tests/unit/pool_model.h"

TEST(class_hits_are_its_own_blocks)
{
	struct weir_class_stats before, after;
	struct weir_ask ask = {.requested = 1000000};

	model_init();
	struct weir_span *s = weir_pool_take(MODEL_CLASS_1M, &ask).span;
	REQUIRE(s != NULL);
	model_give(s, 5);
	weir_pool_class_stats(MODEL_CLASS_1M, &before);
	struct weir_span *again = weir_pool_take(MODEL_CLASS_1M, &ask).span;
	weir_pool_class_stats(MODEL_CLASS_1M, &after);
	CHECK(again == s);
	CHECK_EQ(after.hits, before.hits + 1);
	CHECK_EQ(after.shared_hits, before.shared_hits);
	CHECK_EQ(again->bytes, 1 << 20); /* capacity never degrades */
	model_give(again, 6);
}

TEST(a_block_is_claimed_once)
{
	struct weir_ask ask = {.requested = 5000};

	model_init();
	struct weir_span *s = weir_pool_take(MODEL_CLASS_8K, &ask).span;
	REQUIRE(s != NULL);
	CHECK(weir_span_claim(s));
	CHECK(!weir_span_claim(s));
	weir_pool_give(s, 1);
	CHECK(!weir_span_claim(s));
}

TEST(stocks_serve_other_sizes_before_fresh_pages)
{
	struct weir_ask small = {.requested = 1 << 20};
	struct weir_ask large = {
		.bytes = 8 << 20, .align = WEIR_PAGE_BYTES, .requested = 8 << 20};
	struct weir_span *s[16];

	model_init();
	model_tick(1, INT64_MAX);
	for (int i = 0; i < 16; i++) {
		s[i] = weir_pool_take(MODEL_CLASS_1M, &small).span;
		REQUIRE(s[i] != NULL);
	}
	for (int i = 0; i < 16; i++)
		model_give(s[i], 2);
	struct weir_taken taken = weir_extent_take(&large);
	REQUIRE(taken.span != NULL);
	CHECK(!taken.zero); /* recycled: the sixteen blocks, joined */
	model_check();
	model_give(taken.span, 3);
}

TEST(failures_are_reported_and_counted)
{
	struct weir_ask ask = {.bytes = 2 * WEIR_UNIT_BYTES,
			       .align = WEIR_PAGE_BYTES,
			       .requested = 1,
			       .want_zero = true};
	struct weir_extent_stats before, after;

	model_init();
	weir_pool_extent_stats(&before);
	fake.no_commit = true;
	struct weir_taken t = weir_extent_take(&ask);
	/* Purged pages of earlier tests may serve it without a commit. */
	if (t.span == NULL)
		CHECK_EQ(t.error, WEIR_TAKE_COMMIT);
	fake.no_commit = false;
	fake.no_address_space = true;
	ask.bytes = 64 * WEIR_UNIT_BYTES;
	t = weir_extent_take(&ask);
	CHECK(t.span == NULL);
	CHECK_EQ(t.error, WEIR_TAKE_ADDRESS_SPACE);
	fake.no_address_space = false;
	fake.no_meta = true;
	t = weir_extent_take(&ask);
	CHECK(t.span == NULL);
	fake.no_meta = false;
	weir_pool_extent_stats(&after);
	CHECK(after.refused >= before.refused + 2);
	model_check();
}

/* However many come back, a class keeps a few, and what a request moves to the heap is as little. */
TEST(a_class_keeps_a_few_blocks)
{
	enum { MANY = 1000, A_FEW = 16 };
	static struct weir_span *s[MANY];
	struct weir_ask small = {.requested = 8000};
	struct weir_class_stats before, after;

	model_init();
	weir_pool_trim(1);
	for (int i = 0; i < MANY; i++)
		REQUIRE((s[i] = weir_pool_take(MODEL_CLASS_8K, &small).span) != NULL);
	for (int i = 0; i < MANY; i += 2) /* no two are neighbours */
		model_give(s[i], 2);
	weir_pool_class_stats(MODEL_CLASS_8K, &before);
	CHECK(before.cached > 0);
	CHECK(before.cached <= A_FEW);
	CHECK_EQ(before.live, MANY / 2);
	struct weir_span *l = model_extent(1 << 20);
	weir_pool_class_stats(MODEL_CLASS_8K, &after);
	CHECK(after.evicted <= before.evicted + A_FEW);
	REQUIRE(l != NULL);
	model_give(l, 3);
	for (int i = 1; i < MANY; i += 2)
		model_give(s[i], 3);
	weir_pool_trim(4);
	model_check();
}

/* Asked without a sum where that suffices, it is the sum's answer. */
static void
check_lent(void)
{
	uint64_t lent = weir_pool_lent_bytes();

	for (uint64_t more = 0; more <= 8000; more += 4000) {
		CHECK(weir_pool_lends_above(lent + more - 1, more));
		CHECK(!weir_pool_lends_above(lent + more, more));
		CHECK(!weir_pool_lends_above(lent + more + (64 << 20), more));
	}
}

TEST(what_stocks_keep_is_not_lent)
{
	enum { MANY = 100 };
	static struct weir_span *s[MANY];
	struct weir_ask small = {.requested = 8000};

	model_init();
	weir_pool_trim(1);
	for (int i = 0; i < MANY; i++)
		REQUIRE((s[i] = weir_pool_take(MODEL_CLASS_8K, &small).span) != NULL);
	uint64_t most = weir_pool_lent_bytes();
	check_lent();
	for (int i = 0; i < MANY; i += 2)
		model_give(s[i], 2);
	CHECK_EQ(weir_pool_lent_bytes(), most - MANY / 2 * s[1]->bytes);
	check_lent();
	CHECK(weir_pool_lent_peak() >= most);
	for (int i = 1; i < MANY; i += 2)
		model_give(s[i], 3);
	weir_pool_trim(4);
	model_check();
}

#define TAP_TESTS                                                                        \
	T(stocks_serve_other_sizes_before_fresh_pages)                                   \
	T(class_hits_are_its_own_blocks)                                                 \
	T(a_block_is_claimed_once)                                                       \
	T(failures_are_reported_and_counted)                                             \
	T(a_class_keeps_a_few_blocks)                                                    \
	T(what_stocks_keep_is_not_lent)
TAP_MAIN()
