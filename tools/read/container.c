/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Namespaces and roots by /proc. Called by locate and by whatever opens a file of another process's; reads only.
 */
#include "tools/read/container.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tools/read/proc.h"

/* As in <linux/openat2.h>, which older systems lack. */
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#define NO_MAGIC_LINKS 0x02
#define IN_ROOT	       0x10

struct how {
	uint64_t flags, mode, resolve;
};

bool
container_differs(pid_t pid, const char *space)
{
	char path[32], its[64], own[64];

	snprintf(path, sizeof(path), "ns/%s", space);
	return proc_link(pid, path, its, sizeof(its)) == 0 &&
	       proc_link(0, path, own, sizeof(own)) == 0 && strcmp(its, own) != 0;
}

int64_t
container_map_user(const char *map, uid_t outside)
{
	uint32_t inner, outer, count;

	for (const char *line = map; line != NULL && *line != '\0';) {
		if (sscanf(line, "%" SCNu32 "%" SCNu32 "%" SCNu32, &inner, &outer,
			   &count) != 3)
			return -1;
		if (outside >= outer && outside - outer < count)
			return (int64_t)inner + (outside - outer);
		line = strchr(line, '\n');
		line += line != NULL;
	}
	return -1;
}

pid_t
container_inner_pid(const char *status, unsigned *depth)
{
	const char *p = strstr(status, "\nNSpid:");
	pid_t inner = 0;

	*depth = 0;
	if (p == NULL)
		return 0;
	p += strlen("\nNSpid:");
	while (*p == '\t' || *p == ' ') {
		char *end;
		long n = strtol(p, &end, 10);

		if (end == p || n <= 0 || n > INT32_MAX)
			break;
		inner = (pid_t)n;
		++*depth;
		p = end;
	}
	return inner;
}

static bool
has_own_root(pid_t pid)
{
	char path[CONTAINER_ROOT];
	struct stat its, own;

	if (container_differs(pid, "mnt"))
		return true;
	snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
	return stat(path, &its) == 0 && stat("/", &own) == 0 &&
	       (its.st_dev != own.st_dev || its.st_ino != own.st_ino);
}

void
container_of(pid_t pid, uid_t uid, struct container *c)
{
	unsigned depth;
	char *text;

	*c = (struct container){.inner = pid, .user = uid};
	if (proc_text(pid, "status", &text, NULL) == 0) {
		pid_t inner = container_inner_pid(text, &depth);

		if (inner > 0)
			c->inner = inner;
		free(text);
	}
	if (container_differs(pid, "user") &&
	    proc_text(pid, "uid_map", &text, NULL) == 0) {
		int64_t user = container_map_user(text, uid);

		if (user >= 0)
			c->user = (uid_t)user;
		free(text);
	}
	if (has_own_root(pid))
		snprintf(c->root, sizeof(c->root), "/proc/%d/root", (int)pid);
}

size_t
container_root_of(const char *path)
{
	static const char start[] = "/proc/", end[] = "/root";
	size_t n = sizeof(start) - 1, digits;

	if (strncmp(path, start, n) != 0)
		return 0;
	digits = strspn(path + n, "0123456789");
	if (digits == 0 || digits > 10 ||
	    strncmp(path + n + digits, end, sizeof(end) - 1) != 0)
		return 0;
	n += digits + sizeof(end) - 1;
	return path[n] == '/' ? n : 0;
}

int
container_open(int folder, const char *path, int flags)
{
	size_t n = container_root_of(path);
	char root[CONTAINER_ROOT];
	int fd, within;

	if (n == 0 || n >= sizeof(root)) {
		fd = openat(folder, path, flags);
		return fd < 0 ? -errno : fd;
	}
	struct how how = {.flags = (uint64_t)flags, .resolve = IN_ROOT | NO_MAGIC_LINKS};

	snprintf(root, sizeof(root), "%.*s", (int)n, path);
	within = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (within < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, within, path + n, &how, sizeof(how));
	fd = fd < 0 ? -errno : fd;
	close(within);
	return fd;
}

/* Those of other PID namespaces, at the last look. */
struct known {
	pid_t pid, inner;
	uint64_t start_ticks;
};

static struct known *found;
static size_t n_found;
static time_t looked_at;

static bool
look_at(pid_t pid, struct known *k)
{
	struct proc_stat st;
	unsigned depth;
	char *text;

	if (proc_text(pid, "status", &text, NULL) != 0)
		return false;
	*k = (struct known){.pid = pid, .inner = container_inner_pid(text, &depth)};
	free(text);
	if (depth < 2 || proc_stat(pid, &st) != 0 || st.ended)
		return false;
	k->start_ticks = st.start_ticks;
	return true;
}

static void
look_around(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;
	struct known k;
	pid_t pid;

	n_found = 0;
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		if (!proc_is_pid(d->d_name, &pid) || pid <= 0 || !look_at(pid, &k))
			continue;
		/* In steps of 64. */
		struct known *more =
			n_found % 64 != 0 ? found
					  : reallocarray(found, n_found + 64, sizeof(k));
		if (more == NULL)
			break;
		found = more;
		found[n_found++] = k;
	}
	if (dir != NULL)
		closedir(dir);
}

pid_t
container_find(pid_t inner, uint64_t start_ticks)
{
	struct timespec now;
	struct proc_stat st;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (looked_at == 0 || now.tv_sec > looked_at) {
		look_around();
		looked_at = now.tv_sec > 0 ? now.tv_sec : 1;
	}
	for (size_t i = 0; i < n_found; i++)
		if (found[i].inner == inner && found[i].start_ticks == start_ticks &&
		    proc_stat(found[i].pid, &st) == 0 && !st.ended &&
		    st.start_ticks == start_ticks)
			return found[i].pid;
	return 0;
}
