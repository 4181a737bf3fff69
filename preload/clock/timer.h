/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock: who does weir's work (chores.h), and when. A host that makes a thread gets a background
 * thread: while there is nothing to do it wakes up every ten seconds, has all signals blocked and its
 * own (empty) descriptor table, and ends when the host has one thread again, or its first thread ends. A host of one thread stays one: whoever allocates or frees
 * does the work, a little at a time, and so little is kept free that it may stay while the host idles.
 */
#ifndef PRELOAD_TIMER_H
#define PRELOAD_TIMER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "preload/clock/thread.h"

/* From ENDED on the thread ends, or has ended: it has to be joined, or (ENDING) is being joined. */
enum timer_state {
	TIMER_NONE,
	TIMER_STARTING,
	TIMER_ASLEEP,
	TIMER_AWAKE,
	TIMER_ENDED,
	TIMER_ENDING
};
extern _Atomic uint32_t timer_state __attribute__((visibility("hidden")));

/*
 * The thread runs and will see by itself whatever has happened. Relaxed: what happened was written under a lock (of a
 * class, the heap, a shard of the counters, or by a magazine's owner) that the thread takes in its last look before it
 * sleeps. Either it finds it there, or the lock was free again after it had said that it sleeps, which is seen here.
 */
static inline bool
timer_awake(void)
{
	return atomic_load_explicit(&timer_state, memory_order_relaxed) == TIMER_AWAKE;
}

/* Nobody needs to hear of a scratch block that comes from the thread's own few, or goes there. */
static inline bool
timer_need_not_know(void)
{
	return timer_awake() || !thread_may_be_many();
}

/* Once, from the constructor, on the first thread. */
void timer_init(void);

void timer_wake(size_t freed);

/* Something happened; `freed` bytes came back, or 0. Inside the gate, after ready_make. */
static inline void
timer_nudge(size_t freed)
{
	if (!timer_awake())
		timer_wake(freed);
}

/*
 * The host has made a thread, or joined one: there is a clock while it has some, whatever is asked of weir.
 * Outside the gate.
 */
void timer_company(void);
void timer_company_gone(void);

/*
 * The host is about to do what goes wrong beside a thread: if it has joined all its own, the clock ends. Seen
 * alone: until the kernel says so as well.
 */
void timer_be_alone(void);
void timer_be_seen_alone(void);

/* The host cannot have one thread more: the clock ends. False: there is none. */
bool timer_make_way(void);

/* The same, and none comes for some time. */
bool timer_give_task(void);

/*
 * A filter of system calls comes that may kill for what weir does beside serving: the clock ends, what there is to say
 * is written, and gate_silent is true. Outside the gate or, in a handler of signals, inside.
 */
void timer_fall_silent(void);

/* So many small requests were made that whether they are to be sampled is worth a look. Outside the gate. */
void timer_look_at_small(void);

/* The program has mapped something itself: a host without a clock, whose blocks are too small for weir, says how it grows. */
void timer_look_at_mapped(void);

/* Whether its end is worth a record though nothing was asked of weir. */
bool timer_worth_a_record(void);

/* malloc_trim: all caches to the system at once. Inside the gate. Bytes given back. */
uint64_t timer_trim(void);

/* The same with all unused address space. */
void timer_shed(void);

/* The process ends: the last write of the sidecar. */
void timer_last_words(void);

/* In the child, if another than the parent's first thread forked: it is the first one there. */
void timer_mark_first_thread(void);

/* The host forks. Inside the gate, under no lock of the pool's. */
void timer_before_fork(void);

/* In a forked child, before it uses weir: nobody works. */
void timer_after_fork(void);

#endif
