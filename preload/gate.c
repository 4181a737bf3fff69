/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calling thread's place, see gate.h, and whose the gate is. In a file of their own, so that what is
 * written in a forked child lies together.
 */
#include "preload/gate.h"

_Thread_local volatile int gate_depth;
_Atomic(void (*)(void)) gate_first;
pid_t gate_process;
int64_t gate_born_ns;

bool
gate_guest(void)
{
	return getpid() != gate_process;
}
