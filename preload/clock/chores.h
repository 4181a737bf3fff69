/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the clock has to do: answer mail, give memory back, keep within limits, write the sidecar. All
 * calls under the timer's work lock, but where it is said otherwise.
 */
#ifndef PRELOAD_CHORES_H
#define PRELOAD_CHORES_H

#include <stdbool.h>
#include <stdint.h>

/* By the background thread, by the only thread, by one of several of the host's. */
enum chores_by { CHORES_BY_CLOCK, CHORES_BY_ONE, CHORES_BY_MANY };

/*
 * What is due though nobody asks anything of weir: rows go on, and a process may be worth a sidecar
 * by its size alone. Not by one of several. Nanoseconds until the next; UINT64_MAX: none.
 */
uint64_t chores_beat(int64_t now_ns, enum chores_by by);

/*
 * One round. Returns the nanoseconds until the next is due; UINT64_MAX: nothing to do. A thread of the
 * host's does a little of it at a time; one of several opens no file for a limit, which another might see.
 */
uint64_t chores_do(int64_t now_ns, enum chores_by by);

/* The background thread could not be started. Any time. */
void chores_count_failure(void);

/* All caches to the system at once. Bytes given back. */
uint64_t chores_trim(void);

/* Whether the mailbox holds something for the next round. */
bool chores_waiting(void);

/* The process is worth a sidecar by its size. */
bool chores_worth_a_record(void);

/* The last write of the sidecar; `ends`: because the process does. */
void chores_last_words(int64_t now_ns, bool ends);

/* The clock ends: no more is kept than where nobody gives anything back. */
void chores_hand_over(int64_t now_ns);

void chores_after_fork(void);

#endif
