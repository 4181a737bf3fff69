/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool against a model: random takes, gives, resizes and ticks, every block filled with its
 * own pattern and checked before it goes, every identity checked on the way.
 */
#include "tests/unit/pool_model.h"

#include <pthread.h>

#include "pool/heap.h"

struct block {
	struct weir_span *span;
	uint32_t pattern;
};

static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* One word a page, first and last byte: enough to see an overlap, cheap enough to do often. */
static void
fill(struct block *b)
{
	for (size_t at = 0; at < b->span->bytes; at += WEIR_PAGE_BYTES)
		*(uint32_t *)(b->span->base + at) = b->pattern + (uint32_t)at;
	*(uint8_t *)(b->span->base + b->span->bytes - 1) = (uint8_t)b->pattern;
}

static bool
words_intact(const struct block *b, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += WEIR_PAGE_BYTES)
		if (*(uint32_t *)(b->span->base + at) != b->pattern + (uint32_t)at)
			return false;
	return true;
}

static bool
intact(const struct block *b)
{
	return words_intact(b, b->span->bytes) &&
	       *(uint8_t *)(b->span->base + b->span->bytes - 1) == (uint8_t)b->pattern;
}

static bool
all_zero(const struct weir_span *s)
{
	for (size_t at = 0; at < s->bytes; at += 512)
		if (*(uint64_t *)(s->base + at) != 0)
			return false;
	return true;
}

static int
take(struct block *b, uint32_t *random)
{
	uint32_t r = next_random(random);
	struct weir_ask ask = {.align = WEIR_PAGE_BYTES, .want_zero = r % 3 == 0};
	struct weir_taken taken;

	if (r & 0x100) {
		uint32_t grade = r % (MODEL_CLASSES - 1);

		ask.requested = model_classes[grade] - r % 4000;
		taken = weir_pool_take(grade, &ask);
	} else {
		ask.bytes = (1 + r % 700) * WEIR_PAGE_BYTES;
		ask.requested = ask.bytes - r % 4000;
		if (r & 0x200)
			ask.align = (size_t)1 << (12 + r % 8);
		else
			ask.roomy = r & 0x400;
		taken = weir_extent_take(&ask);
	}
	b->span = taken.span;
	if (taken.span == NULL)
		return taken.error;
	b->pattern = r;
	if (taken.span->base % ask.align != 0 || (taken.zero && !all_zero(taken.span)))
		return -1;
	fill(b);
	return 0;
}

static int
give(struct block *b, int64_t now_ns)
{
	int rc = intact(b) ? 0 : -1;

	if (weir_span_at((void *)b->span->base) != b->span || !weir_span_claim(b->span))
		rc = -1;
	weir_pool_give(b->span, now_ns);
	b->span = NULL;
	return rc;
}

static int
resize(struct block *b, uint32_t random, int64_t now_ns)
{
	size_t old = b->span->bytes, bytes = (1 + random % 900) * WEIR_PAGE_BYTES;

	if (b->span->grade != WEIR_SPAN_NO_GRADE ||
	    weir_extent_resize(b->span, bytes, bytes - 1, now_ns) != 0)
		return 0;
	if (b->span->bytes != bytes || !words_intact(b, bytes < old ? bytes : old))
		return -1;
	fill(b);
	return 0;
}

static void
churn(int blocks, int rounds, uint32_t seed, bool check)
{
	struct block *all = calloc((size_t)blocks, sizeof(*all));
	uint32_t random = seed;
	int bad = 0;

	for (int i = 0; i < rounds; i++) {
		struct block *b = &all[next_random(&random) % (uint32_t)blocks];

		if (b->span == NULL)
			bad += take(b, &random) != 0;
		else if (next_random(&random) % 4 == 0)
			bad += resize(b, random, i) != 0;
		else
			bad += give(b, i) != 0;
		if (i % 64 == 0)
			weir_pool_tick(
				&(struct weir_tick){.now_ns = i,
						    .stock_before_ns = i - 100,
						    .purge_before_ns = i - 400,
						    .cap_bytes = (uint64_t)60 << 20,
						    .room_bytes = (uint64_t)(i % 5) << 20,
						    .slack_bytes = UINT64_MAX});
		if (check && i % 50 == 0)
			model_check();
	}
	for (int i = 0; i < blocks; i++)
		if (all[i].span != NULL)
			bad += give(&all[i], rounds) != 0;
	CHECK_EQ(bad, 0);
	free(all);
}

TEST(churn)
{
	model_init();
	churn(200, 8000, 1, true);
	model_check();
	weir_pool_tick(&(struct weir_tick){
		.now_ns = 1, .stock_before_ns = INT64_MAX, .purge_before_ns = INT64_MAX});
	model_check();
	CHECK_EQ(weir_pool_cached_bytes(), 0);
}

static void *
churn_thread(void *seed)
{
	churn(60, 4000, (uint32_t)(uintptr_t)seed, false);
	return NULL;
}

static void
churn_on_four_threads(void)
{
	pthread_t threads[4];

	for (uintptr_t i = 0; i < 4; i++)
		REQUIRE(pthread_create(&threads[i], NULL, churn_thread,
				       (void *)(i + 77)) == 0);
	for (int i = 0; i < 30; i++)
		model_check();
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	model_check();
}

TEST(churn_on_threads)
{
	model_init();
	churn_on_four_threads();
}

TEST(churn_that_gathers)
{
	struct weir_heap_stats before, after;

	model_init();
	heap_gather_from = 128 << 10;
	weir_pool_heap_stats(&before);
	churn(200, 8000, 2, true);
	churn_on_four_threads();
	weir_pool_heap_stats(&after);
	heap_gather_from = SIZE_MAX;
	CHECK(after.gathers - before.gathers > 100);
	CHECK(after.gathered_bytes > before.gathered_bytes);
	model_check();
}

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
						   .room_bytes = UINT64_MAX,
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
						   .room_bytes = UINT64_MAX,
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
						   .room_bytes = UINT64_MAX,
						   .slack_bytes = UINT64_MAX});
	weir_pool_heap_stats(&after);
	CHECK(after.region_bytes <= before.region_bytes);
	CHECK(weir_region_of((void *)s) == NULL);
	model_check();
}

#define TAP_TESTS                                                                        \
	T(stocks_serve_other_sizes_before_fresh_pages)                                   \
	T(churn_on_threads)                                                              \
	T(churn_that_gathers)                                                            \
	T(class_hits_are_its_own_blocks)                                                 \
	T(a_block_is_claimed_once)                                                       \
	T(churn)                                                                         \
	T(cap_is_kept)                                                                   \
	T(failures_are_reported_and_counted)                                             \
	T(a_refused_purge_keeps_the_block)                                               \
	T(trimming_all_keeps_what_is_in_use)                                             \
	T(idle_regions_go)
TAP_MAIN()
