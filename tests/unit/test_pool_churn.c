/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool against a model: random takes, gives, resizes and ticks, every block filled with its
 * own pattern and checked before it goes, every identity checked on the way.
 */
#include "tests/unit/pool_model.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/heap.h"
#include "tests/unit/moves.h"

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

/* Up to so many times 4 KB, in whole pages. */
static size_t
random_pages(uint32_t random, size_t most)
{
	return (1 + random % (most * WEIR_PAGE_BYTES / weir_machine_page)) *
	       weir_machine_page;
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
	struct weir_ask ask = {.align = weir_machine_page, .want_zero = r % 3 == 0};
	struct weir_taken taken;

	if (r & 0x100) {
		uint32_t grade = r % (MODEL_CLASSES - 1);

		ask.requested = model_classes[grade] - r % 4000;
		taken = weir_pool_take(grade, &ask);
	} else {
		ask.bytes = random_pages(r, 700);
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
	model_fill(b->span, b->pattern);
	return 0;
}

static int
give(struct block *b, int64_t now_ns)
{
	int rc = model_intact(b->span, b->pattern) ? 0 : -1;

	if (weir_span_at((void *)b->span->base) != b->span || !weir_span_claim(b->span))
		rc = -1;
	if (b->pattern & 0x800)
		b->span->flags |= WEIR_SPAN_OUTGROWN;
	weir_pool_give(b->span, now_ns);
	b->span = NULL;
	return rc;
}

static int
resize(struct block *b, uint32_t random, int64_t now_ns)
{
	size_t old = b->span->bytes, bytes = random_pages(random, 900);

	/* A block of a class only grows. */
	if ((b->span->grade != WEIR_SPAN_NO_GRADE && bytes <= old) ||
	    weir_extent_resize(b->span, bytes, bytes - 1, now_ns) != 0)
		return 0;
	if (b->span->bytes != bytes ||
	    !model_words_intact(b->span, b->pattern, bytes < old ? bytes : old))
		return -1;
	model_fill(b->span, b->pattern);
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
			weir_pool_tick(&(struct weir_tick){
				.now_ns = i,
				.stock_before_ns = i - 100,
				.purge_before_ns = i - 400,
				.cap_bytes = (uint64_t)60 << 20,
				.most_bytes = weir_pool_lent_bytes() +
					      ((uint64_t)(i % 5) << 20),
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
	if (moves_work()) {
		CHECK(after.gathers - before.gathers > 100);
		CHECK(after.gathered_bytes > before.gathered_bytes);
	}
	model_check();
}

/* The kernel's pages here are smaller: that each call is of whole pages is what the page source sees. */
static void
churn_with_pages_of(size_t bytes)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		CHECK(weir_machine_page_is(bytes));
		model_init();
		churn(60, 3000, (uint32_t)bytes, true);
		heap_gather_from = 128 << 10;
		churn(60, 3000, 3, true);
		CHECK(!moves_work() || heap_stats.gathers > 10);
		weir_pool_limited(true, 0);
		weir_pool_shed(1);
		model_check();
		_exit(tap_failures != 0);
	}
	REQUIRE(waitpid(child, &status, 0) == child);
	CHECK_EQ(status, 0);
}

/* Before the others: the page is told before the pool begins. */
TEST(churn_with_larger_pages)
{
	CHECK(!weir_machine_page_is(2 << 10) && !weir_machine_page_is(128 << 10) &&
	      !weir_machine_page_is(12 << 10));
	churn_with_pages_of(16 << 10);
	churn_with_pages_of(64 << 10);
}

#define TAP_TESTS                                                                        \
	T(churn_with_larger_pages)                                                       \
	T(churn_on_threads)                                                              \
	T(churn_that_gathers)                                                            \
	T(churn)
TAP_MAIN()
