/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Under a memory limit, what is freed beyond a bound is offered to the kernel: the page source here takes it
 * at once. Whoever is lent such memory again finds zeroes or not, and must not count on either.
 */
#include "tests/unit/pool_model.h"

#include <string.h>

#include "pool/heap.h"
#include "pool/magazine.h"

#define MB ((size_t)1 << 20)

static struct {
	size_t bytes, last;
	uintptr_t base;
	bool refused;
} offers;

static int
take_at_once(void *addr, size_t bytes)
{
	if (offers.refused)
		return -EINVAL;
	offers.base = (uintptr_t)addr;
	offers.last = bytes;
	offers.bytes += bytes;
	return weir_pages_system.purge(addr, bytes) < 0 ? -EINVAL : 0;
}

static void
tick(int64_t stock_before_ns, uint64_t firm)
{
	weir_pool_tick(&(struct weir_tick){.now_ns = 20,
					   .stock_before_ns = stock_before_ns,
					   .cap_bytes = UINT64_MAX,
					   .most_bytes = UINT64_MAX,
					   .slack_bytes = UINT64_MAX,
					   .firm_bytes = firm});
}

/* So much may be lent and kept before anything of it is offered. */
static void
tick_held(uint64_t held)
{
	weir_pool_tick(&(struct weir_tick){.now_ns = 20,
					   .cap_bytes = UINT64_MAX,
					   .most_bytes = UINT64_MAX,
					   .slack_bytes = UINT64_MAX,
					   .firm_bytes = MB,
					   .firm_held_bytes = held});
}

/* Nothing is kept; of what will be, so much is not offered (0: all of it). */
static void
begin(uint64_t firm)
{
	static struct weir_pages pages;

	model_init();
	pages = fake_pages;
	pages.offer = take_at_once;
	heap_pages = &pages;
	weir_pool_trim(1);
	tick(0, firm);
	memset(&offers, 0, sizeof(offers));
}

/* As many as there are, each full. */
static void
take(struct weir_span **s, int n, size_t bytes)
{
	for (int i = 0; i < n; i++) {
		struct weir_ask ask = {.requested = MB};

		s[i] = bytes == MB ? weir_pool_take(MODEL_CLASS_1M, &ask).span
				   : model_extent(bytes);
		REQUIRE(s[i] != NULL);
		model_fill(s[i], (uint32_t)i);
	}
}

static void
give(struct weir_span **s, int n)
{
	for (int i = 0; i < n; i++)
		model_give(s[i], 10);
}

TEST(without_a_limit_nothing_is_offered)
{
	struct weir_span *s[20];

	begin(0);
	take(s, 20, MB);
	give(s, 20);
	CHECK_EQ(offers.bytes, 0);
	model_check();
}

TEST(what_is_kept_beyond_the_bound_is_offered)
{
	struct weir_span *s[20];

	for (size_t bytes = MB; bytes <= 3 * MB; bytes += 2 * MB) {
		begin(5 * bytes);
		take(s, 20, bytes);
		give(s, 5);
		CHECK_EQ(offers.bytes, 0);
		for (int i = 5; i < 20; i++) {
			uintptr_t base = s[i]->base;

			give(&s[i], 1);
			CHECK_EQ(offers.base, base);
			CHECK_EQ(offers.last, bytes);
		}
		CHECK_EQ(offers.bytes, 15 * bytes);
		/* It is kept all the same. */
		CHECK_EQ(weir_pool_cached_bytes(), 20 * bytes);
		model_check();
	}
}

TEST(a_few_blocks_in_use_again_and_again_are_not)
{
	struct weir_span *s[5];

	begin(5 * MB);
	for (int i = 0; i < 100; i++) {
		take(s, 5, MB);
		give(s, 5);
	}
	CHECK_EQ(offers.bytes, 0);
}

TEST(what_the_most_that_was_lent_leaves_is_not_offered)
{
	struct weir_span *s[10];

	begin(MB);
	tick_held(16 * MB);
	take(s, 10, MB);
	give(s, 4); /* 10 were lent, so that 6 may be kept */
	CHECK_EQ(offers.bytes, 0);
	give(s + 4, 4);
	CHECK_EQ(offers.bytes, 2 * MB);
	give(s + 8, 2);
	CHECK_EQ(offers.bytes, 4 * MB);
	/* What is lent more than ever leaves less of it. */
	begin(MB);
	tick_held(16 * MB);
	struct weir_span *more = model_extent(10 * MB);
	REQUIRE(more != NULL);
	take(s, 10, MB);
	give(s, 10);
	CHECK_EQ(offers.bytes, 9 * MB);
	model_give(more, 10);
}

TEST(one_block_larger_than_the_bound_is_offered)
{
	struct weir_span *s;

	begin(5 * MB);
	take(&s, 1, 6 * MB);
	give(&s, 1);
	CHECK_EQ(offers.bytes, 6 * MB);
}

TEST(the_end_of_a_block_that_shrinks_is_offered)
{
	struct weir_span *s;

	begin(MB);
	take(&s, 1, 6 * MB);
	REQUIRE(weir_extent_resize(s, 2 * MB, 2 * MB, 10) == 0);
	CHECK_EQ(offers.base, s->base + 2 * MB);
	CHECK_EQ(offers.last, 4 * MB);
	CHECK(model_words_intact(s, 0, 2 * MB));
	give(&s, 1);
}

TEST(offered_memory_is_not_taken_for_zeroed)
{
	struct weir_span *s[4];
	struct weir_ask ask = {
		.bytes = 4 * MB, .align = WEIR_PAGE_BYTES, .requested = MB};

	begin(1);
	take(s, 4, MB);
	give(s, 4);
	CHECK_EQ(offers.bytes, 4 * MB);
	struct weir_taken again = weir_pool_take(MODEL_CLASS_1M, &ask);
	REQUIRE(again.span != NULL);
	CHECK(!again.zero);
	model_give(again.span, 11);
	/* Out of the stock and joined, it is an extent's. */
	tick(11, 1);
	struct weir_taken joined = weir_extent_take(&ask);
	REQUIRE(joined.span != NULL && weir_pool_cached_bytes() == 0);
	CHECK(!joined.zero);
	model_give(joined.span, 13);
}

TEST(where_the_kernel_refuses_all_is_as_without)
{
	struct weir_span *s[4];
	struct weir_offers before = weir_pool_offers();

	begin(1);
	offers.refused = true;
	take(s, 4, MB);
	give(s, 4);
	CHECK_EQ(weir_pool_offers().failed - before.failed, 4);
	CHECK_EQ(weir_pool_offers().bytes, before.bytes);
	CHECK_EQ(weir_pool_cached_bytes(), 4 * MB);
	heap_pages = &fake_pages; /* which has no such function */
	take(s, 4, MB);
	give(s, 4);
	CHECK_EQ(weir_pool_offers().failed - before.failed, 4);
	model_check();
}

TEST(a_thread_keeps_few_scratch_blocks)
{
	void *p[4];

	begin(16 * MB);
	for (int i = 0; i < 4; i++)
		REQUIRE((p[i] = model_scratch(MB)) != NULL);
	for (int i = 0; i < 4; i++)
		weir_scratch_drop(p[i]);
	CHECK_EQ(magazine_cached_bytes(), 2 * MB);
	begin(0);
	for (int i = 0; i < 4; i++)
		REQUIRE((p[i] = model_scratch(MB)) != NULL);
	for (int i = 0; i < 4; i++)
		weir_scratch_drop(p[i]);
	CHECK_EQ(magazine_cached_bytes(), 4 * MB);
	model_check();
}

#define TAP_TESTS                                                                        \
	T(without_a_limit_nothing_is_offered)                                            \
	T(what_is_kept_beyond_the_bound_is_offered)                                      \
	T(a_few_blocks_in_use_again_and_again_are_not)                                   \
	T(what_the_most_that_was_lent_leaves_is_not_offered)                             \
	T(one_block_larger_than_the_bound_is_offered)                                    \
	T(the_end_of_a_block_that_shrinks_is_offered)                                    \
	T(offered_memory_is_not_taken_for_zeroed)                                        \
	T(where_the_kernel_refuses_all_is_as_without)                                    \
	T(a_thread_keeps_few_scratch_blocks)
TAP_MAIN()
