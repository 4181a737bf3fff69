/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line of /proc/self/maps that an address lies in, and its file's name.
 */
#include "preload/where.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* Static, for a message may be written on a signal's small stack; one at a time. */
static char buf[8192];
static atomic_flag taken = ATOMIC_FLAG_INIT;

static uint64_t
hex(const char **at)
{
	uint64_t n = 0;

	for (;; ++*at) {
		char c = **at;

		if (c >= '0' && c <= '9')
			n = n << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			n = n << 4 | (uint64_t)(c - 'a' + 10);
		else
			return n;
	}
}

/* "start-end perms offset device inode  path"; false if the address is not in it. */
static bool
say_if_in(struct line *l, const char *row, uint64_t address)
{
	uint64_t start = hex(&row);
	uint64_t end = *row == '-' ? (row++, hex(&row)) : 0;

	if (address < start || address >= end || strlen(row) < 7)
		return false;
	row += 6; /* " r-xp " */
	uint64_t offset = hex(&row);
	const char *name = strrchr(row, '/');
	line_text(l, name != NULL ? name + 1 : "code");
	line_text(l, "+");
	line_pointer(l, (void *)(uintptr_t)(name != NULL ? address - start + offset
							 : address));
	return true;
}

static bool
search(struct line *l, int fd, uint64_t address)
{
	size_t n = 0;

	for (;;) {
		ssize_t got = read(fd, buf + n, sizeof(buf) - 1 - n);
		char *row = buf, *end;

		if (got <= 0)
			return false;
		n += (size_t)got;
		buf[n] = '\0';
		while ((end = strchr(row, '\n')) != NULL) {
			*end = '\0';
			if (say_if_in(l, row, address))
				return true;
			row = end + 1;
		}
		n -= (size_t)(row - buf);
		memmove(buf, row, n);
		if (n == sizeof(buf) - 1)
			return false; /* no path is that long */
	}
}

void
line_where(struct line *l, const void *address)
{
	int saved_errno = errno;
	bool found = false;

	if (!atomic_flag_test_and_set(&taken)) {
		int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

		if (fd >= 0) {
			found = search(l, fd, (uintptr_t)address);
			close(fd);
		}
		atomic_flag_clear(&taken);
	}
	if (!found)
		line_pointer(l, address);
	errno = saved_errno;
}
