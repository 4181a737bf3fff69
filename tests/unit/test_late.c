/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gives a block back while a lock is stuck goes on; the block comes back once somebody works on the pool.
 */
#include "tests/unit/pool_model.h"

#include <pthread.h>
#include <string.h>

#include "pool/heap.h"
#include "pool/pool_private.h"

#define MB   ((size_t)1 << 20)
#define MANY 100

static uint64_t
lent(void)
{
	struct weir_live_totals live;

	weir_pool_live(&live);
	return live.blocks;
}

static struct weir_span *
take_class(void)
{
	struct weir_ask ask = {.requested = MB};
	struct weir_span *s = weir_pool_take(MODEL_CLASS_1M, &ask).span;

	CHECK(s != NULL);
	return s;
}

static void
give(struct weir_span *s)
{
	REQUIRE(weir_span_claim(s));
	weir_pool_give(s, 7);
}

TEST(an_extent_waits_for_the_heap)
{
	model_init();
	struct weir_span *s = model_extent(5 * MB);

	REQUIRE(s != NULL);
	weir_lock(&heap_mutex);
	give(s);
	CHECK(weir_span_state(s) == WEIR_SPAN_STOCKED);
	CHECK(pool_late == s);
	CHECK(!weir_span_claim(s));
	weir_unlock(&heap_mutex);
	model_tick(20, 0);
	CHECK(pool_late == NULL);
	CHECK(weir_span_state(s) == WEIR_SPAN_DIRTY);
	CHECK(s->freed_ns == 7);
}

TEST(a_block_waits_for_its_class)
{
	model_init();
	struct weir_span *s = take_class(), *other = take_class();
	uint64_t before = lent();

	weir_lock(&pool_classes[MODEL_CLASS_1M].lock);
	give(s);
	CHECK(pool_late == s);
	weir_unlock(&pool_classes[MODEL_CLASS_1M].lock);
	/* Whoever gives next gives it as well. */
	give(other);
	CHECK(pool_late == NULL);
	CHECK(take_class() == s);
	CHECK(lent() == before - 1);
	give(s);
}

/* Between the two locks: the first is let go. */
TEST(a_block_past_its_stock_waits_for_the_heap)
{
	struct weir_span *s[POOL_STOCK_MOST + 1];

	model_init();
	for (unsigned i = 0; i <= POOL_STOCK_MOST; i++)
		s[i] = take_class();
	for (unsigned i = 0; i < POOL_STOCK_MOST; i++)
		give(s[i]);
	REQUIRE(pool_stock_is_full(&pool_classes[MODEL_CLASS_1M]));
	weir_lock(&heap_mutex);
	give(s[POOL_STOCK_MOST]);
	CHECK(pool_late == s[POOL_STOCK_MOST]);
	CHECK(pool_classes[MODEL_CLASS_1M].lock.word == 0);
	weir_unlock(&heap_mutex);
	weir_pool_trim(9);
	CHECK(pool_late == NULL);
}

/* What was purged is zero when it is lent again, and says so. */
TEST(a_purged_block_stays_purged)
{
	model_init();
	weir_pool_trim(1);
	struct weir_span *s = model_extent(5 * MB);

	REQUIRE(s != NULL);
	memset((void *)s->base, 1, s->bytes);
	REQUIRE(weir_span_claim(s));
	weir_lock(&heap_mutex);
	weir_pool_give_purged(s, 7);
	CHECK(pool_late == s);
	weir_unlock(&heap_mutex);
	model_tick(20, 0);
	CHECK(weir_span_state(s) == WEIR_SPAN_CLEAN);
	CHECK(((const char *)s->base)[MB] == 0);
}

static void *
give_many(void *arg)
{
	struct weir_span **s = arg;

	for (int i = 0; i < MANY; i++)
		give(s[i]);
	return NULL;
}

static unsigned
waiting(void)
{
	unsigned n = 0;

	for (const struct weir_span *s = pool_late; s != NULL; s = s->next)
		n++;
	return n;
}

/* Nobody may keep memory from the host without end: after some the thread waits. */
TEST(only_so_many_wait)
{
	struct weir_span *s[MANY];
	struct timespec moment = {.tv_nsec = 50000000};
	pthread_t thread;

	model_init();
	for (int i = 0; i < MANY; i++)
		REQUIRE((s[i] = model_extent(2 * MB)) != NULL);
	weir_lock(&heap_mutex);
	REQUIRE(pthread_create(&thread, NULL, give_many, s) == 0);
	while (heap_mutex.word != 2 || waiting() < 64)
		nanosleep(&moment, NULL);
	nanosleep(&moment, NULL);
	CHECK(waiting() == 64);
	weir_unlock(&heap_mutex);
	REQUIRE(pthread_join(thread, NULL) == 0);
	model_tick(20, 0);
	CHECK(waiting() == 0);
	for (int i = 0; i < MANY; i++)
		CHECK(weir_span_state(s[i]) != WEIR_SPAN_LIVE);
	CHECK(lent() == 0);
}

/* Numbers that are read while all stands still know of those that had come before. */
TEST(a_freeze_has_them_all)
{
	model_init();
	struct weir_span *s = model_extent(5 * MB);
	struct weir_extent_stats before, stats;

	REQUIRE(s != NULL);
	weir_pool_extent_stats(&before);
	weir_lock(&heap_mutex);
	give(s);
	weir_unlock(&heap_mutex);
	weir_pool_freeze();
	weir_pool_extent_stats(&stats);
	weir_pool_thaw();
	CHECK(stats.live == before.live - 1 && stats.puts == before.puts + 1);
}

#define TAP_TESTS                                                                        \
	T(an_extent_waits_for_the_heap)                                                  \
	T(a_block_waits_for_its_class)                                                   \
	T(a_block_past_its_stock_waits_for_the_heap)                                     \
	T(a_purged_block_stays_purged)                                                   \
	T(only_so_many_wait)                                                             \
	T(a_freeze_has_them_all)
TAP_MAIN()
