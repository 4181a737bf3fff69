/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who makes such a call is counted, so that a filter that the host is about to install for all its
 * threads does not meet one of them between the question and the call.
 */
#include "trace/ground/vm_calls.h"

#include <sched.h>
#include <stdatomic.h>

#define PATIENCE                                                                         \
	1000 /* a call takes a microsecond; a forked child may have counted a lost thread */

static _Atomic bool forbidden;
static _Atomic unsigned calls;

bool
vm_calls_allowed(void)
{
	return !atomic_load_explicit(&forbidden, memory_order_relaxed);
}

bool
vm_calls_begin(void)
{
	if (!vm_calls_allowed())
		return false;
	atomic_fetch_add(&calls, 1);
	if (!atomic_load(&forbidden))
		return true;
	vm_calls_end();
	return false;
}

void
vm_calls_end(void)
{
	atomic_fetch_sub(&calls, 1);
}

void
vm_calls_forbid(void)
{
	atomic_store(&forbidden, true);
	for (int i = 0; i < PATIENCE && atomic_load(&calls) != 0; i++)
		sched_yield();
}
