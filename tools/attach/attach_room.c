/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A limit counts though the process has the capability to exceed it: the library's thread has none.
 */
#include "tools/attach/attach_room.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>

#include "tools/read/memory_limit.h"
#include "tools/read/proc.h"
#include "tools/text/show.h"

#define LIBRARY_MOST ((uint64_t)32 << 20)
#define GROUP_LEAST  ((uint64_t)4 << 20) /* it takes one at first */

bool
attach_room_all_locked(int64_t mapped, int64_t locked)
{
	return mapped > 0 && locked > mapped / 2;
}

/* What the library takes must be little of what the process may still have. */
static bool
has_memory(pid_t pid, const char *status, char *why, size_t size)
{
	static const struct {
		int limit;
		const char *used, *name;
	} limits[] = {
		{RLIMIT_AS, "\nVmSize:", "address space (RLIMIT_AS)"},
		{RLIMIT_DATA, "\nVmData:", "data (RLIMIT_DATA)"},
		{RLIMIT_MEMLOCK, "\nVmLck:", "locked memory (RLIMIT_MEMLOCK, mlockall)"},
	};
	bool locked = attach_room_all_locked(proc_status_number(status, "\nVmSize:", 10),
					     proc_status_number(status, "\nVmLck:", 10));

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		int64_t kilobytes = proc_status_number(status, limits[i].used, 10);
		char left[SHOW_VALUE];
		struct rlimit l;

		if (kilobytes < 0 || prlimit(pid, limits[i].limit, NULL, &l) != 0 ||
		    l.rlim_cur == RLIM_INFINITY ||
		    (limits[i].limit == RLIMIT_MEMLOCK && !locked))
			continue;
		uint64_t used = (uint64_t)kilobytes << 10;
		uint64_t room = l.rlim_cur > used ? l.rlim_cur - used : 0;
		if (room >= LIBRARY_MOST)
			continue;
		show_format(why, size,
			    "its limit of %s leaves %s, and the library may take %d MB",
			    limits[i].name, show_bytes(left, room),
			    (int)(LIBRARY_MOST >> 20));
		return false;
	}
	return true;
}

/* A group that may have no more ends whoever asks for it. */
static bool
has_group(pid_t pid, char *why, size_t size)
{
	char left[SHOW_VALUE], limit[SHOW_VALUE];
	struct memory_limit m;

	if (memory_limit_of(pid, &m) != 0 || !m.found || !m.limited)
		return true;
	uint64_t room = memory_limit_left(&m);
	if (room >= GROUP_LEAST)
		return true;
	show_format(
		why, size,
		"its control group leaves %s of %s, and a library that takes more ends "
		"it: raise the limit for that long (%s)",
		show_bytes(left, room), show_bytes(limit, m.limit_bytes), m.path);
	return false;
}

/* The library's file is opened, closed again, and so are those that it reads. */
static bool
has_descriptor(pid_t pid, char *why, size_t size)
{
	char path[64];
	struct rlimit l;
	struct dirent *e;
	uint64_t n = 0;

	if (prlimit(pid, RLIMIT_NOFILE, NULL, &l) != 0)
		return true;
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	DIR *d = opendir(path);
	if (d == NULL)
		return true;
	while ((e = readdir(d)) != NULL) {
		pid_t fd;

		n += proc_is_pid(e->d_name, &fd) && fd >= 0 && (uint64_t)fd < l.rlim_cur;
	}
	closedir(d);
	if (n < l.rlim_cur)
		return true;
	show_format(
		why, size,
		"it has as many files open as it may (%llu, RLIMIT_NOFILE), and cannot "
		"open a library: prlimit --pid %d --nofile=%llu: lets it",
		(unsigned long long)l.rlim_cur, (int)pid,
		(unsigned long long)l.rlim_cur + 16);
	return false;
}

bool
attach_room_left(pid_t pid, const char *status, char *why, size_t size)
{
	return has_memory(pid, status, why, size) && has_descriptor(pid, why, size) &&
	       has_group(pid, why, size);
}
