/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is made usable ahead of need; and requests that do not wait for a lock. */
#include "tests/unit/pool_model.h"

#include "pool/heap.h"

#define BLOCK ((size_t)256 << 10)
#define AHEAD ((size_t)1 << 20)
#define MANY  16

static struct weir_span *large, *blocks[MANY];

/* So much is lent that AHEAD is a share of it; nothing else is usable. */
static void
begin(void)
{
	model_init();
	weir_pool_trim(1);
	weir_pool_limited(true, 0);
	weir_pool_trim(1);
	weir_pool_limited(false, 0);
	heap_ahead_most = 0;
	large = model_extent(32 * AHEAD);
	REQUIRE(large != NULL);
	heap_ahead_most = AHEAD;
}

/* Takes and writes all of them: how many calls made memory usable. */
static unsigned
take_all(void)
{
	unsigned before = fake.commits;

	for (int i = 0; i < MANY; i++) {
		blocks[i] = model_extent(BLOCK);
		CHECK(blocks[i] != NULL);
		if (blocks[i] != NULL)
			model_fill(blocks[i], (uint32_t)i);
	}
	for (int i = 0; i < MANY; i++)
		CHECK(blocks[i] != NULL && model_intact(blocks[i], (uint32_t)i));
	model_check();
	return fake.commits - before;
}

static void
end(void)
{
	struct weir_heap_stats h;

	for (int i = 0; i < MANY; i++)
		if (blocks[i] != NULL)
			model_give(blocks[i], 2);
	model_give(large, 2);
	model_check();
	weir_pool_heap_stats(&h);
	CHECK_EQ(h.state_bytes[WEIR_SPAN_PURGING], 0);
	CHECK_EQ(heap_ahead_bytes, 0);
	fake.filled = fake.no_commit = false;
}

TEST(several_blocks_need_one_call)
{
	begin();
	CHECK_EQ(take_all(), MANY * BLOCK / (BLOCK + AHEAD) + 1);
	end();
}

TEST(without_it_each_needs_one)
{
	begin();
	heap_ahead_most = 0;
	CHECK_EQ(take_all(), MANY);
	end();
}

TEST(what_is_usable_no_more_needs_a_call_again)
{
	begin();
	take_all();
	end();
	/* The same places, reserved again. */
	begin();
	CHECK_EQ(take_all(), MANY * BLOCK / (BLOCK + AHEAD) + 1);
	end();
}

/* What the kernel does not give for both it may give for the block. */
TEST(a_refusal_costs_only_what_is_ahead)
{
	begin();
	fake.no_commits = 1;
	unsigned before = fake.commits;
	struct weir_span *s = model_extent(BLOCK);
	CHECK_EQ(fake.commits - before, 2);
	REQUIRE(s != NULL);
	model_fill(s, 1);
	CHECK(model_intact(s, 1));
	model_give(s, 2);
	fake.no_commit = true;
	CHECK(model_extent(2 * AHEAD) == NULL);
	model_check();
	fake.no_commit = false;
	take_all();
	end();
}

/* mlockall(MCL_FUTURE). */
TEST(where_the_kernel_fills_it_nothing_is_ahead)
{
	begin();
	fake.filled = true;
	unsigned before = fake.purges;
	CHECK_EQ(take_all(), MANY);
	CHECK_EQ(fake.purges - before, 1);
	CHECK_EQ(heap_ahead_most, 0);
	end();
}

static struct weir_taken
take_at_once(bool of_class)
{
	struct weir_ask ask = {.bytes = BLOCK,
			       .align = WEIR_PAGE_BYTES,
			       .requested = BLOCK,
			       .at_once = true};

	return of_class ? weir_pool_take(MODEL_CLASS_1M, &ask) : weir_extent_take(&ask);
}

/* Neither request is counted: it was not the pool's. */
TEST(a_request_does_not_wait_for_the_heap)
{
	model_init();
	for (int of_class = 0; of_class < 2; of_class++) {
		weir_lock(&heap_mutex);
		struct weir_taken t = take_at_once(of_class);
		heap_unlock();
		CHECK(t.span == NULL);
		CHECK_EQ(t.error, WEIR_TAKE_BUSY);
		model_check();
		t = take_at_once(of_class);
		REQUIRE(t.span != NULL);
		model_fill(t.span, 3);
		model_give(t.span, 2);
		model_check();
	}
}

#define TAP_TESTS                                                                        \
	T(several_blocks_need_one_call)                                                  \
	T(without_it_each_needs_one)                                                     \
	T(what_is_usable_no_more_needs_a_call_again)                                     \
	T(a_refusal_costs_only_what_is_ahead)                                            \
	T(where_the_kernel_fills_it_nothing_is_ahead)                                    \
	T(a_request_does_not_wait_for_the_heap)
TAP_MAIN()
