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
#include "preload/clock/chores.h"
#include "preload/machine/facts.h"
#include "preload/sidecar/snapshot.h"

/* Fills the tick's bounds, and what the sidecar says of them. */
void bounds_look(struct weir_tick *tick, int64_t worked_ns, enum chores_by by,
		 struct snapshot_clock *counts);

/* Is the process limited, by its group or by what may be promised? */
bool bounds_limited(void);

/* The process's size was read: does what is not weir's grow? */
void bounds_small(int64_t now_ns, const struct facts_memory *m, enum chores_by by);

/*
 * How much of weir's memory is resident: measured now, which costs milliseconds a gigabyte, or no longer ago than
 * `within_ns`. False: it is not known, as it costs too much to measure it again yet, or at all.
 */
bool bounds_resident(int64_t now_ns, enum chores_by by, int64_t within_ns,
		     uint64_t *bytes);

/* What of the process was resident at the last look and is not weir's. Any time. */
uint64_t bounds_other_bytes(void);

void bounds_after_fork(void);

#endif
