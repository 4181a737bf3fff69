/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the clock share: what its thread does (timer_thread.c), how it comes and goes (timer_life.c), the
 * work of whoever comes along (timer.c), and what is asked for (timer_asked.c). Nobody else includes it.
 */
#ifndef PRELOAD_TIMER_WORK_H
#define PRELOAD_TIMER_WORK_H

#include "pool/lock.h"
#include "preload/clock/timer.h"

#define TIMER_MS_NS 1000000ll

/* Held during any work, so that the pool's tick runs once at a time. */
extern struct weir_lock timer_work __attribute__((visibility("hidden")));

/* Pieces of work that this process's thread has done. */
extern _Atomic unsigned timer_rounds __attribute__((visibility("hidden")));

/* From one state to another: false if it was not in that. */
static inline bool
timer_moves(uint32_t from, uint32_t to)
{
	return atomic_compare_exchange_strong(&timer_state, &from, to);
}

/* The host has one thread again, or its first one ended by a bare system call. */
static inline bool
timer_is_alone(void)
{
	return thread_count() <= 2;
}

/* Nobody will give back what is kept now. */
void timer_hand_over(void);

/* A round by a thread of the host's, if one is due. The lock is held; after ready_make. */
void timer_round(int64_t now_ns, bool many);

/* The thread. */
void *timer_run(void *unused);

/* False: there is none. */
bool timer_start(int64_t now_ns);

/* Whether one may be started at all. */
bool timer_may_start(void);

/* Has it ended within the last second, because there were no other threads any more? */
bool timer_ended_lately(int64_t now_ns);

/* The state is ENDING: ours to take to its end. */
void timer_join(void);

/* There is no thread, and none comes. Inside the gate. */
void timer_end_for_good(void);

void timer_life_after_fork(void);

#endif
