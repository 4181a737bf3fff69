/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three handlers of pthread_atfork. The order of locks in the whole shim: boot, trace, record,
 * suspect, pool.
 */
#include "preload/fork.h"

#include <pthread.h>
#include <unistd.h>

#include "pool/pool.h"
#include "preload/ready.h"
#include "preload/gate.h"
#include "preload/record.h"
#include "preload/segment.h"
#include "preload/suspect.h"
#include "preload/timer.h"
#include "trace/sites.h"

/* For each thread: glibc may run the handlers of two forks at the same time. */
static _Thread_local bool frozen, pool_frozen;

static void
before(void)
{
	struct gate g;

	/* Not if a signal handler forks that interrupted weir: its thread may hold the locks. */
	frozen = gate_enter(&g);
	if (!frozen)
		return;
	ready_freeze();
	weir_trace_freeze();
	record_freeze();
	suspect_freeze();
	pool_frozen = ready_done();
	if (pool_frozen)
		weir_pool_freeze();
	gate_leave(&g);
}

static void
after_in_parent(void)
{
	if (!frozen)
		return;
	if (pool_frozen)
		weir_pool_thaw();
	suspect_thaw();
	record_thaw();
	weir_trace_thaw();
	ready_thaw();
	frozen = false;
}

static void
after_in_child(void)
{
	if (!frozen)
		return;
	if (pool_frozen)
		weir_pool_after_fork();
	suspect_after_fork();
	record_after_fork();
	weir_trace_after_fork();
	ready_after_fork();
	timer_after_fork();
	segment_after_fork((int32_t)getppid());
	frozen = false;
}

int
fork_handlers_install(void)
{
	return -pthread_atfork(before, after_in_parent, after_in_child);
}
