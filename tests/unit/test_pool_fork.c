/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fork wherever the pool works without its locks: before and after each call of the page source.
 * The child of each must find every sum right, use and give back memory, and end.
 */
#include "tests/unit/pool_model.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/heap.h"

#define MB ((size_t)1 << 20)
enum { BLOCKS = 24 };

static unsigned forks, bad;

static struct weir_span *
take(size_t bytes, bool zero)
{
	struct weir_ask ask = {.bytes = bytes,
			       .align = WEIR_PAGE_BYTES,
			       .requested = bytes,
			       .want_zero = zero};

	return weir_extent_take(&ask).span;
}

static void
give(struct weir_span *s)
{
	if (s == NULL || !weir_span_claim(s))
		abort();
	weir_pool_give(s, 5000);
}

static bool
all_zero(const struct weir_span *s)
{
	for (size_t at = 0; at < s->bytes; at += 512)
		if (*(uint64_t *)(s->base + at) != 0)
			return false;
	return true;
}

/* The child gives all back, twice, as its clock and malloc_trim do, and works. */
static int
child(void)
{
	struct weir_heap_stats h;

	tap_failures = 0;
	model_check();
	for (int round = 0; round < 2; round++) {
		/* Once a block that needs regions of its own: its pages cost the most. */
		struct weir_span *s[] = {take(MB / 4, false), take(2 * MB, true),
					 take(9 * MB, false),
					 take((round == 0 ? 90 : 1) * MB, true)};

		for (size_t i = 0; i < sizeof(s) / sizeof(s[0]); i++) {
			CHECK(s[i] != NULL && (i % 2 == 0 || all_zero(s[i])));
			model_fill(s[i], (uint32_t)i);
		}
		for (size_t i = 0; i < sizeof(s) / sizeof(s[0]); i++) {
			CHECK(model_intact(s[i], (uint32_t)i));
			give(s[i]);
		}
		weir_pool_trim(6000);
		weir_pool_heap_stats(&h);
		CHECK_EQ(h.state_bytes[WEIR_SPAN_PURGING], 0);
		CHECK_EQ(h.state_bytes[WEIR_SPAN_DIRTY], 0);
		model_check();
	}
	return tap_failures != 0;
}

static void
fork_here(void)
{
	int status = 1;

	weir_pool_freeze();
	pid_t pid = fork();
	if (pid == 0) {
		alarm(120);
		fake.window = NULL;
		weir_pool_after_fork();
		_exit(child());
	}
	weir_pool_thaw();
	forks++;
	bad += pid < 0 || waitpid(pid, &status, 0) != pid || status != 0;
}

static void
begin(void)
{
	model_init();
	forks = bad = 0;
	alarm(500);
	fake.window = fork_here;
}

static void
end(unsigned least)
{
	fake.window = NULL;
	alarm(0);
	CHECK(forks >= least);
	CHECK_EQ(bad, 0);
	model_check();
}

TEST(while_a_region_comes_and_goes)
{
	begin();
	struct weir_span *s = take(20 * WEIR_UNIT_BYTES, true);
	REQUIRE(s != NULL);
	model_fill(s, 1);
	give(s);
	weir_pool_trim(6000);
	end(10);
}

/* Every other one of these is freed. */
static void
blocks(struct weir_span *s[BLOCKS])
{
	for (int i = 0; i < BLOCKS; i++) {
		s[i] = take(MB, false);
		if (s[i] == NULL)
			abort();
		model_fill(s[i], (uint32_t)i);
	}
	for (int i = 0; i < BLOCKS; i += 2)
		give(s[i]);
}

static void
give_the_others(struct weir_span *s[BLOCKS])
{
	for (int i = 1; i < BLOCKS; i += 2) {
		CHECK(model_intact(s[i], (uint32_t)i));
		give(s[i]);
	}
}

TEST(while_pages_go_back)
{
	struct weir_span *s[BLOCKS];

	begin();
	blocks(s);
	weir_pool_trim(6000);
	REQUIRE(weir_span_claim(s[1]));
	weir_pool_give_purged(s[1], 6000);
	s[1] = take(MB, false);
	model_fill(s[1], 1);
	end(BLOCKS);
	give_the_others(s);
}

TEST(while_pages_are_gathered)
{
	struct weir_span *s[BLOCKS];

	begin();
	blocks(s);
	heap_gather_from = 128 << 10;
	weir_pool_tick(&(struct weir_tick){.now_ns = 6000,
					   .cap_bytes = UINT64_MAX,
					   .most_bytes = UINT64_MAX,
					   .slack_bytes = 0});
	struct weir_span *big = take(9 * MB, false);
	heap_gather_from = SIZE_MAX;
	end(10);
	REQUIRE(big != NULL);
	give(big);
	give_the_others(s);
}

TEST(while_a_block_grows)
{
	begin();
	struct weir_span *s = take(5 * WEIR_UNIT_BYTES, true);
	REQUIRE(s != NULL);
	give(s);
	s = take(MB, true);
	REQUIRE(s != NULL);
	model_fill(s, 3);
	for (size_t bytes = 2 * MB; bytes < 16 * MB; bytes *= 2)
		weir_extent_resize(s, bytes, bytes, 6000);
	CHECK(model_words_intact(s, 3, MB));
	end(2);
	give(s);
}

#define TAP_TESTS                                                                        \
	T(while_a_region_comes_and_goes)                                                 \
	T(while_pages_go_back)                                                           \
	T(while_pages_are_gathered)                                                      \
	T(while_a_block_grows)
TAP_MAIN()
