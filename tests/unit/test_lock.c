/* SPDX-License-Identifier: Apache-2.0 */
/* The lock of pool/lock.h where it is not free: for ever, and for some time. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>

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

#define TAP_TESTS                                                                        \
	T(a_wait_ends_in_time_and_keeps_errno)                                           \
	T(who_waits_for_some_time_is_woken)
TAP_MAIN()
