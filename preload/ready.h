/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether there is a pool. See ready.c.
 */
#ifndef PRELOAD_READY_H
#define PRELOAD_READY_H

#include <stdbool.h>

/* Makes the pool, at the first large request. Inside the gate. False if it cannot be made. */
bool ready_make(void);

/* Whether it has been made: there is something to freeze, purge and report. */
bool ready_done(void);

/* Around fork. */
void ready_freeze(void);
void ready_thaw(void);
void ready_after_fork(void);

#endif
