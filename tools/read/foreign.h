/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening what a sidecar names. Whoever wrote it chose the names: root, who looks at another user's process,
 * opens these files with that user's rights, and nobody opens what is no regular file: to open a device or a
 * pipe may already do something.
 */
#ifndef TOOLS_READ_FOREIGN_H
#define TOOLS_READ_FOREIGN_H

#include <sys/types.h>

/* A descriptor for reading, of a regular file, whoever's; or -errno, -ENOTSUP if it is another thing. */
int foreign_regular(int folder, const char *path, int flags);

/* Told of each sidecar that is looked at: whose it is. */
void foreign_belongs(uid_t uid);

/* And of which files it speaks: "" for ours, or those below /proc/PID/root. */
void foreign_within(const char *root);

/* The same as foreign_regular, of an absolute path in a sidecar, with the rights of the sidecar's owner. */
int foreign_open(const char *path);

/* Between these, all files are opened with the rights of the sidecar's owner. Not nested. */
void foreign_begin(void);
void foreign_end(void);

#endif
