/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock's thread: made so that it is nobody's burden. It has ordinary scheduling whoever made
 * it, no capability that it does not need, all signals blocked, and ends before the C library could take
 * it for the last thread of the host. Called by timer.c.
 */
#ifndef PRELOAD_THREAD_H
#define PRELOAD_THREAD_H

#include <stdbool.h>

#include "pool/lock.h"

/* Notes how the process's first thread is scheduled; best while it has no other. */
void thread_note_process(void);

/*
 * How many threads the process has, a first one that has ended included; a number above 2 where that
 * cannot be known.
 */
unsigned thread_count(void);

/* Whether the kernel knows of another thread than the caller; false where that cannot be known. Changes errno. */
bool thread_has_others(void);

/* False where the C library says that there never was a second thread. Any time, two loads. */
static inline bool
thread_may_be_many(void)
{
	return !weir_lock_is_alone();
}

/* Starts the one thread; 0 or -errno. */
int thread_start(void *(*run)(void *));

/* Waits until it has ended. No cancellation point. */
void thread_join(void);

/*
 * On the new thread, first: ordinary scheduling, and only the capabilities that it needs. Later, after
 * each piece of work: what it needs no more, and what the first thread has no more, goes too.
 */
void thread_be_ordinary(void);
void thread_drop_capabilities(bool makes_files);

#endif
