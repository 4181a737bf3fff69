/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stack of a thread that is stopped and traced by us, unwound by its tables. With libunwind; built without
 * it nothing can be attached to.
 */
#ifndef TOOLS_THREAD_STACK_H
#define TOOLS_THREAD_STACK_H

#include "tools/attach/picture.h"

#define THREAD_STACK_FRAMES 256

/* False: this weir was built without libunwind. */
bool thread_stack_possible(void);

/* Before the first thread is stopped, so that it need not wait for it. */
void thread_stack_prepare(void);

/* It is stopped, with these registers. Fills frames, n and whole of `s`; `frames` is the caller's. */
struct user_regs_struct;
void thread_stack_read(struct safe_stack *s,
		       struct safe_frame frames[THREAD_STACK_FRAMES],
		       const struct picture *p, pid_t tid,
		       const struct user_regs_struct *regs);

#endif
