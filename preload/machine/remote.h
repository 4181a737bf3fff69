/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a file system is another machine's, or a program's: who writes there waits for it, and a host of one
 * thread writes its sidecar itself. Asked by what is read of /proc, since a filter of system calls may not know statfs.
 */
#ifndef PRELOAD_REMOTE_H
#define PRELOAD_REMOTE_H

#include <stdbool.h>

/*
 * Whether such a one is on the way to a path, which is not asked: a server that is gone would never answer. Only links
 * are read, of what is not remote. Not the root: who runs there waits for it all the time. `list` is
 * /proc/thread-self/mountinfo, but in tests. False also where it cannot be read. Not for two threads at once.
 */
bool remote_on_way(const char *list, const char *path);

#endif
