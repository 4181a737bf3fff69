/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The work of whoever comes along: waking the clock's thread, and doing its part where there is none.
 */
#include "preload/clock/timer_work.h"

#include "pool/pool.h"
#include "pool/sys.h"
#include "preload/clock/chores.h"
#include "preload/clock/idle.h"
#include "preload/clock/keep.h"
#include "preload/clock/trim.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/settings.h"
#include "preload/machine/bell.h"
#include "preload/machine/ready.h"
#include "preload/machine/sampling_look.h"
#include "preload/sidecar/segment.h"

#define START_LENT  ((uint64_t)16 << 20) /* a limit may be near */
#define START_KEPT  ((uint64_t)1 << 20)	 /* less is not worth a thread */
#define GROWN_BYTES ((uint64_t)1 << 20)	 /* nor a look at a limit */
#define LOOK_NS	    (20 * TIMER_MS_NS)	 /* at most so often, by whoever comes along */
#define FIRST_STEPS 200			 /* of 0.1 ms */

static _Atomic int64_t looked_ns, worked_ns;
static _Atomic bool were_many;	      /* threads, at that look */
static _Atomic uint64_t looked_bytes; /* lent and kept at that look */

static uint64_t
own_bytes(void)
{
	return weir_pool_lent_bytes() + weir_pool_cached_bytes();
}

/* A quarter of the shorter period passed, or there is so much more that a limit may be near. */
static bool
is_due(int64_t now_ns)
{
	uint64_t ms = weir_config.decay_ms < weir_config.stats_ms ? weir_config.decay_ms
								  : weir_config.stats_ms;

	return now_ns - atomic_load(&worked_ns) >= (int64_t)ms * TIMER_MS_NS / 4 ||
	       own_bytes() > atomic_load(&looked_bytes) + GROWN_BYTES;
}

void
timer_round(int64_t now_ns, bool many)
{
	if (!is_due(now_ns))
		return;
	chores_do(now_ns, many ? CHORES_BY_MANY : CHORES_BY_ONE);
	atomic_store(&worked_ns, now_ns);
	atomic_store(&looked_bytes, own_bytes());
}

static bool
wants_thread(bool many, int64_t now_ns)
{
	if (!many || !weir_config.decay_thread || !timer_may_start())
		return false;
	if (weir_pool_lent_bytes() >= START_LENT)
		return true;
	/* A thread for one task is soon gone: not a clock for each. With a sidecar there is someone to keep posted. */
	return !timer_ended_lately(now_ns) &&
	       (weir_pool_cached_bytes() >= START_KEPT || segment_exists());
}

/* The host takes much from the start: let the thread learn the memory limit before it goes on. */
static bool
start_for_a_request(int64_t now_ns)
{
	if (!timer_start(now_ns))
		return false;
	if (weir_pool_lent_bytes() < START_LENT)
		return true;
	for (int i = 0; i < FIRST_STEPS && atomic_load(&timer_rounds) == 0; i++)
		weir_sys_sleep(TIMER_MS_NS / 10);
	return true;
}

static void
work_inline(size_t freed)
{
	int64_t now_ns = clock_now_ns();
	int64_t last_ns = atomic_load_explicit(&looked_ns, memory_order_relaxed);

	keep_asked(freed, now_ns);
	if (last_ns != 0 && now_ns - last_ns < LOOK_NS) {
		/* What is freed last is followed by no other look. */
		if (atomic_load(&were_many) && !gate_guest() &&
		    wants_thread(true, now_ns))
			start_for_a_request(now_ns);
		return;
	}
	if (!atomic_compare_exchange_strong(&looked_ns, &last_ns, now_ns) || gate_guest())
		return;
	bool many = thread_may_be_many() && thread_count() > 1;
	atomic_store(&were_many, many);
	if ((wants_thread(many, now_ns) && start_for_a_request(now_ns)) ||
	    !is_due(now_ns))
		return;
	weir_lock(&timer_work);
	timer_round(now_ns, many);
	weir_unlock(&timer_work);
}

void
timer_wake(size_t freed)
{
	uint32_t now = atomic_load_explicit(&timer_state, memory_order_relaxed);

	if (now == TIMER_ASLEEP && timer_moves(TIMER_ASLEEP, TIMER_AWAKE))
		bell_ring(&timer_state);
	else if (now == TIMER_ENDED && timer_moves(TIMER_ENDED, TIMER_ENDING))
		timer_join();
	if (atomic_load_explicit(&timer_state, memory_order_relaxed) == TIMER_NONE)
		work_inline(freed);
}

void
timer_before_fork(void)
{
	if (ready_done() && !thread_may_be_many())
		keep_for_fork(clock_now_ns());
}

void
timer_after_fork(void)
{
	weir_lock_reset(&timer_work);
	atomic_store(&looked_ns, 0);
	atomic_store(&worked_ns, 0);
	atomic_store(&looked_bytes, 0);
	atomic_store(&were_many, false);
	idle_after_fork();
	keep_after_fork();
	trim_after_fork();
	chores_after_fork();
	timer_life_after_fork();
	sampling_after_fork();
}
