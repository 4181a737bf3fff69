/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host that makes a thread may have a clock, which then sees whatever grows, large blocks or not. One
 * that has joined its threads is a host of one thread again: the clock ends with the last of them, and
 * where the kernel refuses the host another thread, it gets the clock's. Each call is handed on; what it
 * says is the host's.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "preload/clock/thread.h"
#include "preload/clock/timer.h"
#include "preload/entries/retry.h"
#include "preload/entries/task.h"
#include "preload/ground/gate.h"
#include "preload/ground/libc.h"
#include "preload/ground/settings.h"
#include "preload/ground/symbol_next.h"
#include "preload/ground/thread_create.h"

#define EXPORT __attribute__((visibility("default")))

typedef int join_function(pthread_t thread, void **result);
typedef int timed_function(pthread_t thread, void **result, const struct timespec *until);
typedef int clock_function(pthread_t thread, void **result, clockid_t clock,
			   const struct timespec *until);
static void *_Atomic real_join, *_Atomic real_timedjoin, *_Atomic real_clockjoin;

/* Before main: a thread that waits for the loader's lock meanwhile would wait for its constructor, which may wait for it. */
void
second_thread_init(void)
{
	symbol_kept(&real_join, "pthread_join");
	symbol_kept(&real_timedjoin, "pthread_timedjoin_np");
	/* Not every C library has it, and dlsym would leave an error for the host. */
	atomic_store(&real_clockjoin, symbol_next_by_walk("pthread_clockjoin_np"));
}

/* The clock's own thread is made, and joined, inside the gate. */
EXPORT int
pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
	       void *with)
{
	int rc = thread_create(thread, attr, run, with);

	if (rc == EAGAIN && retry_made_room_for_thread())
		rc = thread_create(thread, attr, run, with);
	if (rc == EAGAIN && gate_depth == 0 && timer_give_task())
		rc = thread_create(thread, attr, run, with);
	if (rc == 0 && gate_depth == 0)
		timer_company();
	return rc;
}

static int
joined(int rc)
{
	if (rc == 0 && gate_depth == 0)
		timer_company_gone();
	return rc;
}

EXPORT int
pthread_join(pthread_t thread, void **result)
{
	join_function *to = (join_function *)symbol_kept(&real_join, "pthread_join");

	return to != NULL ? joined(to(thread, result)) : ESRCH;
}

EXPORT int
pthread_tryjoin_np(pthread_t thread, void **result)
{
	return joined(thread_try_join(thread, result));
}

EXPORT int
pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *until)
{
	timed_function *to =
		(timed_function *)symbol_kept(&real_timedjoin, "pthread_timedjoin_np");

	return to != NULL ? joined(to(thread, result, until)) : ESRCH;
}

EXPORT int
pthread_clockjoin_np(pthread_t thread, void **result, clockid_t clock,
		     const struct timespec *until)
{
	clock_function *to =
		(clock_function *)symbol_kept(&real_clockjoin, "pthread_clockjoin_np");

	return to != NULL ? joined(to(thread, result, clock, until)) : ESRCH;
}

/* No look-up, as in altered.c: the C library's are these system calls. */
EXPORT int
unshare(int flags)
{
	timer_be_seen_alone();
	return (int)syscall(SYS_unshare, flags);
}

EXPORT int
setns(int fd, int kind)
{
	timer_be_seen_alone();
	return (int)syscall(SYS_setns, fd, kind);
}
