/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the clock sleeps: until the host changes its state, somebody writes into the mailbox of the
 * sidecar, or time has passed. Raw futex calls: no cancellation point. Called by timer.c.
 */
#ifndef PRELOAD_BELL_H
#define PRELOAD_BELL_H

#include <stdbool.h>
#include <stdint.h>

/* What the clock of a process with a sidecar listens to. */
struct bell_mail {
	bool exists;
	const uint32_t
		*word; /* mapped for this alone, never loaded from; NULL: it cannot be */
	uint32_t silent; /* what it says while nobody asks for anything */
};

/* Without a word to wait for, a mailbox is looked into so often: who asks does not notice the wait. */
#define BELL_LOOK_NS 1000000000ll

/*
 * Returns once *state is not `now`, or somebody may have written into the mailbox, or after `ns`; or
 * earlier.
 */
void bell_sleep(const _Atomic uint32_t *state, uint32_t now, struct bell_mail mail,
		uint64_t ns);

/* Whoever sleeps on the state looks again. */
void bell_ring(const _Atomic uint32_t *state);

/*
 * A filter of system calls comes that may kill for what few programs call: whoever sleeps so is awake when this
 * returns, and does not again. Any thread.
 */
void bell_use_common_calls(void);

#endif
