/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line is "start-end rwxp offset dev inode   path".
 */
#include "trace/maps.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 4096

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
int
maps_read(bool (*each)(void *context, const struct maps_line *line), void *context)
{
	char text[LINE_BYTES + 1];
	size_t n = 0;
	ssize_t got = 0;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (;;) {
		char *end = n > 0 ? memchr(text, '\n', n) : NULL;

		if (end == NULL && n < LINE_BYTES) {
			do
				got = read(fd, text + n, LINE_BYTES - n);
			while (got < 0 && errno == EINTR);
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
	close(fd);
	return got < 0 ? -EIO : 0;
}
