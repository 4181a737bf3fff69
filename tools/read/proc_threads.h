/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The threads of a process, one after the other; none of one that has ended.
 */
#ifndef TOOLS_PROC_THREADS_H
#define TOOLS_PROC_THREADS_H

#include <dirent.h>
#include <stdbool.h>
#include <sys/types.h>

struct proc_threads {
	DIR *dir;
};

void proc_threads_begin(struct proc_threads *t, pid_t pid);
bool proc_threads_next(struct proc_threads *t, pid_t *tid);
void proc_threads_end(struct proc_threads *t);

/* Whether a thread of that name is seen in it. */
bool proc_has_thread(pid_t pid, const char *name);

#endif
