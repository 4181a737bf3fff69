/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regions come and go, whole and in parts, and their tables of addresses with them.
 */
#include "tests/unit/pool_model.h"

#include "pool/heap.h"

TEST(idle_regions_go)
{
	struct weir_ask ask = {.bytes = 20 * WEIR_UNIT_BYTES,
			       .align = WEIR_PAGE_BYTES,
			       .requested = 1,
			       .want_zero = true};
	struct weir_heap_stats before, with, after;

	model_init();
	weir_pool_heap_stats(&before);
	struct weir_span *s = weir_extent_take(&ask).span;
	REQUIRE(s != NULL);
	weir_pool_heap_stats(&with);
	CHECK(with.region_bytes > before.region_bytes);
	uintptr_t base = s->base;
	model_give(s, 10);
	for (int64_t now = 100; now < 103; now++)
		model_tick(now, now);
	weir_pool_heap_stats(&after);
	CHECK(after.region_bytes <= before.region_bytes);
	CHECK(weir_region_of((void *)base) == NULL);
	model_check();
}

/* Regions come and go at ever new addresses: their tables do not add up, and absurd ones get none. */
TEST(tables_of_addresses_are_used_again)
{
	struct weir_ask ask = {.bytes = (size_t)5 << 30,
			       .align = WEIR_PAGE_BYTES,
			       .requested = 1,
			       .want_zero = true};
	enum { CYCLES = 20 };

	model_init();
	for (int i = 0; i < 2 + CYCLES; i++) {
		if (i == 2)
			fake.metas = 0;
		struct weir_span *s = weir_extent_take(&ask).span;
		if (s == NULL)
			SKIP("the kernel promises no 5 GB here");
		CHECK(weir_region_of((void *)s->base) != NULL);
		REQUIRE(weir_span_claim(s));
		weir_pool_give_purged(s, 3);
		weir_pool_trim(4);
	}
	/* The map of each region; and one leaf, if that lies across one more border. */
	CHECK(fake.metas <= CYCLES + 1);
	unsigned reserves = fake.reserves, metas = fake.metas;
	for (int bit = 40; bit < 48; bit++) {
		ask.bytes = (size_t)1 << bit;
		CHECK(weir_extent_take(&ask).span == NULL);
	}
	CHECK_EQ(fake.reserves, reserves);
	CHECK_EQ(fake.metas, metas);
	model_check();
}

static int
reset_every_other(void *addr, size_t bytes)
{
	static unsigned n;

	return n++ % 2					   ? fake_pages.purge(addr, bytes)
	       : weir_pages_system.reset(addr, bytes) == 0 ? WEIR_PURGED_RESERVED
							   : -ENOMEM;
}

/* Pages that were mapped anew and pages that were not, in turns: no two are joined. */
TEST(a_region_in_many_parts_goes)
{
	enum { PARTS = 300 };
	static struct weir_span *s[PARTS];
	struct weir_pages pages = fake_pages;
	struct weir_heap_stats before, after;

	model_init();
	weir_pool_trim(1);
	weir_pool_trim(2);
	weir_pool_heap_stats(&before);
	struct weir_span *l = model_extent(40 * WEIR_UNIT_BYTES);
	REQUIRE(l != NULL);
	struct weir_region *r = weir_region_of((void *)l->base);
	model_give(l, 3);
	for (int i = 0; i < PARTS; i++)
		REQUIRE((s[i] = model_extent(64 << 10)) != NULL);
	CHECK(weir_region_of((void *)s[PARTS - 1]->base) == r);
	pages.purge = reset_every_other;
	heap_pages = &pages;
	for (int i = 0; i < PARTS; i++) {
		REQUIRE(weir_span_claim(s[i]));
		weir_pool_give_purged(s[i], 4);
	}
	heap_pages = &fake_pages;
	weir_pool_trim(5);
	weir_pool_heap_stats(&after);
	CHECK(after.region_bytes <= before.region_bytes);
	model_check();
}

#define TAP_TESTS                                                                        \
	T(idle_regions_go)                                                               \
	T(a_region_in_many_parts_goes)                                                   \
	T(tables_of_addresses_are_used_again)
TAP_MAIN()
