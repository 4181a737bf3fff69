/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work of the clock's that others ask for, between its rounds. All of it but the looks of a host without a
 * clock is rare.
 */
#include <time.h>

#include "policy/beat.h"
#include "pool/pool.h"
#include "pool/sys.h"
#include "preload/chores.h"
#include "preload/clock.h"
#include "preload/gate.h"
#include "preload/settings.h"
#include "preload/timer.h"
#include "preload/timer_work.h"
#include "trace/vm_calls.h"

#define LAST_WORDS_MS 500

bool
timer_worth_a_record(void)
{
	if (weir_floor == SIZE_MAX || gate_guest())
		return false;
	gate_wake();
	/* Held: the clock's thread is there, and has seen to it. */
	if (!weir_trylock(&timer_work))
		return false;
	bool worth = chores_worth_a_record();
	weir_unlock(&timer_work);
	return worth;
}

uint64_t
timer_trim(void)
{
	weir_lock(&timer_work);
	uint64_t bytes = chores_trim();
	weir_unlock(&timer_work);
	return bytes;
}

void
timer_shed(void)
{
	weir_lock(&timer_work);
	chores_trim();
	weir_pool_shed(clock_read(CLOCK_MONOTONIC));
	weir_unlock(&timer_work);
}

void
timer_last_words(void)
{
	if (gate_guest())
		return;
	/* The thread may be giving gigabytes back: do not keep the host from ending for long. */
	for (int tries = 0; !weir_trylock(&timer_work); tries++) {
		if (tries == LAST_WORDS_MS)
			return;
		weir_sys_sleep(TIMER_MS_NS);
	}
	chores_last_words(clock_read(CLOCK_MONOTONIC));
	weir_unlock(&timer_work);
}

/* Files of /proc are opened, which other threads would see, and a filter might kill for. */
void
timer_look_at_small(void)
{
	uint32_t state = atomic_load_explicit(&timer_state, memory_order_relaxed);
	int64_t now_ns = clock_now_ns();
	struct gate g;

	if (!weir_beat_old_enough(gate_born_ns, now_ns) ||
	    (state != TIMER_NONE && state != TIMER_ENDED) || !vm_calls_allowed() ||
	    !gate_enter(&g))
		return;
	bool many = thread_may_be_many() && thread_count() > 1;
	if (!many && !gate_guest() && weir_trylock(&timer_work)) {
		chores_beat(now_ns, CHORES_BY_ONE);
		weir_unlock(&timer_work);
	}
	gate_leave(&g);
}
