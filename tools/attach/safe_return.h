/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of a sleep that a call interrupts the kernel keeps how long it was still to last, and a signal frame has no room for
 * that. So a thread that slept is followed to the end of its call, and brought back by hand, as it was stopped: the
 * kernel goes on with the rest. Whoever does so may be gone at any moment: then the frame brings it back, with -EINTR.
 */
#ifndef TOOLS_SAFE_RETURN_H
#define TOOLS_SAFE_RETURN_H

#include "tools/attach/call_frame.h"

#include <sys/types.h>

#if defined(__x86_64__)

/* Whether a thread that stands so was in such a sleep. */
bool safe_return_wanted(const struct user_regs_struct *regs);

/*
 * The thread stands, and is to make a call that ends at `return_at`; before, it was `was` and `thread`. It is let go,
 * and detached from, in each case. Signals are blocked.
 */
void safe_return_follow(pid_t tid, const struct user_regs_struct *was,
			const struct call_frame_thread *thread, uint64_t return_at);

#endif

#endif
