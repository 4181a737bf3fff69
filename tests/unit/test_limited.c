/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool where address space is limited: regions are small, what nobody uses can all be given back, and
 * is not looked for again before anything has become free.
 */
#include "tests/unit/pool_model.h"

static struct weir_span *
take(size_t bytes)
{
	return weir_extent_take(&(struct weir_ask){
					.bytes = bytes,
					.align = WEIR_PAGE_BYTES,
					.requested = 1,
				})
		.span;
}

static void
give(struct weir_span *s, void (*how)(struct weir_span *s, int64_t now_ns))
{
	REQUIRE(weir_span_claim(s));
	how(s, 1);
}

static uint64_t
region_bytes(void)
{
	struct weir_heap_stats heap;

	weir_pool_heap_stats(&heap);
	return heap.region_bytes;
}

static void
shed(void)
{
	weir_pool_trim(1);
	weir_pool_shed(1);
	/* What the first one changed is looked through once more. */
	weir_pool_shed(1);
}

TEST(a_region_is_a_32nd_of_the_address_space)
{
	model_init();
	weir_pool_limited(false, 64 * WEIR_UNIT_BYTES);
	struct weir_span *s = take(WEIR_PAGE_BYTES);
	REQUIRE(s != NULL);
	CHECK_EQ(region_bytes(), 2 * WEIR_UNIT_BYTES);
	give(s, weir_pool_give);
	shed();
	CHECK_EQ(region_bytes(), 0);
	weir_pool_limited(false, WEIR_UNIT_BYTES);
	s = take(WEIR_PAGE_BYTES);
	REQUIRE(s != NULL);
	CHECK_EQ(region_bytes(), WEIR_UNIT_BYTES);
	give(s, weir_pool_give);
	shed();
	weir_pool_limited(false, 0);
	model_check();
}

TEST(nothing_is_looked_for_twice)
{
	model_init();
	struct weir_span *s = take(WEIR_PAGE_BYTES), *other = take(WEIR_PAGE_BYTES);
	REQUIRE(s != NULL && other != NULL);
	CHECK(weir_pool_changed());
	shed();
	CHECK(!weir_pool_changed());
	give(s, weir_pool_give);
	CHECK(weir_pool_changed());
	shed();
	CHECK(!weir_pool_changed());
	give(other, weir_pool_give_purged);
	CHECK(weir_pool_changed());
	shed();
	CHECK(!weir_pool_changed());
	/* A new region has more than was asked for. */
	s = take(WEIR_PAGE_BYTES);
	REQUIRE(s != NULL);
	CHECK(weir_pool_changed());
	give(s, weir_pool_give);
	shed();
	model_check();
}

#define TAP_TESTS                                                                        \
	T(a_region_is_a_32nd_of_the_address_space)                                       \
	T(nothing_is_looked_for_twice)
TAP_MAIN()
