/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work of the clock's that others ask for, between its rounds. All of it but the looks of a host without a
 * clock is rare.
 */
#include <time.h>

#include "policy/beat.h"
#include "pool/pool.h"
#include "pool/sys.h"
#include "preload/clock/chores.h"
#include "preload/clock/timer.h"
#include "preload/clock/timer_work.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/settings.h"
#include "preload/machine/ready.h"
#include "preload/sidecar/segment.h"
#include "trace/ground/vm_calls.h"

#define LAST_WORDS_MS  500
#define SPEAKERS_STEPS 4000

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

/* The thread may be giving gigabytes back: do not keep the host waiting for long. */
static bool
has_work_in_time(void)
{
	for (int tries = 0; !weir_trylock(&timer_work); tries++) {
		if (tries == LAST_WORDS_MS)
			return false;
		weir_sys_sleep(TIMER_MS_NS);
	}
	return true;
}

void
timer_last_words(void)
{
	if (gate_guest() || !has_work_in_time())
		return;
	chores_last_words(clock_read(CLOCK_MONOTONIC), true);
	weir_unlock(&timer_work);
}

/* Nobody is at work when it returns, or begins any more. */
static void
say_before_silence(void)
{
	bool mine = has_work_in_time();

	if (mine && ready_done() && segment_exists())
		chores_last_words(clock_read(CLOCK_MONOTONIC), false);
	atomic_store(&gate_fell_silent, true);
	if (mine)
		weir_unlock(&timer_work);
}

void
timer_fall_silent(void)
{
	struct gate g;

	if (gate_silent())
		return;
	bool entered = gate_enter(&g);
	if (entered && !gate_guest()) {
		timer_end_for_good();
		say_before_silence();
	}
	atomic_store(&gate_fell_silent, true);
	for (int i = 0; i < SPEAKERS_STEPS && gate_anyone_speaks(); i++)
		weir_sys_sleep(TIMER_MS_NS / 20);
	if (entered)
		gate_leave(&g);
}

/* Files of /proc are opened, which other threads would see, and a filter might kill for. */
static void
look_if_alone(bool between_calls)
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
		/* What large blocks have left grows old though no more are asked for. */
		if (between_calls && ready_done())
			timer_round(now_ns, false);
		weir_unlock(&timer_work);
	}
	gate_leave(&g);
}

void
timer_look_at_small(void)
{
	look_if_alone(true);
}

/* Whoever maps may be an allocator that holds its lock: the next one is asked nothing, and no round is made. */
void
timer_look_at_mapped(void)
{
	look_if_alone(false);
}
