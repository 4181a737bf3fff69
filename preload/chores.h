/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the clock has to do: answer mail, give memory back, keep within limits, write the sidecar. All
 * calls under the timer's work lock.
 */
#ifndef PRELOAD_CHORES_H
#define PRELOAD_CHORES_H

#include <stdbool.h>
#include <stdint.h>

#include "preload/timer.h"

/* How often the mailbox is looked into: a person who asks does not notice the wait. */
#define CHORES_MAIL_NS 1000000000ll

/*
 * One round. Returns the nanoseconds until the next is due; UINT64_MAX: nothing to do. The
 * memory limit is read only where own_files_here.
 */
uint64_t chores_do(int64_t now_ns, struct timer_counts *counts);

/* All caches to the system at once. Bytes given back. */
uint64_t chores_trim(void);

/* Whether the mailbox holds something for the next round. */
bool chores_waiting(void);

void chores_after_fork(void);

#endif
