/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A load in a cgroup that allows 1.2 times its live peak: an allocator that keeps too much is
 * killed. Needs a writable memory controller, of version 1 or 2; says so where there is none.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/alloc_cases.h"
#include "bench/gauge.h"

#define LIVE_PEAK (192 * MB)
#define LIMIT	  (LIVE_PEAK / 5 * 6)

static int
write_file(const char *dir, const char *name, const char *text)
{
	char path[PATH_MAX];
	int fd, rc = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

/* Makes a group with the limit; returns 0 or -errno. */
static int
make_group(char dir[PATH_MAX])
{
	static const struct {
		const char *root;
		const char *limit;
	} versions[] = {
		{"/sys/fs/cgroup/memory", "memory.limit_in_bytes"},
		{"/sys/fs/cgroup", "memory.max"},
	};
	char bytes[32];
	int rc = -ENOENT;

	snprintf(bytes, sizeof(bytes), "%zu", (size_t)LIMIT);
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		snprintf(dir, PATH_MAX, "%s/weir-bench-%d", versions[i].root,
			 (int)getpid());
		rc = mkdir(dir, 0755) == 0 ? 0 : -errno;
		if (rc != 0)
			continue;
		rc = write_file(dir, versions[i].limit, bytes);
		if (rc == 0)
			return 0;
		rmdir(dir);
	}
	return rc;
}

/* Runs this program's case `limited` in the group. */
static int
run_in(const char *dir, double scale)
{
	char self[32], times[32];
	pid_t child;
	int status = -1;

	snprintf(times, sizeof(times), "%g", scale);
	child = fork();
	if (child == 0) {
		snprintf(self, sizeof(self), "%d", (int)getpid());
		if (write_file(dir, "cgroup.procs", self) != 0)
			_exit(126);
		execl("/proc/self/exe", "alloc_bench", "--scale", times, "limited",
		      (char *)NULL);
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return status;
}

void
alloc_limit(double scale)
{
	struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "1 if killed");
	char dir[PATH_MAX], why[128];
	int rc = make_group(dir);

	if (rc != 0) {
		snprintf(why, sizeof(why), "no memory cgroup to be made here: %s",
			 strerror(-rc));
		gauge_skip(ALLOC_PROGRAM, "limit", why);
		return;
	}
	int status = run_in(dir, scale);

	rmdir(dir);
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
		fprintf(stderr, "alloc_bench: the limited run failed with %d\n",
			WEXITSTATUS(status));
		exit(1);
	}
	row.value = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	gauge_which(&row, "limit.killed");
	gauge_print(&row);
}

/* Fills the live set with blocks of one size after the other: what is kept is of no use. */
void
alloc_limited(double scale)
{
	static const size_t sizes[] = {4 * MB, 24 * MB, MB, 12 * MB, 2 * MB, 48 * MB};
	struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "ms");
	size_t rounds = alloc_rounds(4, scale);
	uint64_t start = gauge_now();
	static void *live[LIVE_PEAK / MB];

	for (size_t i = 0; i < rounds * sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t size = sizes[i % (sizeof(sizes) / sizeof(sizes[0]))];
		size_t n = LIVE_PEAK / size;

		for (size_t k = 0; k < n; k++) {
			live[k] = alloc_some(size);
			memset(live[k], 1, size);
		}
		for (size_t k = 0; k < n; k++)
			free(live[k]);
	}
	row.value = (double)(gauge_now() - start) / 1e6;
	row.peak_mb = gauge_status_mb("VmHWM:");
	gauge_which(&row, "limit.time");
	gauge_print(&row);
}
