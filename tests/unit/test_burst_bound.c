/* SPDX-License-Identifier: Apache-2.0 */
/* The bound that learns, policy/burst_bound.h: series of bursts. Time is an argument: nothing waits here. */
#include "policy/burst_bound.h"
#include "tests/tap.h"

#define MB    (1ull << 20)
#define MS    1000000ll
#define DECAY 1000

/* A host of one thread: so much is in use and kept, and so many new pages were touched. */
struct host {
	struct weir_bursts b;
	int64_t now_ns;
	uint64_t lent, kept, fresh;
};

static void
takes(struct host *h, uint64_t bytes)
{
	uint64_t again = bytes < h->kept ? bytes : h->kept;

	h->kept -= again;
	h->lent += bytes;
	h->fresh += bytes - again;
	weir_bursts_asked(&h->b, h->now_ns, bytes - again, DECAY);
}

static void
frees(struct host *h, uint64_t bytes)
{
	h->kept += bytes;
	h->lent -= bytes;
	weir_bursts_asked(&h->b, h->now_ns, 0, DECAY);
	uint64_t keep = weir_bursts_keep(&h->b, DECAY);
	if (h->kept <= keep)
		return;
	weir_bursts_gave(&h->b, h->now_ns, h->kept - keep);
	h->kept = keep;
}

/* One burst of so many megabytes: how many new pages it took, in megabytes. */
static uint64_t
burst(struct host *h, unsigned mb, int64_t pause_ns)
{
	uint64_t before = h->fresh;

	for (unsigned i = 0; i < mb; i++, h->now_ns += MS / 10)
		takes(h, MB);
	for (unsigned i = 0; i < mb; i++, h->now_ns += MS / 10)
		frees(h, MB);
	h->now_ns += pause_ns;
	return (h->fresh - before) / MB;
}

TEST(the_third_burst_finds_all_of_it)
{
	for (unsigned mb = 33; mb < 3000; mb = mb * 3 / 2) {
		struct host h = {.now_ns = 77 * MS};

		CHECK_EQ(burst(&h, mb, 50 * MS), mb);
		CHECK_EQ(burst(&h, mb, 50 * MS), mb - 32);
		for (int i = 0; i < 5; i++)
			CHECK_EQ(burst(&h, mb, 50 * MS), 0);
		CHECK_EQ(h.kept, mb * MB);
	}
}

TEST(smaller_bursts_change_nothing)
{
	struct host h = {.now_ns = MS};

	burst(&h, 32, 0);
	for (int i = 0; i < 20; i++)
		CHECK_EQ(burst(&h, 32, 0), 0);
	CHECK_EQ(weir_bursts_keep(&h.b, DECAY), WEIR_KEEP_INLINE);
}

TEST(what_is_needed_once_is_not_kept)
{
	struct host h = {.now_ns = MS};

	burst(&h, 3000, 0);
	CHECK_EQ(h.kept, WEIR_KEEP_INLINE);
	/* Growing further by less than what was kept. */
	burst(&h, 20, 0);
	CHECK_EQ(h.kept, WEIR_KEEP_INLINE);
}

TEST(bursts_that_grow_are_followed)
{
	struct host h = {.now_ns = MS};
	uint64_t fresh = 0;

	for (unsigned mb = 50; mb <= 500; mb += 50)
		fresh += burst(&h, mb, MS);
	/* Each step once, and what had to be learned. */
	CHECK_EQ(fresh, 500 + 450 - 32);
}

TEST(a_rest_forgets)
{
	struct host h = {.now_ns = MS};

	for (int i = 0; i < 4; i++)
		burst(&h, 200, 1900 * MS);
	CHECK_EQ(h.kept, 200 * MB);
	h.now_ns += 100 * MS;
	frees(&h, 0);
	CHECK_EQ(h.kept, WEIR_KEEP_INLINE);
}

TEST(bursts_that_are_far_apart_are_not_learned)
{
	struct host h = {.now_ns = MS};

	for (int i = 0; i < 10; i++) {
		burst(&h, 200, 2000 * MS);
		CHECK_EQ(h.kept, WEIR_KEEP_INLINE);
	}
}

/* Of what is needed again seconds later, a clock would have kept nothing either. */
TEST(long_bursts_are_learned_in_part)
{
	struct host h = {.now_ns = MS};

	for (int i = 0; i < 6; i++) {
		for (int j = 0; j < 4000; j++, h.now_ns += MS)
			takes(&h, MB);
		for (int j = 0; j < 4000; j++)
			frees(&h, MB);
	}
	CHECK(h.kept > 1900 * MB && h.kept < 2100 * MB);
}

TEST(more_than_was_given_back_is_not_learned)
{
	struct weir_bursts b = {.asked_ns = MS};

	weir_bursts_gave(&b, MS, 5 * MB);
	weir_bursts_gave(&b, 2 * MS, 5 * MB);
	weir_bursts_asked(&b, 3 * MS, 8 * MB, DECAY);
	CHECK_EQ(weir_bursts_keep(&b, DECAY), WEIR_KEEP_INLINE + 8 * MB);
	weir_bursts_asked(&b, 3 * MS, 800 * MB, DECAY);
	CHECK_EQ(weir_bursts_keep(&b, DECAY), WEIR_KEEP_INLINE + 10 * MB);
	weir_bursts_asked(&b, 3 * MS, 800 * MB, DECAY);
	CHECK_EQ(weir_bursts_keep(&b, DECAY), WEIR_KEEP_INLINE + 10 * MB);
}

TEST(any_decay_time)
{
	struct weir_bursts b = {.more_bytes = 5 * MB, .asked_ns = MS};

	CHECK_EQ(weir_bursts_keep(&b, 0), 0);
	weir_bursts_asked(&b, INT64_MAX, 0, UINT64_MAX);
	CHECK_EQ(weir_bursts_keep(&b, UINT64_MAX), WEIR_KEEP_INLINE + 5 * MB);
	/* A coarse clock of another processor may be behind. */
	weir_bursts_asked(&b, 0, 0, 1);
	CHECK_EQ(weir_bursts_keep(&b, 1), WEIR_KEEP_INLINE + 5 * MB);
	weir_bursts_asked(&b, MS, 0, 0);
	CHECK_EQ(weir_bursts_keep(&b, 1), WEIR_KEEP_INLINE);
}

/* Each firmly keeps its share of what the ones before have left. */
TEST(a_hundred_hosts_leave_most_of_the_machine)
{
	uint64_t available = 32768 * MB;

	for (int i = 0; i < 100; i++)
		available -= weir_bursts_firm(available) - WEIR_KEEP_INLINE;
	CHECK(available > 14000 * MB);
	CHECK_EQ(weir_bursts_firm(0), WEIR_KEEP_INLINE);
}

TEST(a_fork_takes_along_what_is_used_between_forks)
{
	CHECK_EQ(weir_bursts_fork(0), MB);
	CHECK_EQ(weir_bursts_fork(MB), MB);
	CHECK_EQ(weir_bursts_fork(50 * MB), 50 * MB);
}

#define TAP_TESTS                                                                        \
	T(the_third_burst_finds_all_of_it)                                               \
	T(smaller_bursts_change_nothing)                                                 \
	T(what_is_needed_once_is_not_kept)                                               \
	T(bursts_that_grow_are_followed)                                                 \
	T(a_rest_forgets)                                                                \
	T(bursts_that_are_far_apart_are_not_learned)                                     \
	T(long_bursts_are_learned_in_part)                                               \
	T(more_than_was_given_back_is_not_learned)                                       \
	T(any_decay_time)                                                                \
	T(a_hundred_hosts_leave_most_of_the_machine)                                     \
	T(a_fork_takes_along_what_is_used_between_forks)
TAP_MAIN()
