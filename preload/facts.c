/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small files of /proc and of the cgroup tree, read whole, parsed here.
 */
#include "preload/facts.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pool/sys.h"

/* Reads a file's start as a string, empty if it fails; length, or -errno. */
static ssize_t
read_file(const char *path, char *buf, size_t size)
{
	int fd = weir_sys_open(path, O_RDONLY | O_CLOEXEC, 0);
	size_t n = 0;

	buf[0] = '\0';
	if (fd < 0)
		return fd;
	while (n < size - 1) {
		ssize_t got = weir_sys_read(fd, buf + n, size - 1 - n);

		if (got == -EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	weir_sys_close(fd);
	buf[n] = '\0';
	return (ssize_t)n;
}

/* A decimal number at p; *end is what follows it. */
static uint64_t
number(const char *p, const char **end)
{
	uint64_t n = 0;

	while (*p == ' ' || *p == '\t')
		p++;
	for (; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + (uint64_t)(*p - '0');
	*end = p;
	return n;
}

static bool
read_number(const char *path, uint64_t *n)
{
	char buf[64];
	const char *end;

	if (read_file(path, buf, sizeof(buf)) <= 0 || buf[0] < '0' || buf[0] > '9')
		return false; /* missing, or "max" */
	*n = number(buf, &end);
	return true;
}

static _Atomic bool strict;

bool
facts_strict_commit(void)
{
	uint64_t mode;

	strict = read_number("/proc/sys/vm/overcommit_memory", &mode) && mode == 2;
	return strict;
}

uint64_t
facts_mappings_max(void)
{
	uint64_t most;

	return read_number("/proc/sys/vm/max_map_count", &most) ? most : 0;
}

static bool
status_says_filtered(const char *path)
{
	static const char name[] = "\nSeccomp:";
	char buf[4096];
	const char *p;

	if (read_file(path, buf, sizeof(buf)) <= 0)
		return false;
	p = strstr(buf, name);
	return p != NULL && number(p + strlen(name), &p) != 0;
}

bool
facts_is_filtered(void)
{
	if (status_says_filtered("/proc/self/status"))
		return true;
	return syscall(SYS_gettid) != getpid() &&
	       status_says_filtered("/proc/thread-self/status");
}

uint64_t
facts_start_ticks(void)
{
	char buf[1024];
	const char *p;

	if (read_file("/proc/self/stat", buf, sizeof(buf)) <= 0)
		return 0;
	/* The name, in brackets, may hold anything: count fields from its end. */
	p = strrchr(buf, ')');
	for (int field = 2; p != NULL && field < 22; field++)
		p = strchr(p + 1, ' ');
	return p != NULL ? number(p, &p) : 0;
}

uint64_t
facts_rss_peak(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}

/* Joins a mount point, a cgroup's path and a file name; false if too long. */
static bool
join(char *path, size_t size, const char *mount, const char *group, size_t group_len,
     const char *file)
{
	size_t m = strlen(mount), f = strlen(file);

	if (m + group_len + f + 1 > size)
		return false;
	memcpy(path, mount, m);
	memcpy(path + m, group, group_len);
	memcpy(path + m + group_len, file, f + 1);
	return true;
}

static uint64_t
named_number(const char *text, const char *name)
{
	const char *p = strstr(text, name);

	return p != NULL ? number(p + strlen(name), &p) : 0;
}

static void
promises(struct facts_memory *m)
{
	char buf[4096];

	if (read_file("/proc/meminfo", buf, sizeof(buf)) <= 0)
		return;
	m->promise_limit_bytes = named_number(buf, "\nCommitLimit:") * 1024;
	m->promised_bytes = named_number(buf, "\nCommitted_AS:") * 1024;
}

/*
 * File pages that were read once and can be dropped at any time are charged to the group as well: a
 * host that reads files stands at its limit all day without being near it.
 */
static uint64_t
droppable(const char *path, const char *name)
{
	char buf[8192];

	return read_file(path, buf, sizeof(buf)) > 0 ? named_number(buf, name) : 0;
}

/* The tightest limit from the group up to the root, and what is charged where it applies. */
static void
climb(const char *mount, const char *group, size_t len, const char *limit_file,
      const char *current_file, const char *stat_name, struct facts_memory *m)
{
	char path[4096];
	uint64_t limit, current;

	for (;;) {
		/* cgroup v1 says "no limit" by a number near 2^63. */
		if (join(path, sizeof(path), mount, group, len, limit_file) &&
		    read_number(path, &limit) && limit < (uint64_t)1 << 60 &&
		    (m->limit_bytes == 0 || limit < m->limit_bytes) &&
		    join(path, sizeof(path), mount, group, len, current_file) &&
		    read_number(path, &current)) {
			uint64_t files = 0;

			if (join(path, sizeof(path), mount, group, len, "/memory.stat"))
				files = droppable(path, stat_name);
			m->limit_bytes = limit;
			m->current_bytes = current > files ? current - files : 0;
		}
		if (len <= 1)
			return;
		do
			len--;
		while (len > 1 && group[len] != '/');
	}
}

/* Above memory.high the kernel kills nobody, but slows down whoever allocates: a limit as well. */
static void
climb_unified(const char *group, size_t len, struct facts_memory *m)
{
	static const char *const limits[] = {"/memory.max", "/memory.high"};

	for (int i = 0; i < 2; i++)
		climb("/sys/fs/cgroup", group, len, limits[i], "/memory.current",
		      "\ninactive_file ", m);
}

static void
cgroup_limits(struct facts_memory *m)
{
	char buf[4096];

	if (read_file("/proc/self/cgroup", buf, sizeof(buf)) <= 0)
		return;
	/* Lines "hierarchy:controllers:path"; version 2 has hierarchy 0 and no controllers. */
	for (char *line = buf, *end; *line != '\0'; line = end) {
		end = strchrnul(line, '\n');
		char *controllers = strchr(line, ':');
		char *path = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
		bool last = *end == '\0';

		*end = '\0';
		if (path != NULL && path < end) {
			size_t len = (size_t)(end - path - 1);

			if (path == controllers + 1)
				climb_unified(path + 1, len, m);
			else if (strncmp(controllers, ":memory:", 8) == 0)
				climb("/sys/fs/cgroup/memory", path + 1, len,
				      "/memory.limit_in_bytes", "/memory.usage_in_bytes",
				      "\ntotal_inactive_file ", m);
		}
		end += !last;
	}
}

void
facts_memory(struct facts_memory *m)
{
	char buf[256];
	const char *p;

	memset(m, 0, sizeof(*m));
	if (read_file("/proc/self/statm", buf, sizeof(buf)) > 0) {
		number(buf, &p);
		m->rss_bytes = number(p, &p) * (uint64_t)sysconf(_SC_PAGESIZE);
	}
	cgroup_limits(m);
	if (strict)
		promises(m);
}
