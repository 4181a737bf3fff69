/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bounds the pool in one round of the clock: limits of the group, of data and address space, and the most that
 * the host held lately. All calls under the timer's work lock, but where it is said otherwise.
 */
#ifndef PRELOAD_BOUNDS_H
#define PRELOAD_BOUNDS_H

#include <stdbool.h>
#include <stdint.h>

#include "pool/pool.h"
#include "preload/chores.h"
#include "preload/facts.h"
#include "preload/snapshot.h"

/* So much the host's own thread measures, which would wait for it. */
#define BOUNDS_RESIDENT_INLINE ((uint64_t)256 << 20)

/* Fills the tick's bounds, and what the sidecar says of them. */
void bounds_look(struct weir_tick *tick, int64_t worked_ns, enum chores_by by,
		 struct snapshot_clock *counts);

/* Is the process limited, by its group or by what may be promised? */
bool bounds_limited(void);

/* The process's size was read: does what is not weir's grow? */
void bounds_small(int64_t now_ns, const struct facts_memory *m, enum chores_by by);

/* What of the process was resident at the last look and is not weir's. Any time. */
uint64_t bounds_other_bytes(void);

void bounds_after_fork(void);

#endif
