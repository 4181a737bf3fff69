/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock: a background thread that gives memory back, watches limits and writes the sidecar.
 * It starts when 1 MB is kept or 16 MB are lent, or with the sidecar; sleeps without a timeout
 * while there is nothing to do; has all signals blocked and its own (empty) descriptor table;
 * and is made anew after a fork on first need. Where it is off or cannot start, its work is done
 * now and then by whoever allocates.
 */
#ifndef PRELOAD_TIMER_H
#define PRELOAD_TIMER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum timer_state { TIMER_NONE, TIMER_ASLEEP, TIMER_AWAKE };
extern _Atomic uint32_t timer_state __attribute__((visibility("hidden")));

/* The thread runs and will see by itself whatever has happened. */
static inline bool
timer_awake(void)
{
	return atomic_load_explicit(&timer_state, memory_order_relaxed) == TIMER_AWAKE;
}

void timer_wake(bool freed);

/* Something happened (freed: a block was freed). Inside the gate. */
static inline void
timer_nudge(bool freed)
{
	if (!timer_awake())
		timer_wake(freed);
}

/* malloc_trim: all caches to the system at once. Inside the gate. Bytes given back. */
uint64_t timer_trim(void);

/* The process ends: the last write of the sidecar. */
void timer_last_words(void);

/* In a forked child: there is no thread, and nobody works. */
void timer_after_fork(void);

/* What the thread counts for the sidecar. */
struct timer_counts {
	uint64_t ticks, cpu_ns, failed;
	uint64_t cap_bytes, limit_bytes;
	uint64_t rss_bytes, resident_bytes;
};
void timer_counts(struct timer_counts *counts);

#endif
