/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From Linux 6.9 on a pidfd is a file of the process's own, the same for all users and containers. Before, all of
 * them are one file, and the lock is on the process's folder, which is the same for all who see the same /proc.
 */
#include "tools/attach/attach_turn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#define OWN_FILES 0x50494446 /* "PIDF", of the file system that holds them */

static int
open_process(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct statfs s;
	char path[32];

	if (fd >= 0 && fstatfs(fd, &s) == 0 && s.f_type == OWN_FILES)
		return fd;
	if (fd >= 0)
		close(fd);
	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int
attach_turn_take(pid_t pid)
{
	int fd = open_process(pid);

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	int error = errno;
	close(fd);
	return error == EWOULDBLOCK ? -EBUSY : -error;
}
