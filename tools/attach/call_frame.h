/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of a signal handler, made by hand: a stopped thread that goes on with it calls a function, returns to where
 * handlers return to, and the kernel itself restores all registers and the mask of signals. Whoever made it may be
 * gone by then. Writes nothing: the caller has the thread.
 */
#ifndef TOOLS_CALL_FRAME_H
#define TOOLS_CALL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALL_FRAME_XSTATE 32768

/* A thread as it stands. */
struct call_frame_thread {
	uint64_t signal_mask;
	size_t xstate_bytes;
	unsigned char xstate[CALL_FRAME_XSTATE];
};

struct call_frame {
	uint64_t at;	     /* the lowest address that is written */
	size_t bytes;	     /* from there */
	unsigned char *text; /* what is written, to be freed */
};

/* False: not on this machine. Call it before a thread is stopped: it has a signal sent to us. */
bool call_frame_prepare(void);

#if defined(__x86_64__)
#include <sys/user.h>

/*
 * `regs` are the thread's, and become those to go on with: into `function`(`path`, `flags`). 0 or -ENOMEM, or
 * -ENOTSUP: it has registers that a frame of ours has no room for.
 */
int call_frame_make(struct call_frame *f, struct user_regs_struct *regs,
		    const struct call_frame_thread *t, uint64_t function,
		    const char *path, int flags, uint64_t return_at);

/* A wait that was interrupted by stopping is to begin again, where the kernel would not see to it. True: changed. */
bool call_frame_restart(struct user_regs_struct *regs);

/* The same for a frame, in which the kernel sees to none. */
void call_frame_restart_all(struct user_regs_struct *regs);
#endif

#endif
