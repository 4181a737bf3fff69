/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state before a fall, where the threads of several sites count what goes and what comes: it ends as if one did.
 */
#include "trace/sites/eve.h"

#include "tests/tap.h"
#include "trace/ground/ledger.h"
#include "trace/sites/capture.h"
#include "trace/sites/sites.h"

#define MB	((uint64_t)1 << 20)
#define TICK_NS 4000000

static uint64_t now = 1000 * (uint64_t)TICK_NS;

/* Of a thread whose shard is its number. */
static uint32_t
site_of(uint32_t thread)
{
	weir_lock(&ledger_lock);
	uint32_t site = sites_of(100 + thread, 0, thread);
	weir_unlock(&ledger_lock);
	return site;
}

/* What a thread holds. */
static struct held {
	struct weir_birth birth;
	uint64_t bytes;
} held[16];
static unsigned n_held;

static struct held *
comes(uint32_t thread, uint64_t bytes)
{
	struct held *h = &held[n_held++];

	*h = (struct held){weir_trace_born_at(now, site_of(thread), bytes, 1), bytes};
	return h;
}

static void
goes(struct held *h)
{
	weir_trace_gone_at(now, &h->birth, h->bytes, 1);
	h->bytes = 0;
}

/* Nothing is held, and no fall goes on. */
static void
begin(void)
{
	for (unsigned i = 0; i < n_held; i++)
		if (held[i].bytes != 0)
			goes(&held[i]);
	n_held = 0;
	eve_forget();
	now += TICK_NS;
}

/* What the state before has more than there is; 0: there is none. */
static uint64_t
more(void)
{
	struct eve e;

	return eve_of_end(now, &e) ? e.more_bytes : 0;
}

TEST(what_one_thread_lets_go_of_is_remembered)
{
	begin();
	struct held *b = comes(1, 80 * MB);
	now += TICK_NS;
	CHECK_EQ(more(), 0);
	goes(b);
	CHECK_EQ(more(), 80 * MB);
	comes(1, 9 * MB);
	CHECK_EQ(more(), 71 * MB);
	comes(1, 2 * MB);
	CHECK_EQ(more(), 0);
}

TEST(what_another_gets_meanwhile_counts_against_all_that_went)
{
	begin();
	struct held *a = comes(1, 80 * MB), *b = comes(2, 80 * MB);
	now += TICK_NS;
	goes(a);
	goes(b);
	CHECK_EQ(more(), 160 * MB);
	comes(3, 19 * MB);
	CHECK_EQ(more(), 141 * MB);
	now += TICK_NS;
	comes(3, 2 * MB);
	CHECK_EQ(more(), 0);
}

/* A thread that lets go of nothing is at its bound with each block: the sum is made once for each reading of the clock. */
TEST(an_end_is_seen_by_the_next_reading_of_the_clock)
{
	begin();
	struct held *a = comes(1, 80 * MB);
	now += TICK_NS;
	goes(a);
	comes(2, 1 * MB);
	comes(2, 20 * MB);
	CHECK_EQ(more(), 59 * MB);
	now += TICK_NS;
	comes(2, 1);
	CHECK_EQ(more(), 0);
}

TEST(the_next_fall_begins_with_nothing)
{
	begin();
	struct held *a = comes(1, 40 * MB), *b = comes(2, 40 * MB);
	now += TICK_NS;
	goes(a);
	goes(b);
	comes(2, 15 * MB);
	CHECK_EQ(more(), 0);
	now += TICK_NS;
	goes(comes(1, 80 * MB));
	CHECK_EQ(more(), 80 * MB);
	/* What came in the fall before does not count in this one. */
	now += TICK_NS;
	comes(2, 9 * MB);
	CHECK_EQ(more(), 71 * MB);
}

#define TAP_TESTS                                                                        \
	T(what_one_thread_lets_go_of_is_remembered)                                      \
	T(what_another_gets_meanwhile_counts_against_all_that_went)                      \
	T(an_end_is_seen_by_the_next_reading_of_the_clock)                               \
	T(the_next_fall_begins_with_nothing)

int
main(void)
{
	static const struct tap_test tests[] = {TAP_TESTS};

	return weir_trace_start(1) != 0 ||
	       tap_run(tests, (int)(sizeof(tests) / sizeof(tests[0])));
}
