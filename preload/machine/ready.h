/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether there is a pool. See ready.c.
 */
#ifndef PRELOAD_READY_H
#define PRELOAD_READY_H

#include <stdatomic.h>
#include <stdbool.h>

extern _Atomic bool ready_is;

/* Makes the pool, at the first large request. Inside the gate. False if it cannot be made. */
bool ready_make(void);

/*
 * Whether it has been made: there is something to freeze, purge and report. Here, since a forked child asks: a page of code that is
 * far away would be a fault.
 */
static inline bool
ready_done(void)
{
	return atomic_load_explicit(&ready_is, memory_order_acquire);
}

/* Around fork. */
void ready_freeze(void);
void ready_thaw(void);
void ready_after_fork(void);

#endif
