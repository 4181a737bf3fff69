/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What timer.c and timer_asked.c share. Nobody else includes it.
 */
#ifndef PRELOAD_TIMER_WORK_H
#define PRELOAD_TIMER_WORK_H

#include "pool/lock.h"

/* Held during any work, so that the pool's tick runs once at a time. */
extern struct weir_lock timer_work __attribute__((visibility("hidden")));

#endif
