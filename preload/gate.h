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

extern _Thread_local volatile int gate_depth __attribute__((tls_model("initial-exec")));

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
	return true;
}

static inline void
gate_leave(const struct gate *g)
{
	errno = g->saved_errno;
	atomic_signal_fence(memory_order_seq_cst);
	gate_depth = 0;
}

#endif
