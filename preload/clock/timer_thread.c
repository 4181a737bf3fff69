/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the clock's thread does: its rounds of work, its sleep, and when it finds that it is needed no more.
 */
#include "preload/clock/timer_work.h"

#include "policy/looks.h"
#include "preload/clock/bounds.h"
#include "preload/clock/chores.h"
#include "preload/clock/idle.h"
#include "preload/clock/trim.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/own_files.h"
#include "preload/machine/bell.h"
#include "preload/machine/ready.h"
#include "preload/machine/sampling_look.h"
#include "preload/sidecar/segment.h"
#include "preload/sidecar/segment_mail.h"

#define REST_NS                                                                          \
	(60000 * TIMER_MS_NS) /* have the others ended in a way that nobody tells? */
#define ROUND_NS ((uint64_t)100 * TIMER_MS_NS)

_Atomic uint32_t timer_state;
_Atomic unsigned timer_rounds;
struct weir_lock timer_work;

static void
sleep_for(uint64_t ns, uint32_t while_state)
{
	weir_lock(&timer_work);
	struct bell_mail mail = segment_bell();
	weir_unlock(&timer_work);
	bell_sleep(&timer_state, while_state, mail, ns);
}

/* Before there is a pool there is nothing to do. */
static uint64_t
locked_work(void)
{
	if (!ready_done())
		return UINT64_MAX;
	weir_lock(&timer_work);
	uint64_t sleep = chores_do(clock_read(CLOCK_MONOTONIC), CHORES_BY_CLOCK);
	atomic_fetch_add(&timer_rounds, 1);
	weir_unlock(&timer_work);
	return sleep;
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What the next allocator keeps free, at rest and under load. Nanoseconds until the next look. */
static uint64_t
look_at_next(void)
{
	uint64_t other = bounds_other_bytes();

	weir_lock(&timer_work);
	trim_collected(segment_exists() ? segment_collected() : 0);
	weir_unlock(&timer_work);
	return least(trim_look(other), idle_look(other));
}

/* Nothing to do until somebody wakes us, or writes to us, but for a look from time to time. */
static void
rest(void)
{
	while (atomic_load(&timer_state) == TIMER_ASLEEP) {
		uint64_t sleep = least(look_at_next(), REST_NS);

		weir_lock(&timer_work);
		sleep = least(sleep,
			      chores_beat(clock_read(CLOCK_MONOTONIC), CHORES_BY_CLOCK));
		bool mail = segment_exists() && chores_waiting();
		weir_unlock(&timer_work);
		if (mail)
			return;
		sleep_for(sleep, TIMER_ASLEEP);
		if (timer_is_alone() && timer_moves(TIMER_ASLEEP, TIMER_ENDED))
			return;
	}
}

/* Rounds may be due twenty times a second: not all that costs system calls is done in each. */
static bool
is_round_due(uint64_t sleep)
{
	static int64_t last_ns;
	int64_t now_ns = clock_read(CLOCK_MONOTONIC);

	if (sleep < ROUND_NS && !weir_look_due(now_ns, last_ns, ROUND_NS))
		return false;
	last_ns = now_ns;
	return true;
}

/* Whoever makes the thread has not said yet that it runs. */
static void
await_start(void)
{
	while (atomic_load(&timer_state) == TIMER_STARTING)
		sleep_for(TIMER_MS_NS, TIMER_STARTING);
}

void
timer_hand_over(void)
{
	if (!ready_done())
		return;
	weir_lock(&timer_work);
	chores_hand_over(clock_read(CLOCK_MONOTONIC));
	weir_unlock(&timer_work);
}

/* True: the thread ends. */
static bool
look_whether_alone(void)
{
	if (!ready_done() || !timer_is_alone())
		return false;
	timer_hand_over();
	return timer_moves(TIMER_AWAKE, TIMER_ENDED);
}

void *
timer_run(void *unused)
{
	gate_depth = 1; /* whatever this thread allocates is not ours to serve */
	thread_be_ordinary();
	own_files_take();
	sampling_clocked(true);
	while (atomic_load(&timer_state) < TIMER_ENDED) {
		uint64_t sleep = locked_work(), look = UINT64_MAX;

		await_start();
		if (is_round_due(sleep)) {
			thread_drop_capabilities(!segment_settled());
			if (look_whether_alone())
				break;
			if (sleep != UINT64_MAX)
				look = look_at_next();
		}
		if (sleep != UINT64_MAX) {
			sleep_for(least(sleep, look), TIMER_AWAKE);
		} else if (timer_moves(TIMER_AWAKE, TIMER_ASLEEP)) {
			/* Said first, then looked once more: whoever comes after the look wakes us. */
			if (locked_work() == UINT64_MAX)
				rest();
			timer_moves(TIMER_ASLEEP, TIMER_AWAKE);
		}
	}
	sampling_clocked(false);
	return unused;
}
