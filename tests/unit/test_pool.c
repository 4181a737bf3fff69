/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool's rules one by one: who serves whom before new pages, what is counted as a hit, bounds,
 * refusals of the page source, trims, regions that go. Random work is test_pool_churn.c's.
 */
#include "tests/unit/pool_model.h"

#include <time.h>
#include <unistd.h>

#include "pool/heap.h"

TEST(class_hits_are_its_own_blocks)
{
	struct weir_class_stats before, after;
	struct weir_ask ask = {.requested = 1000000};

	model_init();
	struct weir_span *s = weir_pool_take(MODEL_CLASS_1M, &ask).span;
	REQUIRE(s != NULL && weir_span_claim(s));
	weir_pool_give(s, 5);
	weir_pool_class_stats(MODEL_CLASS_1M, &before);
	struct weir_span *again = weir_pool_take(MODEL_CLASS_1M, &ask).span;
	weir_pool_class_stats(MODEL_CLASS_1M, &after);
	CHECK(again == s);
	CHECK_EQ(after.hits, before.hits + 1);
	CHECK_EQ(after.shared_hits, before.shared_hits);
	CHECK_EQ(again->bytes, 1 << 20); /* capacity never degrades */
	REQUIRE(weir_span_claim(again));
	weir_pool_give(again, 6);
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
	weir_pool_tick(&(struct weir_tick){
		.now_ns = 1, .stock_before_ns = INT64_MAX, .purge_before_ns = INT64_MAX});
	for (int i = 0; i < 16; i++) {
		s[i] = weir_pool_take(MODEL_CLASS_1M, &small).span;
		REQUIRE(s[i] != NULL);
	}
	for (int i = 0; i < 16; i++) {
		REQUIRE(weir_span_claim(s[i]));
		weir_pool_give(s[i], 2);
	}
	struct weir_taken taken = weir_extent_take(&large);
	REQUIRE(taken.span != NULL);
	CHECK(!taken.zero); /* recycled: the sixteen blocks, joined */
	model_check();
	REQUIRE(weir_span_claim(taken.span));
	weir_pool_give(taken.span, 3);
}

TEST(cap_is_kept)
{
	struct weir_ask ask = {
		.bytes = 1 << 20, .align = WEIR_PAGE_BYTES, .requested = 1 << 20};
	struct weir_span *s[32];

	model_init();
	for (int i = 0; i < 32; i++)
		s[i] = weir_extent_take(&ask).span;
	for (int i = 0; i < 32; i++) {
		REQUIRE(s[i] != NULL && weir_span_claim(s[i]));
		weir_pool_give(s[i], 1000 + i);
	}
	struct weir_tick_result r =
		weir_pool_tick(&(struct weir_tick){.now_ns = 2000,
						   .stock_before_ns = 0,
						   .purge_before_ns = 0,
						   .cap_bytes = 8 << 20,
						   .most_bytes = UINT64_MAX,
						   .slack_bytes = UINT64_MAX});
	CHECK(r.cached_bytes <= 8 << 20);
	model_check();
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

TEST(a_refused_purge_keeps_the_block)
{
	struct weir_ask ask = {.requested = 1 << 20};
	struct weir_heap_stats heap;

	model_init();
	weir_pool_tick(&(struct weir_tick){
		.now_ns = 1, .stock_before_ns = INT64_MAX, .purge_before_ns = INT64_MAX});
	struct weir_span *s = weir_pool_take(MODEL_CLASS_1M, &ask).span;
	REQUIRE(s != NULL && weir_span_claim(s));
	weir_pool_give(s, 10);
	fake.no_purge = true;
	struct weir_tick_result r =
		weir_pool_tick(&(struct weir_tick){.now_ns = 50,
						   .stock_before_ns = 40,
						   .purge_before_ns = 40,
						   .cap_bytes = UINT64_MAX,
						   .most_bytes = UINT64_MAX,
						   .slack_bytes = UINT64_MAX});
	fake.no_purge = false;
	CHECK(r.cached_bytes >= 1 << 20);
	CHECK_EQ(r.oldest_ns, 50);
	weir_pool_heap_stats(&heap);
	CHECK(heap.purge_failed > 0);
	model_check();
}

TEST(trimming_all_keeps_what_is_in_use)
{
	struct weir_ask ask = {
		.bytes = 5 * WEIR_UNIT_BYTES, .align = WEIR_PAGE_BYTES, .requested = 1};

	model_init();
	struct weir_span *s = weir_extent_take(&ask).span;
	REQUIRE(s != NULL);
	*(char *)s->base = 7;
	weir_pool_tick(&(struct weir_tick){
		.now_ns = 9, .stock_before_ns = INT64_MAX, .purge_before_ns = INT64_MAX});
	CHECK(weir_span_at((void *)s->base) == s);
	CHECK_EQ(*(char *)s->base, 7);
	model_check();
	REQUIRE(weir_span_claim(s));
	weir_pool_give(s, 10);
}

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
	REQUIRE(weir_span_claim(s));
	weir_pool_give(s, 10);
	for (int64_t now = 100; now < 103; now++)
		weir_pool_tick(&(struct weir_tick){.now_ns = now,
						   .stock_before_ns = now,
						   .purge_before_ns = now,
						   .cap_bytes = UINT64_MAX,
						   .most_bytes = UINT64_MAX,
						   .slack_bytes = UINT64_MAX});
	weir_pool_heap_stats(&after);
	CHECK(after.region_bytes <= before.region_bytes);
	CHECK(weir_region_of((void *)s) == NULL);
	model_check();
}

/* As malloc_trim does it: all of it is due, whenever it was freed. */
TEST(refused_purges_come_to_an_end)
{
	enum { MANY = 400 };
	static struct weir_span *s[MANY];
	struct weir_ask ask = {
		.bytes = 128 << 10, .align = WEIR_PAGE_BYTES, .requested = 128 << 10};
	struct weir_tick all = {.now_ns = 60,
				.stock_before_ns = INT64_MAX,
				.purge_before_ns = INT64_MAX,
				.cap_bytes = UINT64_MAX,
				.most_bytes = UINT64_MAX,
				.slack_bytes = UINT64_MAX};

	model_init();
	for (int i = 0; i < MANY; i++)
		REQUIRE((s[i] = weir_extent_take(&ask).span) != NULL);
	for (int i = 0; i < MANY; i += 2) { /* no two are neighbours */
		REQUIRE(weir_span_claim(s[i]));
		weir_pool_give(s[i], 10);
	}
	fake.no_purge = true;
	alarm(60);
	weir_pool_tick(&all);
	alarm(0);
	fake.no_purge = false;
	CHECK(weir_pool_cached_bytes() >= MANY / 2 * ask.bytes);
	weir_pool_tick(&all);
	CHECK_EQ(weir_pool_cached_bytes(), 0);
	for (int i = 1; i < MANY; i += 2) {
		REQUIRE(weir_span_claim(s[i]));
		weir_pool_give(s[i], 10);
	}
	model_check();
}

/* However much is stocked, a request moves only a few blocks of it to the heap. */
TEST(a_request_empties_no_stock)
{
	enum { MANY = 1000, A_FEW = 40 };
	static struct weir_span *s[MANY];
	struct weir_ask small = {.requested = 8000};
	struct weir_ask large = {
		.bytes = 1 << 20, .align = WEIR_PAGE_BYTES, .requested = 1 << 20};
	struct weir_class_stats before, after;

	model_init();
	weir_pool_trim(1);
	for (int i = 0; i < MANY; i++)
		REQUIRE((s[i] = weir_pool_take(MODEL_CLASS_8K, &small).span) != NULL);
	for (int i = 0; i < MANY; i += 2) { /* no two are neighbours */
		REQUIRE(weir_span_claim(s[i]));
		weir_pool_give(s[i], 2);
	}
	weir_pool_class_stats(MODEL_CLASS_8K, &before);
	CHECK(before.cached >= MANY / 2);
	struct weir_span *l = weir_extent_take(&large).span;
	weir_pool_class_stats(MODEL_CLASS_8K, &after);
	CHECK(after.evicted > before.evicted);
	CHECK(after.evicted <= before.evicted + A_FEW);
	REQUIRE(l != NULL && weir_span_claim(l));
	weir_pool_give(l, 3);
	for (int i = 1; i < MANY; i += 2) {
		REQUIRE(weir_span_claim(s[i]));
		weir_pool_give(s[i], 3);
	}
	weir_pool_trim(4);
	model_check();
}

static int64_t
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
purge_nothing(void *addr, size_t bytes)
{
	(void)addr, (void)bytes;
	return WEIR_PURGED_USABLE;
}

/* The clock's work on a span does not grow with the number of spans: it is no more than the host's. */
TEST(a_purge_costs_what_is_purged)
{
	enum { MANY = 40000 };
	static struct weir_span *s[MANY];
	struct weir_ask ask = {
		.bytes = 8 << 10, .align = WEIR_PAGE_BYTES, .requested = 8 << 10};
	struct weir_pages pages = fake_pages;

	model_init();
	weir_pool_trim(1);
	int64_t start = cpu_ns();
	for (int i = 0; i < MANY; i++)
		REQUIRE((s[i] = weir_extent_take(&ask).span) != NULL);
	for (int i = 0; i < MANY; i += 2) {
		REQUIRE(weir_span_claim(s[i]));
		weir_pool_give(s[i], 1000 + i);
	}
	int64_t taken = cpu_ns() - start;
	pages.purge = purge_nothing;
	heap_pages = &pages;
	start = cpu_ns();
	struct weir_tick_result r =
		weir_pool_tick(&(struct weir_tick){.now_ns = 90000,
						   .cap_bytes = MANY / 8 * ask.bytes,
						   .most_bytes = UINT64_MAX,
						   .slack_bytes = UINT64_MAX});
	int64_t purged = cpu_ns() - start;
	CHECK(r.cached_bytes <= MANY / 8 * ask.bytes);
	CHECK(r.cached_bytes >= MANY / 10 * ask.bytes);
	CHECK(r.oldest_ns >= 1000 + MANY / 4 * 3); /* the oldest went */
	CHECK(purged < 10 * taken);
	heap_pages = &fake_pages;
	for (int i = 1; i < MANY; i += 2) {
		REQUIRE(weir_span_claim(s[i]));
		weir_pool_give(s[i], 90000);
	}
	weir_pool_trim(90001);
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
	struct weir_ask ask = {
		.bytes = 64 << 10, .align = WEIR_PAGE_BYTES, .requested = 64 << 10};
	struct weir_ask all = {
		.bytes = 40 * WEIR_UNIT_BYTES, .align = WEIR_PAGE_BYTES, .requested = 1};
	struct weir_pages pages = fake_pages;
	struct weir_heap_stats before, after;

	model_init();
	weir_pool_trim(1);
	weir_pool_trim(2);
	weir_pool_heap_stats(&before);
	struct weir_span *l = weir_extent_take(&all).span;
	REQUIRE(l != NULL);
	struct weir_region *r = weir_region_of((void *)l->base);
	REQUIRE(weir_span_claim(l));
	weir_pool_give(l, 3);
	for (int i = 0; i < PARTS; i++)
		REQUIRE((s[i] = weir_extent_take(&ask).span) != NULL);
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

/* realloc: with room behind it, it need not be copied. */
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
	REQUIRE(weir_span_claim(s));
	weir_pool_give(s, 3);
	model_check();
}

#define TAP_TESTS                                                                        \
	T(stocks_serve_other_sizes_before_fresh_pages)                                   \
	T(class_hits_are_its_own_blocks)                                                 \
	T(a_block_of_a_class_grows_into_an_extent)                                       \
	T(a_block_is_claimed_once)                                                       \
	T(cap_is_kept)                                                                   \
	T(failures_are_reported_and_counted)                                             \
	T(a_refused_purge_keeps_the_block)                                               \
	T(refused_purges_come_to_an_end)                                                 \
	T(trimming_all_keeps_what_is_in_use)                                             \
	T(idle_regions_go)                                                               \
	T(a_request_empties_no_stock)                                                    \
	T(a_purge_costs_what_is_purged)                                                  \
	T(a_region_in_many_parts_goes)                                                   \
	T(tables_of_addresses_are_used_again)
TAP_MAIN()
