/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each says what it is about to do before it looks at the other, so that one of the two waits. Both waits are bounded: the
 * thread that forks may hold the loader's lock itself, and a process may fork all the time.
 */
#include "observe/loaded.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "pool/sys.h"

#define STEP_NS 100000
#define STEPS	10000

static _Atomic int forking;
static _Atomic bool walking;

static void
before_fork(void)
{
	int saved_errno = errno;

	forking++;
	for (int i = 0; walking && i < STEPS; i++)
		weir_sys_sleep(STEP_NS);
	errno = saved_errno;
}

static void
after_fork(void)
{
	forking--;
}

/* The others who were about to fork are not here. */
static void
in_child(void)
{
	forking = 0;
	walking = false;
}

void
loaded_watch_forks(void)
{
	pthread_atfork(before_fork, after_fork, in_child);
}

void
loaded_each(int (*each)(struct dl_phdr_info *info, size_t bytes, void *context),
	    void *context)
{
	walking = true;
	for (int i = 0; forking != 0 && i < STEPS; i++) {
		walking = false;
		weir_sys_sleep(STEP_NS);
		walking = true;
	}
	dl_iterate_phdr(each, context);
	walking = false;
}
