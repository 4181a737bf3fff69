/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose collections make whose blocks older.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "tests/tap.h"
#include "trace/runtimes/majors.h"

enum { MAIN = 1, WORKER, OTHER };

static void
collect(uint32_t isolate, int n)
{
	while (n-- > 0)
		majors_count(isolate, isolate == MAIN);
}

TEST(what_main_allocates_is_as_old_as_its_own_collections)
{
	uint32_t before = majors_at(1);
	uint64_t all = majors_all(), main = majors_of_main();

	majors_follow(1, MAIN);
	majors_follow(2, WORKER);
	collect(WORKER, 50);
	CHECK_EQ(majors_at(1), before);
	collect(MAIN, 3);
	CHECK_EQ(majors_at(1), before + 3);
	CHECK_EQ(majors_all(), all + 53);
	CHECK_EQ(majors_of_main(), main + 3);
}

TEST(a_worker_goes_by_its_own_or_by_those_of_main_where_they_are_more)
{
	majors_follow(3, WORKER);
	uint32_t before = majors_at(3);
	collect(OTHER, 10);
	CHECK_EQ(majors_at(3), before);
	collect(WORKER, 4);
	CHECK_EQ(majors_at(3), before + 4);
	collect(MAIN, 3);
	CHECK_EQ(majors_at(3), before + 4);
	collect(MAIN, 3);
	CHECK_EQ(majors_at(3), before + 6);
}

TEST(what_an_ended_worker_leaves_goes_by_main_at_once)
{
	majors_follow(4, OTHER);
	collect(OTHER, 100);
	uint32_t before = majors_at(4);
	majors_forget(OTHER);
	collect(OTHER, 5);
	CHECK_EQ(majors_at(4), before);
	collect(MAIN, 1);
	CHECK_EQ(majors_at(4), before + 1);
}

TEST(a_clock_never_goes_back)
{
	majors_follow(5, WORKER);
	for (uint32_t i = 0, last = majors_at(5); i < 1000; i++) {
		if (i % 7 == 0)
			majors_follow(5, 10 + i);
		collect(i % 3 == 0 ? MAIN : 10 + i / 7 * 7, 1);
		CHECK(majors_at(5) >= last);
		last = majors_at(5);
	}
}

TEST(what_runs_no_script_goes_by_main)
{
	majors_follow(MAJORS_CLOCKS - 1, 0);
	uint32_t none = majors_at(0), last = majors_at(MAJORS_CLOCKS - 1);

	collect(WORKER, 3);
	collect(MAIN, 2);
	CHECK_EQ(majors_at(0), none + 2);
	CHECK_EQ(majors_at(MAJORS_CLOCKS - 1), last + 2);
}

static _Atomic bool runs, stop;

static void *
follow_others(void *unused)
{
	for (uint32_t i = 0; !atomic_load(&stop); i++) {
		majors_follow(6, 30 + i % 2);
		atomic_store(&runs, true);
	}
	return unused;
}

static void *
forget_one(void *unused)
{
	while (!atomic_load(&stop)) {
		majors_forget(40);
		atomic_store(&runs, true);
	}
	return unused;
}

static bool
beside(pthread_t *thread, void *(*other)(void *))
{
	atomic_store(&runs, false);
	atomic_store(&stop, false);
	if (pthread_create(thread, NULL, other, NULL) != 0)
		return false;
	while (!atomic_load(&runs))
		sched_yield();
	return true;
}

static void
end(pthread_t thread)
{
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
}

/* Two threads at a time; what is right is so whoever comes first. */
TEST(no_collection_is_lost_while_a_clock_changes_hands)
{
	enum { TIMES = 1000000 };
	uint32_t before, wrong = 0;
	pthread_t thread;

	majors_follow(6, 30);
	majors_follow(7, 40);
	before = majors_at(6);
	REQUIRE(beside(&thread, follow_others));
	collect(MAIN, TIMES);
	end(thread);
	CHECK_EQ(majors_at(6), before + TIMES);
	REQUIRE(beside(&thread, forget_one));
	for (int i = 0; i < TIMES; i++) {
		majors_follow(7, 40);
		majors_follow(7, 41);
		before = majors_at(7);
		collect(41, 1);
		wrong += majors_at(7) != before + 1;
	}
	end(thread);
	CHECK_EQ(wrong, 0);
}

#define TAP_TESTS                                                                        \
	T(what_main_allocates_is_as_old_as_its_own_collections)                          \
	T(a_worker_goes_by_its_own_or_by_those_of_main_where_they_are_more)              \
	T(what_an_ended_worker_leaves_goes_by_main_at_once)                              \
	T(a_clock_never_goes_back)                                                       \
	T(no_collection_is_lost_while_a_clock_changes_hands)                             \
	T(what_runs_no_script_goes_by_main)

TAP_MAIN()
