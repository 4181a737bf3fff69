/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of a script, for the stacks that `weir growth` shows. The name comes from a sidecar, which
 * is foreign: nothing but a regular file is opened, and one newer than the process is not shown.
 */
#include "tools/names/growth_source.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/read/foreign.h"

#define MAX_SOURCE (16 << 20)

/* Copies line `line` of what `in` reads; false if there is none. */
static bool
find_line(FILE *in, uint32_t line, char *buf, size_t size)
{
	size_t n = 0;
	int c = 0;

	for (uint32_t at = 1; at < line; at++) {
		do
			c = getc(in);
		while (c != '\n' && c != EOF);
		if (c == EOF)
			return false;
	}
	while ((c = getc(in)) != '\n' && c != EOF)
		if (n + 1 < size)
			buf[n++] = c == '\t' || c == '\0' ? ' ' : (char)c;
	if (n > 0 && buf[n - 1] == '\r')
		n--;
	buf[n] = '\0';
	return n > 0;
}

enum growth_source_state
growth_source_line(const char *file, uint32_t line, uint64_t started_unix_ns, char *buf,
		   size_t size)
{
	struct stat st;
	bool found;
	FILE *in;
	int fd;

	buf[0] = '\0';
	if (file[0] != '/' || line == 0)
		return GROWTH_SOURCE_NONE;
	fd = foreign_open(file);
	if (fd < 0)
		return GROWTH_SOURCE_GONE;
	if (fstat(fd, &st) != 0 || st.st_size > MAX_SOURCE ||
	    (in = fdopen(fd, "r")) == NULL) {
		close(fd);
		return GROWTH_SOURCE_GONE;
	}
	if ((uint64_t)st.st_mtim.tv_sec * 1000000000 + (uint64_t)st.st_mtim.tv_nsec >
	    started_unix_ns) {
		fclose(in);
		return GROWTH_SOURCE_NEWER;
	}
	found = find_line(in, line, buf, size);
	fclose(in);
	return found ? GROWTH_SOURCE_SHOWN : GROWTH_SOURCE_GONE;
}
