/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens and reads a sidecar. Called by the subcommands; never follows a link, never blocks on
 * a FIFO or device, never maps the file (another process may cut it at any moment).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/read/foreign.h"
#include "tools/read/sidecar.h"

/*
 * The writer may be at work: a reader that it overtakes could see two equal numbers around
 * words of two ages, and within one read nothing is in order at all. Two reads that agree cannot both be that: the
 * first one saw seq_begin, after which no word is older, before the second one saw them all; the second one saw
 * seq_end, before which none is newer, after the first one had seen them (tests/unit/test_weak_order.c). A writer needs
 * 10 ms at least between writes, so the second or third pair agrees.
 */
#define READ_PAIRS 8

static ssize_t
read_whole(int fd, unsigned char *buf, size_t size)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = pread(fd, buf + n, size - n, (off_t)n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

/* Two equal reads in a row, in `a`; its length or -errno. */
static ssize_t
read_settled(int fd, unsigned char *a, unsigned char *b, size_t size)
{
	ssize_t n = read_whole(fd, a, size);

	for (int i = 0; n >= 0 && i < READ_PAIRS; i++) {
		ssize_t again = read_whole(fd, b, size);

		if (again < 0 || (again == n && memcmp(a, b, (size_t)n) == 0))
			return again < 0 ? again : n;
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		n = read_whole(fd, a, size);
	}
	return n < 0 ? n : -EAGAIN;
}

/*
 * How much of the file is worth reading: the header and its slots. A trace may lie behind them,
 * a thousand times as long (trace_load.c).
 */
static size_t
extent(int fd, off_t file_bytes)
{
	size_t most = file_bytes < (off_t)SIDECAR_MAX_BYTES ? (size_t)file_bytes
							    : SIDECAR_MAX_BYTES;
	struct weir_stats_header h;
	uint64_t slots;

	if (pread(fd, &h, sizeof(h), 0) != (ssize_t)sizeof(h) ||
	    h.header_bytes < sizeof(h))
		return most;
	slots = (uint64_t)h.slot_bytes * (h.n_slots < 16 ? h.n_slots : 16);
	return h.header_bytes + slots < most ? h.header_bytes + (size_t)slots : most;
}

static int
load_fd(struct sidecar *s, int fd, char why[SIDECAR_WHY])
{
	struct stat st;
	ssize_t n;
	int rc;

	if (fstat(fd, &st) != 0) {
		rc = -errno;
		snprintf(why, SIDECAR_WHY, "%s", strerror(-rc));
		return rc;
	}
	if (st.st_size > (off_t)SIDECAR_MAX_FILE) {
		snprintf(why, SIDECAR_WHY, "not a sidecar: larger than %u MB",
			 SIDECAR_MAX_FILE >> 20);
		return -EINVAL;
	}
	size_t size = extent(fd, st.st_size);
	unsigned char *bytes = malloc(size > 0 ? 2 * size : 1);

	if (bytes == NULL) {
		snprintf(why, SIDECAR_WHY, "out of memory");
		return -ENOMEM;
	}
	n = read_settled(fd, bytes, bytes + size, size);
	if (n == -EAGAIN)
		snprintf(why, SIDECAR_WHY, "it changes faster than it can be read");
	else if (n < 0)
		snprintf(why, SIDECAR_WHY, "%s", strerror((int)-n));
	rc = n < 0 ? (int)n : sidecar_parse(s, bytes, (size_t)n, why);
	free(bytes);
	return rc;
}

int
sidecar_load(struct sidecar *s, int dir, const char *path, char why[SIDECAR_WHY])
{
	int fd = foreign_regular(dir, path, O_NOFOLLOW);
	int rc;

	memset(s, 0, sizeof(*s));
	if (fd < 0) {
		rc = fd;
		if (rc == -ELOOP)
			snprintf(why, SIDECAR_WHY,
				 "a symbolic link, which is not followed");
		else if (rc == -ENOTSUP)
			snprintf(why, SIDECAR_WHY, "not a regular file");
		else
			snprintf(why, SIDECAR_WHY, "%s", strerror(-rc));
		return rc;
	}
	rc = load_fd(s, fd, why);
	close(fd);
	return rc;
}
