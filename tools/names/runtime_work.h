/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the runtime's own machine code is at work for, where no script is on the stack: a thread of its pool that
 * compresses, a socket that is read. Pure; called for blame.
 */
#ifndef TOOLS_RUNTIME_WORK_H
#define TOOLS_RUNTIME_WORK_H

#include <stdbool.h>

/* By the name of one of its functions, as C++ has it: "zlib", NULL if that tells nothing. */
const char *runtime_work(const char *function);

/*
 * True of what asks for memory that the runtime itself frees once somebody has taken it, a message of another thread's say:
 * no collection does.
 */
bool runtime_work_is_queue(const char *function);

#endif
