/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a file system is another machine's, or a program's: who writes there waits for it, and a host of one
 * thread writes its sidecar itself. Asked by what is read of /proc, since a filter of system calls may not know statfs.
 */
#ifndef PRELOAD_REMOTE_H
#define PRELOAD_REMOTE_H

#include <stdbool.h>
#include <sys/types.h>

/* `list` is /proc/thread-self/mountinfo, but in tests. False also where it cannot be read. Not for two threads at once. */
bool remote_device(const char *list, dev_t device);

#endif
