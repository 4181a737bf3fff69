/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is published reads back: sites, stacks and costs, in both copies, from full disks, of
 * exits and from a child.
 */
#include "tests/unit/published.h"

#include <time.h>

#include "tests/tap.h"
#include "trace/sites/cost.h"

TEST(sites_and_stacks_read_back)
{
	struct trace_view v;
	uint32_t site, frames[WEIR_TRACE_MAX_DEPTH];

	begin();
	site = site_of("fill", 42);
	weir_trace_born(site, 300000, 1);
	weir_trace_born(0, 5000, 1);
	CHECK_EQ(publish(SECOND), 0);
	REQUIRE(read_back(&v));
	CHECK_EQ(v.head.monotonic_ns, facts.monotonic_ns);
	CHECK_EQ(v.head.exact_bytes, 4096);
	CHECK_EQ(v.n_sites, site + 1);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_bytes), 300000);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_caller_kind), 1);
	CHECK_EQ(trace_view_site(&v, 0, WEIR_S_live_bytes), 5000);
	CHECK_EQ(trace_view_stack(&v, trace_view_site(&v, site, WEIR_S_stack), frames),
		 2);
	CHECK_STR(trace_view_string(&v, v.frames[frames[0]].function), "fill");
	CHECK_STR(trace_view_string(&v, v.frames[frames[1]].file), "/app/server.js");
	CHECK_EQ(v.frames[frames[0]].line, 42);
	trace_view_free(&v);
}

TEST(what_stacks_took_reads_back)
{
	struct trace_view v;

	begin();
	for (uint64_t i = 1; i <= 3; i++) {
		cost_count(true, 300, 16);
		cost_count(false, 9000, 1);
		CHECK_EQ(publish(SECOND), 0);
		REQUIRE(read_back(&v));
		REQUIRE(v.n_costs == WEIR_TRACE_COSTS);
		CHECK_EQ(v.costs[cost_bucket(300)].known_stacks, 16 * i);
		CHECK_EQ(v.costs[cost_bucket(9000)].new_stacks, i);
		CHECK_EQ(v.costs[cost_bucket(300)].new_stacks, 0);
		trace_view_free(&v);
	}
}

/* Two copies take turns: what changed must reach both, and nothing else must be lost. */
TEST(both_copies_follow)
{
	struct trace_view v;
	uint32_t a = site_of("a", 1), b = site_of("b", 2);
	uint64_t live[2] = {0, 0};

	begin();
	for (uint32_t i = 0; i < 20; i++) {
		uint32_t which = i / 3 % 2;

		weir_trace_born(which ? b : a, i + 1, 1);
		live[which] += i + 1;
		CHECK_EQ(publish(SECOND / 10), 0);
		REQUIRE(read_back(&v));
		CHECK_EQ(trace_view_site(&v, a, WEIR_S_live_bytes), live[0]);
		CHECK_EQ(trace_view_site(&v, b, WEIR_S_live_bytes), live[1]);
		trace_view_free(&v);
	}
	/* Nothing has changed: hardly anything is written. */
	publish(1);
	publish(1);
	file.writes = 0;
	publish(1);
	CHECK_EQ(file.writes, 3); /* the head, in three pieces */
}

/* However far a publish gets, the file shows the state before it or after it. */
TEST(a_full_disk_leaves_what_was_there)
{
	struct trace_view v;
	uint32_t site = site_of("full", 3);
	uint64_t live = 0, before;
	int failed = 0;

	begin();
	publish(SECOND);
	for (long room = 0; room < 16; room++) {
		char name[16];

		snprintf(name, sizeof(name), "new%ld", room);
		before = live;
		weir_trace_born(site, 100, 1);
		weir_trace_born(site_of(name, 1), 100, 1);
		live += 100;
		file.fails_at = room;
		file.writes = 0;
		int rc = publish(SECOND);
		failed += rc != 0;
		REQUIRE(read_back(&v));
		if (rc != 0)
			CHECK(trace_view_site(&v, site, WEIR_S_live_bytes) <= before);
		else
			CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_bytes), live);
		trace_view_free(&v);
	}
	CHECK(failed >= 4 && failed < 16);
	begin();
	for (int i = 0; i < 2; i++) {
		CHECK_EQ(publish(SECOND), 0);
		REQUIRE(read_back(&v));
		CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_bytes), live);
		CHECK(v.head.drops[WEIR_DROP_rows] > 0);
		trace_view_free(&v);
	}
}

static void
set_state(uint64_t state)
{
	for (int i = 0; i < WEIR_STATS_SLOTS; i++)
		sidecar_sample_slot((struct sidecar_sample *)file.bytes, i)->state =
			state;
}

/* The process says that it ends; by the clock that blocks are freed by. */
static bool
read_last(struct trace_view *v, uint64_t since_last_free_ns)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	facts.monotonic_ns = (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
	facts.last = true;
	int rc = publish(since_last_free_ns);
	facts.last = false;
	set_state(WEIR_STATE_EXITED);
	return rc == 0 && read_back(v);
}

TEST(what_was_held_before_the_exit_is_exact)
{
	uint32_t site = site_of("hold", 5), other = site_of("other", 6);
	struct weir_birth births[40], temporary;
	struct trace_view v;

	begin();
	for (int i = 0; i < 39; i++)
		births[i] = weir_trace_born(site, 50000000000, 1);
	/* What comes and goes while it works is of no eve, written or not. */
	for (int i = 0; i < 3; i++) {
		temporary = weir_trace_born(other, 30000000, 1);
		weir_trace_gone(&temporary, 30000000, 1);
	}
	births[39] = weir_trace_born(site, 50000000000, 1);
	for (int i = 0; i < 40; i++) {
		weir_trace_gone(&births[i], 50000000000, 1);
		/* Ending takes a little memory as well, and time for writes. */
		if (i % 10 == 9) {
			temporary = weir_trace_born(other, 1000000, 1);
			weir_trace_gone(&temporary, 1000000, 1);
			CHECK_EQ(publish(SECOND / 10), 0);
		}
	}
	REQUIRE(read_last(&v, 0));
	CHECK(v.before_exit);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_bytes), 40 * 50000000000ull);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_count), 40);
	CHECK_EQ(trace_view_site(&v, other, WEIR_S_live_bytes), 0);
	CHECK_EQ(trace_view_site(&v, other, WEIR_S_alloc_count), 7);
	trace_view_free(&v);
	/* Long after the last free it is no exit, and half of it neither. */
	REQUIRE(read_last(&v, 3 * SECOND));
	CHECK(!v.before_exit);
	trace_view_free(&v);
	for (int i = 0; i < 40; i++)
		births[i] = weir_trace_born(site, 50000000000, 1);
	for (int i = 0; i < 20; i++)
		weir_trace_gone(&births[i], 50000000000, 1);
	REQUIRE(read_last(&v, 0));
	CHECK(!v.before_exit);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_count), 20);
	trace_view_free(&v);
	for (int i = 20; i < 40; i++)
		weir_trace_gone(&births[i], 50000000000, 1);
	set_state(WEIR_STATE_RUNNING);
}

/* More than a chunk of each table, in two publishes that begin within one. */
TEST(many_of_all_read_back)
{
	enum { MANY = 5000 };
	static uint32_t sites[MANY];
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];
	struct trace_view v;
	char name[40];

	begin();
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "function number %u", i);
		sites[i] = site_of(name, i + 1);
		REQUIRE(sites[i] != 0);
		weir_trace_born(sites[i], 1000 + i, 1);
		if (i == MANY / 3)
			CHECK_EQ(publish(SECOND), 0);
	}
	CHECK(weir_trace_on() && ledger_bytes() > 500000);
	CHECK_EQ(publish(SECOND), 0);
	REQUIRE(read_back(&v));
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "function number %u", i);
		CHECK_EQ(trace_view_site(&v, sites[i], WEIR_S_live_bytes), 1000 + i);
		uint64_t stack = trace_view_site(&v, sites[i], WEIR_S_stack);
		REQUIRE(trace_view_stack(&v, stack, frames) == 2);
		CHECK_STR(trace_view_string(&v, v.frames[frames[0]].function), name);
	}
	trace_view_free(&v);
}

TEST(a_child_begins_its_own_file)
{
	struct trace_view v;
	uint32_t site = site_of("child", 4);

	begin();
	weir_trace_born(site, 700, 1);
	publish(SECOND);
	weir_trace_freeze();
	weir_trace_after_fork();
	memset(file.bytes + AREA, 0, file.size - AREA);
	CHECK_EQ(publish(SECOND), 0);
	REQUIRE(read_back(&v));
	CHECK_EQ(v.head.seq_begin, 1);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_bytes), 700);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_alloc_bytes), 0);
	CHECK_EQ(trace_view_ring(&v, WEIR_PART_ROWS_1S)->written, 1);
	CHECK(trace_view_site(&v, 0, WEIR_S_live_bytes) > 0);
	trace_view_free(&v);
}

#define TAP_TESTS                                                                        \
	T(what_stacks_took_reads_back)                                                   \
	T(sites_and_stacks_read_back)                                                    \
	T(both_copies_follow)                                                            \
	T(many_of_all_read_back)                                                         \
	T(a_full_disk_leaves_what_was_there)                                             \
	T(what_was_held_before_the_exit_is_exact)                                        \
	T(a_child_begins_its_own_file)

int
main(void)
{
	static const struct tap_test tests[] = {TAP_TESTS};

	return weir_trace_start(4096) != 0 ||
	       tap_run(tests, (int)(sizeof(tests) / sizeof(tests[0])));
}
