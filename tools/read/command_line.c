/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process may write over its arguments, as npm does with a title of blanks: nothing of them is trusted.
 */
#include "tools/read/command_line.h"

#include <stdlib.h>
#include <string.h>

#include "tools/read/proc.h"

void
command_line_text(const char *arguments, size_t bytes, char *line, size_t size)
{
	size_t first = strnlen(arguments, bytes), from = 0, n = 0, i;

	for (i = 0; i < first; i++)
		if (arguments[i] == '/')
			from = i + 1;
	while (bytes > from && arguments[bytes - 1] == '\0')
		bytes--;
	for (i = from; i < bytes && n + 1 < size; i++) {
		unsigned char c = (unsigned char)arguments[i];

		line[n++] = c == '\0' ? ' ' : c < ' ' || c == 0x7f ? '?' : (char)c;
	}
	/* No part of a character at the end. */
	while (i < bytes && n > 0 && (arguments[i] & 0xc0) == 0x80) {
		i--;
		n--;
	}
	line[n] = '\0';
}

void
command_line_of(pid_t pid, char *line, size_t size)
{
	char *text;
	size_t bytes;

	line[0] = '\0';
	if (proc_text(pid, "cmdline", &text, &bytes) != 0)
		return;
	command_line_text(text, bytes, line, size);
	free(text);
}
