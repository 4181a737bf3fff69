/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate: a thread is inside weir at most once. What arrives while it is inside, from a signal
 * handler or from a library call of weir's own, goes to the next allocator, so that no lock of
 * weir's is ever taken twice by one thread. Also keeps errno for the caller.
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
