/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stack of a thread that is stopped and traced by us, unwound by its tables. With libunwind-ptrace; built without
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

/* Of which thread the stack will be read, while that still runs; end it before the picture goes. */
void thread_stack_begin(const struct picture *p, pid_t tid);
void thread_stack_end(void);

/* It is stopped. Fills frames, n and whole of `s`; `frames` is the caller's. */
void thread_stack_read(struct safe_stack *s,
		       struct safe_frame frames[THREAD_STACK_FRAMES]);

#endif
