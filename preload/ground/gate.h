/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate: a thread is inside weir at most once. An allocation that arrives while it is inside (by a
 * signal handler, or a library call that weir makes) goes to the next allocator. So no thread ever
 * waits for a lock that it holds itself. Also restores errno for the caller.
 */
#ifndef PRELOAD_GATE_H
#define PRELOAD_GATE_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "pool/lock.h"

extern _Thread_local volatile int gate_depth __attribute__((tls_model("initial-exec")));

/* What the next visitor of the gate does first; NULL: nothing. */
extern _Atomic(void (*)(void)) gate_first __attribute__((visibility("hidden")));

/* When the process began: loaded weir, or was forked. CLOCK_MONOTONIC. */
extern int64_t gate_born_ns __attribute__((visibility("hidden")));

/*
 * Whose memory this is, and whether the caller is another process with this memory (vfork), or a copy that
 * weir was not told of (_Fork, clone). A thread of its would end with it, and a sidecar would bear its
 * number.
 */
extern pid_t gate_process __attribute__((visibility("hidden")));
bool gate_guest(void);

/* Whether any thread is between gate_speak and gate_spoken; nobody is, in a forked child. */
bool gate_anyone_speaks(void);
void gate_after_fork(void);

/*
 * A filter of system calls has come, or comes now, under which weir makes no call but those on its memory: no file, no
 * thread, no question, so that everybody counts as a guest. For ever, in forked children as well.
 */
extern _Atomic bool gate_fell_silent __attribute__((visibility("hidden")));

static inline bool
gate_silent(void)
{
	return atomic_load_explicit(&gate_fell_silent, memory_order_relaxed);
}

/* For what many threads count at once. */
#define GATE_SHARDS 8

static inline unsigned
gate_shard(void)
{
	return weir_thread_shard(&gate_depth, GATE_SHARDS);
}

/* What takes many calls is not to be in the midst of them when silence falls. False: it has. True: gate_spoken after it. */
extern struct gate_speakers {
	_Atomic unsigned n;
} __attribute__((aligned(64))) gate_speakers[GATE_SHARDS]
	__attribute__((visibility("hidden")));

static inline void
gate_spoken(void)
{
	atomic_fetch_sub(&gate_speakers[gate_shard()].n, 1);
}

/*
 * Who falls silent says so and then looks who speaks; who speaks counts first and then looks whether silence has fallen.
 * Both in one order of all (seq_cst): else a processor may look before others see that it has counted.
 */
static inline bool
gate_speak(void)
{
	atomic_fetch_add(&gate_speakers[gate_shard()].n, 1);
	if (!atomic_load(&gate_fell_silent))
		return true;
	gate_spoken();
	return false;
}

struct gate {
	int saved_errno;
};

static inline bool
gate_enter(struct gate *g)
{
	if (gate_depth != 0)
		return false;
	gate_depth = 1;
	atomic_signal_fence(memory_order_seq_cst);
	g->saved_errno = errno;
	void (*first)(void) = atomic_load_explicit(&gate_first, memory_order_acquire);
	if (__builtin_expect(first != NULL, 0))
		first();
	return true;
}

static inline void
gate_leave(const struct gate *g)
{
	errno = g->saved_errno;
	atomic_signal_fence(memory_order_seq_cst);
	gate_depth = 0;
}

/* For what takes locks, be the gate shut or not. */
static inline void
gate_wake(void)
{
	struct gate g;

	if (__builtin_expect(gate_first != NULL, 0) && gate_enter(&g))
		gate_leave(&g);
}

#endif
