/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory limit that the control groups of a process set, version 1 or 2.
 */
#ifndef TOOLS_MEMORY_LIMIT_H
#define TOOLS_MEMORY_LIMIT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct memory_limit {
	bool found;	      /* a memory controller is mounted */
	int version;	      /* 1 or 2 */
	bool limited;	      /* else there is no limit, and limit_bytes means nothing */
	uint64_t limit_bytes; /* the tightest of the group and those above it */
	uint64_t usage_bytes; /* of the group that sets it, or of the process's own */
	char path[PATH_MAX];  /* folder of that group */
};

/* `pid` 0: this process. Returns 0, or -errno if /proc cannot be read. */
int memory_limit_of(pid_t pid, struct memory_limit *limit);

/* What may still be taken: what is unused, and files that the kernel would drop. Of a limit that is set. */
uint64_t memory_limit_left(const struct memory_limit *limit);

/* The group's path in the lines of /proc/PID/cgroup. Pure. */
bool memory_limit_group(const char *cgroup_text, int version, char *path, size_t size);

/*
 * Mount point and root of the memory controller in the lines of mountinfo; the root is the
 * group that the mount point shows. Pure.
 */
bool memory_limit_mount(const char *mountinfo, int version, char *point, char *root,
			size_t size);

/*
 * The same from these texts: the group, its mount, and the files in it and above it. True if
 * there is a memory controller of this version.
 */
bool memory_limit_walk(struct memory_limit *limit, const char *cgroup_text,
		       const char *mountinfo, int version);

#endif
