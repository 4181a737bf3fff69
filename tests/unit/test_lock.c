/* SPDX-License-Identifier: Apache-2.0 */
/* The lock of pool/lock.h where it is not free: for ever, and for some time. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "pool/lock.h"
#include "tests/tap.h"

static struct weir_lock lock;

static void *
wait_long(void *got)
{
	*(bool *)got = weir_lock_within(&lock, UINT64_C(3600000000000));
	return NULL;
}

TEST(a_wait_ends_in_time_and_keeps_errno)
{
	CHECK(weir_lock_within(&lock, 0)); /* free */
	errno = EDOM;
	CHECK(!weir_lock_within(&lock, 1000000));
	CHECK(!weir_lock_within(&lock, 0));
	CHECK_EQ(errno, EDOM);
	weir_unlock(&lock);
	CHECK(weir_lock_within(&lock, 1000000));
	weir_unlock(&lock);
	weir_lock(&lock);
	weir_unlock(&lock);
}

TEST(who_waits_for_some_time_is_woken)
{
	pthread_t thread;
	bool got = false;

	weir_lock(&lock);
	REQUIRE(pthread_create(&thread, NULL, wait_long, &got) == 0);
	while (atomic_load(&lock.word) != 2)
		sched_yield();
	weir_unlock(&lock);
	pthread_join(thread, NULL);
	CHECK(got);
	CHECK(!weir_trylock(&lock));
	weir_unlock(&lock);
}

TEST(who_will_not_wait_is_told_so)
{
	weir_lock(&lock);
	errno = EDOM;
	CHECK(!weir_lock_soon(&lock));
	CHECK(!weir_lock_soon(&lock));
	CHECK_EQ(errno, EDOM);
	weir_unlock(&lock);
	CHECK(weir_lock_soon(&lock));
	CHECK(!weir_trylock(&lock));
	weir_unlock(&lock);
}

static _Atomic unsigned given_up;

static void *
try_until_got(void *unused)
{
	while (!weir_lock_soon(&lock))
		given_up++;
	weir_unlock(&lock);
	return unused;
}

/* 128 times a tenth of a second: without a bound it would be a million times meanwhile. */
TEST(who_gives_up_again_and_again_sleeps)
{
	pthread_t thread;

	weir_lock(&lock);
	REQUIRE(pthread_create(&thread, NULL, try_until_got, NULL) == 0);
	while (given_up < 32)
		sched_yield();
	nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
	weir_unlock(&lock);
	pthread_join(thread, NULL);
	CHECK(given_up < 64 * 100);
	CHECK(weir_trylock(&lock));
	weir_unlock(&lock);
}

#define CROWD 600

static struct weir_lock crowded;

static void *
sleep_in_crowd(void *unused)
{
	weir_lock(&crowded);
	weir_unlock(&crowded);
	return unused;
}

/* One whose own turns are used up: with so many asleep it gives up some hundred times more, and then it sleeps as well. */
TEST(beside_a_crowd_all_give_up_so_often_and_no_more)
{
	static pthread_t crowd[CROWD];
	pthread_attr_t small;
	pthread_t thread;
	unsigned n = 0, before, looks = 0;

	weir_lock(&crowded);
	REQUIRE(pthread_attr_init(&small) == 0);
	REQUIRE(pthread_attr_setstacksize(&small, 128 << 10) == 0);
	while (n < CROWD && pthread_create(&crowd[n], &small, sleep_in_crowd, NULL) == 0)
		n++;
	if (n == CROWD) {
		/* All of them sleep, or the machine is very slow. */
		nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
		given_up = 0;
		weir_lock(&lock);
		REQUIRE(pthread_create(&thread, NULL, try_until_got, NULL) == 0);
		do {
			before = given_up;
			nanosleep(&(struct timespec){.tv_nsec = 150000000}, NULL);
		} while (looks++ < 20 && (before == 0 || given_up != before));
		CHECK(given_up > 200);
		CHECK(given_up <= 2 * 500);
		weir_unlock(&lock);
		pthread_join(thread, NULL);
	}
	weir_unlock(&crowded);
	while (n > 0)
		pthread_join(crowd[--n], NULL);
	pthread_attr_destroy(&small);
}

#define TAP_TESTS                                                                        \
	T(a_wait_ends_in_time_and_keeps_errno)                                           \
	T(who_waits_for_some_time_is_woken)                                              \
	T(who_will_not_wait_is_told_so)                                                  \
	T(who_gives_up_again_and_again_sleeps)                                           \
	T(beside_a_crowd_all_give_up_so_often_and_no_more)

TAP_MAIN()
