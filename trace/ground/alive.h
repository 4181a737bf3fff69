/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a thread of this process is still there. For tables that have a row for each thread, and
 * use it again. `process` is getpid(), which asks the kernel: once for many threads.
 */
#ifndef TRACE_ALIVE_H
#define TRACE_ALIVE_H

#include <stdbool.h>
#include <sys/types.h>

/* True: it has ended. False also where a filter of system calls may forbid to ask. Keeps errno. */
bool alive_has_ended(pid_t process, pid_t tid);

#endif
