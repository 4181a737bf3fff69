/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads what the kernel says of memory, each with one sentence on what it means for weir.
 * Called by doctor; a fact that cannot be read is left out.
 */
#include "tools/host/machine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tools/host/launch.h"
#include "tools/read/memory_limit.h"
#include "tools/read/proc.h"
#include "tools/read/system_line.h"
#include "tools/text/show.h"

#define GROUP "machine"

static void
find_kernel(struct findings *f)
{
	struct utsname u;
	unsigned major = 0, minor = 0;
	const char *note = NULL;

	if (uname(&u) != 0)
		return;
	sscanf(u.release, "%u.%u", &major, &minor);
	if (major < 5 || (major == 5 && minor < 7))
		note = "before 5.7: a large realloc that moves copies its bytes";
	else if (major == 5 && minor < 17)
		note = "before 5.17: weir's mappings have no name in /proc/PID/maps";
	finding_add(f, GROUP, "kernel", note, "%s", u.release);
	finding_add(f, GROUP, "page size",
		    sysconf(_SC_PAGESIZE) <= 65536
			    ? NULL
			    : "weir works with 65536 at most: it does nothing here",
		    "%ld bytes", sysconf(_SC_PAGESIZE));
}

static void
find_huge_pages(struct findings *f)
{
	char line[128];
	const char *note = "weir asks for no huge pages";

	if (!system_line("/sys/kernel/mm/transparent_hugepage/enabled", line,
			 sizeof(line)))
		return;
	if (strstr(line, "[always]") != NULL)
		note = "a block may become resident in steps of 2 MB: more than was "
		       "touched";
	finding_add(f, GROUP, "huge pages", note, "%s", line);
}

static void
find_overcommit(struct findings *f)
{
	static const char *const meaning[] = {
		"heuristic: the usual",
		"always: nothing is refused",
		("never: what weir makes usable counts against the limit, and is given "
		 "back with the memory; what is refused goes to the program's own "
		 "allocator"),
	};
	char line[32];
	int mode;

	if (!system_line("/proc/sys/vm/overcommit_memory", line, sizeof(line)))
		return;
	mode = atoi(line);
	finding_add(f, GROUP, "overcommit", mode >= 0 && mode <= 2 ? meaning[mode] : NULL,
		    "%s", line);
}

static void
find_map_count(struct findings *f, pid_t pid)
{
	char line[32], limit[SHOW_VALUE], used[SHOW_VALUE];
	size_t n_maps;
	bool mapped;

	if (!system_line("/proc/sys/vm/max_map_count", line, sizeof(line)))
		return;
	show_count(limit, strtoull(line, NULL, 10));
	if (pid != 0 && proc_maps(pid, LAUNCH_SHIM, &n_maps, &mapped) == 0)
		finding_add(f, GROUP, "mappings",
			    n_maps > strtoull(line, NULL, 10) / 10 * 9
				    ? "nearly at the limit (vm.max_map_count): the "
				      "kernel will "
				      "refuse more, and weir passes requests on"
				    : NULL,
			    "%s of %s", show_count(used, n_maps), limit);
	else
		finding_add(f, GROUP, "mappings", NULL, "%s at most (vm.max_map_count)",
			    limit);
}

/* The soft limit in the lines of /proc/PID/limits. */
static void
find_address_space(struct findings *f, pid_t pid)
{
	char *text, *line, limit[SHOW_VALUE];
	uint64_t bytes;

	if (proc_text(pid, "limits", &text, NULL) != 0)
		return;
	line = strstr(text, "Max address space");
	if (line != NULL && sscanf(line, "Max address space %" SCNu64, &bytes) == 1)
		finding_add(
			f, GROUP, "address space",
			"limited (ulimit -v): weir reserves less at a time, and passes "
			"requests on when it is used up",
			"%s", show_bytes(limit, bytes));
	else if (line != NULL)
		finding_add(f, GROUP, "address space", NULL, "unlimited");
	free(text);
}

static void
find_memory(struct findings *f, pid_t pid)
{
	struct memory_limit m;
	char line[64], limit[SHOW_VALUE], usage[SHOW_VALUE];
	uint64_t kb;

	if (system_line("/proc/meminfo", line, sizeof(line)) &&
	    sscanf(line, "MemTotal: %" SCNu64, &kb) == 1)
		finding_add(f, GROUP, "memory", NULL, "%s", show_bytes(limit, kb * 1024));
	if (memory_limit_of(pid, &m) != 0)
		return;
	if (!m.found)
		finding_add(f, GROUP, "cgroup limit", NULL, "no memory controller");
	else if (!m.limited)
		finding_add(f, GROUP, "cgroup limit", NULL,
			    "none (version %d, %s in use)", m.version,
			    show_bytes(usage, m.usage_bytes));
	else
		finding_add(f, GROUP, "cgroup limit",
			    "unless the option cache_max is set, weir keeps less free "
			    "memory the "
			    "closer this comes",
			    "%s, %s in use (version %d, %s)",
			    show_bytes(limit, m.limit_bytes),
			    show_bytes(usage, m.usage_bytes), m.version, m.path);
}

void
machine_findings(struct findings *f, pid_t pid)
{
	find_kernel(f);
	find_memory(f, pid);
	find_huge_pages(f);
	find_overcommit(f);
	find_map_count(f, pid);
	find_address_space(f, pid);
}
