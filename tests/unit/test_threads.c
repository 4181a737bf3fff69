/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of threads: one for each that lives, used again by those of the same name, and what is
 * counted when all are taken. The test that fills the table comes last.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/tap.h"
#include "trace/ground/intern.h"
#include "trace/ground/ledger.h"
#include "trace/sites/capture.h"
#include "trace/sites/sites.h"
#include "trace/sites/threads.h"

#define NOBODY 0x7ff00000 /* no thread has such a number */

static uint32_t
row(uint32_t tid, const char *name, uint32_t isolate)
{
	return threads_row(&(struct weir_trace_thread){
		.tid = tid,
		.name = intern_string(name, strlen(name)),
		.isolate = isolate,
		.first_ns = tid,
	});
}

/* Main threads always have one. */
static uint32_t
main_row(uint32_t isolate)
{
	char name[16];

	snprintf(name, sizeof(name), "n%u", isolate);
	return threads_row(&(struct weir_trace_thread){
		.tid = NOBODY,
		.name = intern_string(name, strlen(name)),
		.isolate = isolate,
		.is_main = 1,
	});
}

static uint32_t
self(void)
{
	return (uint32_t)syscall(SYS_gettid);
}

TEST(a_thread_that_lives_keeps_its_row)
{
	uint32_t own = row(self(), "lives", 1);

	for (uint32_t i = 0; i < 50; i++)
		CHECK(row(NOBODY + i, "others", 1) != own);
	CHECK_EQ(ledger->threads[own].tid, self());
	CHECK_EQ(ledger->threads[own].turns, 1);
}

TEST(workers_in_turn_share_few_rows)
{
	uint32_t before = ledger_count(WEIR_PART_THREADS), last = 0;
	uint64_t dropped = intern_dropped(WEIR_DROP_threads), turns = 0;

	for (uint32_t i = 0; i < 20000; i++)
		last = row(NOBODY + i % 1000, "worker", i + 2);
	CHECK(ledger_count(WEIR_PART_THREADS) <= before + 16);
	CHECK_EQ(intern_dropped(WEIR_DROP_threads), dropped);
	for (uint32_t i = before; i < ledger_count(WEIR_PART_THREADS); i++)
		turns += ledger->threads[i].turns;
	CHECK_EQ(turns, 20000);
	CHECK_EQ(ledger->threads[last].isolate, 20001);
	CHECK(ledger->threads_changed != 0 && ledger->threads_changed <= last);
}

TEST(rows_go_to_threads_of_the_same_name)
{
	uint32_t plain = row(NOBODY, "plain", 0);

	for (int i = 0; i < 200; i++)
		row(self(), "stirs", 0);
	CHECK(ledger->thread_ended[plain]);
	CHECK(row(NOBODY + 1, "plain", 1) != plain);
	CHECK(row(NOBODY + 1, "plainer", 0) != plain);
	CHECK_EQ(row(NOBODY + 1, "plain", 0), plain);
	CHECK_EQ(ledger->threads[plain].first_ns, NOBODY);
}

TEST(a_thread_with_another_isolate_keeps_its_row)
{
	uint32_t first = row(self(), "embeds", 7);

	CHECK_EQ(row(self(), "embeds", 8), first);
	CHECK_EQ(ledger->threads[first].isolate, 8);
	CHECK(row(self(), "embeds", 0) != first);
}

/* Each has its row, and hundreds that live are between those that ended. */
TEST(the_ended_are_found_among_many_that_live)
{
	uint32_t before = ledger_count(WEIR_PART_THREADS);

	for (uint32_t i = 0; i < 200; i++) {
		char name[16];

		snprintf(name, sizeof(name), "lives%u", i);
		threads_row(&(struct weir_trace_thread){
			.tid = self(), .name = intern_string(name, strlen(name))});
	}
	CHECK_EQ(ledger_count(WEIR_PART_THREADS), before + 200);
	for (uint32_t i = 0; i < 5000; i++)
		row(NOBODY + i % 1000, "turn", i + 2);
	CHECK(ledger_count(WEIR_PART_THREADS) <= before + 200 + 120);
}

TEST(many_sites_leave_room_for_lines)
{
	uint64_t dropped = intern_dropped(WEIR_DROP_threads);
	uint32_t ended = row(NOBODY, "ended", 9);

	for (uint32_t stack = 1; ledger_count(WEIR_PART_SITES0) < CAPACITY_SITES0 / 2;
	     stack++)
		REQUIRE(sites_of(stack, 0, 1) != 0);
	CHECK_EQ(row(self(), "new", 9), 0);
	CHECK_EQ(intern_dropped(WEIR_DROP_threads), dropped + 1);
	for (int i = 0; i < 200; i++)
		row(self(), "embeds", 8);
	CHECK_EQ(row(self(), "ended", 9), ended);
	CHECK(main_row(0) != 0);
}

TEST(full)
{
	uint64_t dropped = intern_dropped(WEIR_DROP_threads);

	for (uint32_t i = 1; ledger_count(WEIR_PART_THREADS) < CAPACITY_THREADS; i++)
		CHECK(main_row(i) != 0);
	CHECK_EQ(main_row(CAPACITY_THREADS), 0);
	CHECK_EQ(intern_dropped(WEIR_DROP_threads), dropped + 1);
}

#define TAP_TESTS                                                                        \
	T(a_thread_that_lives_keeps_its_row)                                             \
	T(workers_in_turn_share_few_rows)                                                \
	T(rows_go_to_threads_of_the_same_name)                                           \
	T(a_thread_with_another_isolate_keeps_its_row)                                   \
	T(the_ended_are_found_among_many_that_live)                                      \
	T(many_sites_leave_room_for_lines)                                               \
	T(full)

int
main(void)
{
	static const struct tap_test tests[] = {TAP_TESTS};

	return weir_trace_start(1) != 0 ||
	       tap_run(tests, (int)(sizeof(tests) / sizeof(tests[0])));
}
