/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the filters of system calls (seccomp) of a thread that we have stopped do to the calls that loading the library
 * makes: a process may be ended by its own.
 */
#ifndef TOOLS_FILTERS_H
#define TOOLS_FILTERS_H

#include <stdbool.h>
#include <sys/types.h>

/* Whether this command may read others' filters: root's right, and it has none itself. */
bool filters_readable(void);

/*
 * 0: none ends it. -EPERM: one does, or may, for the call `*name`. -EACCES: they cannot be read; another -errno
 * likewise.
 */
int filters_examine(pid_t tid, const char **name);

#endif
