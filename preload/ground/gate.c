/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calling thread's place, see gate.h, and whose the gate is. In a file of their own, so that what is
 * written in a forked child lies together.
 */
#include "preload/ground/gate.h"

_Thread_local volatile int gate_depth;
_Atomic(void (*)(void)) gate_first;
pid_t gate_process;
int64_t gate_born_ns;
_Atomic bool gate_fell_silent;
struct gate_speakers gate_speakers[GATE_SHARDS];

bool
gate_guest(void)
{
	return gate_silent() || getpid() != gate_process;
}

bool
gate_anyone_speaks(void)
{
	unsigned n = 0;

	for (int i = 0; i < GATE_SHARDS; i++)
		n += atomic_load(&gate_speakers[i].n);
	return n != 0;
}

void
gate_after_fork(void)
{
	for (int i = 0; i < GATE_SHARDS; i++)
		atomic_store(&gate_speakers[i].n, 0);
}
