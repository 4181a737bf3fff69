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
