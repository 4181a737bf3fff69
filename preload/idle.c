/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The look at the process's own processor time, and the trim.
 */
#include "preload/idle.h"

#include "preload/clock.h"
#include "preload/next.h"
#include "preload/settings.h"

/* Idle is less than one part in this many of one processor. */
#define IDLE_SHARE 20
/* A look that comes sooner than this after the last one says too little. */
#define LOOK_MIN_NS (IDLE_LOOK_NS / 2)
/* A host that ticks along does not collect what is worth a trim. */
#define WORTH_NS 50000000ll

static int64_t looked_ns, looked_cpu_ns, trimmed_cpu_ns;

bool
idle_look(int64_t now_ns)
{
	int64_t cpu_ns = clock_read(CLOCK_PROCESS_CPUTIME_ID);
	int64_t passed_ns = now_ns - looked_ns;
	bool known = looked_ns != 0 && passed_ns >= LOOK_MIN_NS;
	bool idle = known && (cpu_ns - looked_cpu_ns) * IDLE_SHARE < passed_ns;

	if (!weir_config.trim_next || cpu_ns - trimmed_cpu_ns < WORTH_NS)
		return false;
	if (known || looked_ns == 0) {
		looked_ns = now_ns;
		looked_cpu_ns = cpu_ns;
	}
	if (!idle)
		return true;
	next_malloc_trim(0);
	trimmed_cpu_ns = clock_read(CLOCK_PROCESS_CPUTIME_ID);
	return false;
}

void
idle_after_fork(void)
{
	looked_ns = looked_cpu_ns = trimmed_cpu_ns = 0;
}
