/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace out of memory, or out of a file that another process may be writing. Never follows a link,
 * never blocks on a FIFO or device.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/read/foreign.h"
#include "tools/read/trace_read.h"

/* The writer leaves a second between two heads as a rule, so the second read will do. */
#define READ_TRIES 20

int
trace_view_parse(struct trace_view *v, const void *bytes, size_t n,
		 char why[TRACE_VIEW_WHY])
{
	/* An empty input may come as NULL, which would mean a file. */
	struct trace_source src = {
		.memory = bytes != NULL ? bytes : (const unsigned char *)"",
		.size = n,
	};

	return trace_read_last(v, &src, why);
}

typedef int reader(struct trace_view *v, const struct trace_source *src,
		   char why[TRACE_VIEW_WHY]);

static int
load_fd(struct trace_view *v, int fd, reader *read, char why[TRACE_VIEW_WHY])
{
	struct trace_source src = {.fd = fd};
	struct stat st;
	int rc = -EAGAIN;

	for (int i = 0; i < READ_TRIES && rc == -EAGAIN; i++) {
		if (i > 0)
			nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
		if (fstat(fd, &st) != 0) {
			rc = -errno;
			snprintf(why, TRACE_VIEW_WHY, "%s", strerror(-rc));
			return rc;
		}
		foreign_belongs(st.st_uid);
		if (st.st_size > (off_t)TRACE_VIEW_MAX_FILE) {
			snprintf(why, TRACE_VIEW_WHY, "not a sidecar: larger than %u MB",
				 TRACE_VIEW_MAX_FILE >> 20);
			return -EINVAL;
		}
		src.size = (uint64_t)st.st_size;
		rc = read(v, &src, why);
	}
	if (rc == -EAGAIN)
		snprintf(why, TRACE_VIEW_WHY, "it changes faster than it can be read");
	return rc;
}

static int
load(struct trace_view *v, int dir, const char *path, reader *read,
     char why[TRACE_VIEW_WHY])
{
	int fd = foreign_regular(dir, path, O_NOFOLLOW);
	int rc;

	memset(v, 0, sizeof(*v));
	if (fd < 0) {
		rc = fd;
		snprintf(why, TRACE_VIEW_WHY, "%s",
			 rc == -ELOOP	  ? "a symbolic link, which is not followed"
			 : rc == -ENOTSUP ? "not a regular file"
					  : strerror(-rc));
		return rc;
	}
	rc = load_fd(v, fd, read, why);
	close(fd);
	return rc;
}

int
trace_view_load(struct trace_view *v, int dir, const char *path, char why[TRACE_VIEW_WHY])
{
	return load(v, dir, path, trace_read_last, why);
}

/* What stacks cost is told apart from the rest: a file without it, or damaged there, has its head. */
static int
peek(struct trace_view *v, const struct trace_source *src, char why[TRACE_VIEW_WHY])
{
	char ignored[TRACE_VIEW_WHY];
	int rc = trace_read_head(v, src, why);

	if (rc == 0)
		trace_read_costs(v, src, ignored);
	return rc;
}

int
trace_view_peek(struct trace_view *v, int dir, const char *path, char why[TRACE_VIEW_WHY])
{
	return load(v, dir, path, peek, why);
}

int
trace_view_load_newest(struct trace_view *v, int dir, const char *path,
		       char why[TRACE_VIEW_WHY])
{
	return load(v, dir, path, trace_read_newest, why);
}
