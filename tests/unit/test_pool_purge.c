/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes back to the system: bounds, refusals of the page source, trims; and that it costs no more than
 * what is purged.
 */
#include "tests/unit/pool_model.h"

#include <time.h>
#include <unistd.h>

#include "pool/heap.h"

TEST(cap_is_kept)
{
	struct weir_span *s[32];

	model_init();
	for (int i = 0; i < 32; i++)
		s[i] = model_extent(1 << 20);
	for (int i = 0; i < 32; i++) {
		REQUIRE(s[i] != NULL);
		model_give(s[i], 1000 + i);
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

TEST(a_refused_purge_keeps_the_block)
{
	struct weir_ask ask = {.requested = 1 << 20};
	struct weir_heap_stats heap;

	model_init();
	model_tick(1, INT64_MAX);
	struct weir_span *s = weir_pool_take(MODEL_CLASS_1M, &ask).span;
	REQUIRE(s != NULL);
	model_give(s, 10);
	fake.no_purge = true;
	struct weir_tick_result r = model_tick(50, 40);
	fake.no_purge = false;
	CHECK(r.cached_bytes >= 1 << 20);
	CHECK_EQ(r.oldest_ns, 50);
	weir_pool_heap_stats(&heap);
	CHECK(heap.purge_failed > 0);
	model_check();
}

TEST(trimming_all_keeps_what_is_in_use)
{
	model_init();
	struct weir_span *s = model_extent(5 * WEIR_UNIT_BYTES);
	REQUIRE(s != NULL);
	*(char *)s->base = 7;
	model_tick(9, INT64_MAX);
	CHECK(weir_span_at((void *)s->base) == s);
	CHECK_EQ(*(char *)s->base, 7);
	model_check();
	model_give(s, 10);
}

/* As malloc_trim does it: all of it is due, whenever it was freed. */
TEST(refused_purges_come_to_an_end)
{
	enum { MANY = 400, BYTES = 128 << 10 };
	static struct weir_span *s[MANY];

	model_init();
	for (int i = 0; i < MANY; i++)
		REQUIRE((s[i] = model_extent(BYTES)) != NULL);
	for (int i = 0; i < MANY; i += 2) /* no two are neighbours */
		model_give(s[i], 10);
	fake.no_purge = true;
	alarm(60);
	model_tick(60, INT64_MAX);
	alarm(0);
	fake.no_purge = false;
	CHECK(weir_pool_cached_bytes() >= MANY / 2 * BYTES);
	model_tick(60, INT64_MAX);
	CHECK_EQ(weir_pool_cached_bytes(), 0);
	for (int i = 1; i < MANY; i += 2)
		model_give(s[i], 10);
	model_check();
}

/* However many of a batch a call takes: the others go one by one, and each once. */
TEST(pieces_go_back_by_one_call_or_by_many)
{
	enum { MANY = 100, BYTES = 128 << 10 };
	static struct weir_span *s[MANY];
	struct weir_heap_stats before, after;

	model_init();
	model_tick(60, INT64_MAX);
	for (fake.many = 0; fake.many <= 64; fake.many = 2 * fake.many + 1) {
		for (int i = 0; i < MANY; i++) {
			REQUIRE((s[i] = model_extent(BYTES)) != NULL);
			*(char *)s[i]->base = 1;
		}
		weir_pool_heap_stats(&before);
		fake.purges = 0;
		for (int i = 0; i < MANY; i += 2)
			model_give(s[i], 10);
		model_tick(60, INT64_MAX);
		weir_pool_heap_stats(&after);
		CHECK_EQ(after.purged_bytes - before.purged_bytes,
			 (uint64_t)MANY / 2 * BYTES);
		CHECK_EQ(weir_pool_cached_bytes(), 0);
		if (fake.many == 0)
			CHECK_EQ(fake.purges, MANY / 2);
		else if (fake.many < 32) /* a batch, of which the first few go at once */
			CHECK(fake.purges > 0 && fake.purges < MANY / 2);
		else
			CHECK_EQ(fake.purges, 0);
		model_check();
		for (int i = 1; i < MANY; i += 2)
			model_give(s[i], 10);
		model_tick(60, INT64_MAX);
	}
	fake.many = 0;
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
	enum { MANY = 40000, BYTES = 8 << 10 };
	static struct weir_span *s[MANY];
	struct weir_pages pages = fake_pages;

	model_init();
	weir_pool_trim(1);
	int64_t start = cpu_ns();
	for (int i = 0; i < MANY; i++)
		REQUIRE((s[i] = model_extent(BYTES)) != NULL);
	for (int i = 0; i < MANY; i += 2)
		model_give(s[i], 1000 + i);
	int64_t taken = cpu_ns() - start;
	pages.purge = purge_nothing;
	heap_pages = &pages;
	start = cpu_ns();
	struct weir_tick_result r =
		weir_pool_tick(&(struct weir_tick){.now_ns = 90000,
						   .cap_bytes = MANY / 8 * BYTES,
						   .most_bytes = UINT64_MAX,
						   .slack_bytes = UINT64_MAX});
	int64_t purged = cpu_ns() - start;
	CHECK(r.cached_bytes <= MANY / 8 * BYTES);
	CHECK(r.cached_bytes >= MANY / 10 * BYTES);
	CHECK(r.oldest_ns >= 1000 + MANY / 4 * 3); /* the oldest went */
	CHECK(purged < 10 * taken);
	heap_pages = &fake_pages;
	for (int i = 1; i < MANY; i += 2)
		model_give(s[i], 90000);
	weir_pool_trim(90001);
	model_check();
}

#define TAP_TESTS                                                                        \
	T(cap_is_kept)                                                                   \
	T(a_refused_purge_keeps_the_block)                                               \
	T(refused_purges_come_to_an_end)                                                 \
	T(pieces_go_back_by_one_call_or_by_many)                                         \
	T(trimming_all_keeps_what_is_in_use)                                             \
	T(a_purge_costs_what_is_purged)
TAP_MAIN()
