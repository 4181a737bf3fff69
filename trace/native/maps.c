/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line is "start-end rwxp offset dev inode   path".
 */
#include "trace/native/maps.h"

#include <errno.h>
#include <string.h>

#include "pool/lock.h"
#include "pool/sys.h"

#define LINE_BYTES 4096

/* Static: a host's stack may be small, a signal's more so. One reading at a time. */
static char text[LINE_BYTES + 1];
static struct weir_lock reading;

static uint64_t
number(const char **p, unsigned base)
{
	uint64_t n = 0;

	for (;; (*p)++) {
		unsigned c = (unsigned char)**p, digit;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if (base == 16 && c >= 'a' && c <= 'f')
			digit = c - 'a' + 10;
		else
			return n;
		n = n * base + digit;
	}
}

static const char *
past_spaces(const char *p)
{
	while (*p == ' ')
		p++;
	return p;
}

static bool
parse(const char *p, struct maps_line *line)
{
	line->start = number(&p, 16);
	if (*p++ != '-')
		return false;
	line->end = number(&p, 16);
	if (*p++ != ' ' || strlen(p) < 5)
		return false;
	line->readable = p[0] == 'r';
	line->executable = p[2] == 'x';
	p += 5;
	line->offset = number(&p, 16);
	p = past_spaces(p);
	p += strcspn(p, " ");
	p = past_spaces(p);
	line->inode = number(&p, 10);
	line->path = past_spaces(p);
	return true;
}

/* What a line too long leaves over is no line: it does not parse. */
static int
read_lines(int fd, bool (*each)(void *context, const struct maps_line *line),
	   void *context)
{
	size_t n = 0;
	ssize_t got = 0;

	for (;;) {
		char *end = n > 0 ? memchr(text, '\n', n) : NULL;

		if (end == NULL && n < LINE_BYTES) {
			do
				got = weir_sys_read(fd, text + n, LINE_BYTES - n);
			while (got == -EINTR);
			if (got > 0) {
				n += (size_t)got;
				continue;
			}
			if (n == 0)
				break;
		}
		struct maps_line line;
		size_t length = end != NULL ? (size_t)(end - text) : n;

		text[length] = '\0';
		if (parse(text, &line) && !each(context, &line))
			break;
		length += end != NULL;
		memmove(text, text + length, n - length);
		n -= length;
	}
	return got < 0 ? -EIO : 0;
}

int
maps_read(bool (*each)(void *context, const struct maps_line *line), void *context)
{
	if (!weir_trylock(&reading))
		return -EBUSY;
	int fd = weir_sys_open("/proc/thread-self/maps", O_RDONLY | O_CLOEXEC, 0);
	int rc = fd < 0 ? fd : read_lines(fd, each, context);
	if (fd >= 0)
		weir_sys_close(fd);
	weir_unlock(&reading);
	return rc;
}

void
maps_after_fork(void)
{
	weir_lock_reset(&reading);
}
