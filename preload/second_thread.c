/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host that makes a thread may have a clock, which then sees whatever grows, large blocks or not. One
 * that has joined its threads is a host of one thread again: before it changes its namespaces, which no
 * other thread may share, the clock ends. Each call is handed on; what it says is the host's.
 */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preload/gate.h"
#include "preload/settings.h"
#include "preload/thread.h"
#include "preload/timer.h"

#define EXPORT __attribute__((visibility("default")))

/* A sanitizer has its own, which a test program that it is in must not lose. */
#ifndef TESTS_HEAPS_RENAMED_H
EXPORT int
pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
	       void *with)
{
	int rc = thread_create(thread, attr, run, with);

	/* The clock's own is made inside the gate. */
	if (rc == 0 && gate_depth == 0 && weir_floor != SIZE_MAX)
		timer_company();
	return rc;
}

/* No look-up, as in altered.c: the C library's are these system calls. */
EXPORT int
unshare(int flags)
{
	timer_be_alone();
	return (int)syscall(SYS_unshare, flags);
}

EXPORT int
setns(int fd, int kind)
{
	timer_be_alone();
	return (int)syscall(SYS_setns, fd, kind);
}
#endif
