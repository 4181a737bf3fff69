/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes of a container, seen from outside: there they have another pid, other files and, perhaps, other users.
 * /proc/PID/root leads into their files. What lies there was put there by them: a path is resolved as they
 * would resolve it, so that no link of theirs leads to a file of ours.
 */
#ifndef TOOLS_READ_CONTAINER_H
#define TOOLS_READ_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define CONTAINER_ROOT 32

struct container {
	pid_t inner; /* its pid as it knows it itself */
	uid_t user;  /* its user likewise */
	/* Before its paths, where its files are not ours: /proc/PID/root. Else "". */
	char root[CONTAINER_ROOT];
};

/* Of a process that this command sees as `pid` and whose user as `uid`. Without /proc: as if it were no container's. */
void container_of(pid_t pid, uid_t uid, struct container *c);

/* Whether a namespace ("pid", "mnt", "net" ...) of the process is known not to be ours. */
bool container_differs(pid_t pid, const char *space);

/*
 * The pid by which this command sees the process of another PID namespace that is `inner` there and started then;
 * 0 if there is none. What is asked often is found by one look at /proc for all.
 */
pid_t container_find(pid_t inner, uint64_t start_ticks);

/* How much of a path is /proc/PID/root, 0 if it does not begin so. Pure. */
size_t container_root_of(const char *path);

/*
 * openat, of a path below /proc/PID/root as that process resolves it. The descriptor, or -errno: -ENOSYS where
 * the kernel cannot do that (before Linux 5.6).
 */
int container_open(int folder, const char *path, int flags);

/* The user in the namespace of users that `map`, the text of a uid_map, describes; or -1. Pure. */
int64_t container_map_user(const char *map, uid_t outside);

/* The last number of the line NSpid in the text of a status, 0 if there is none; how many there are. Pure. */
pid_t container_inner_pid(const char *status, unsigned *depth);

#endif
