/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The name is the program's own word and may be anything: it counts only if it leads to the same file.
 */
#include "tools/read/program_path.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/text/show.h"

static bool
leads_to(const char *path, const char *file)
{
	char real[PATH_MAX];

	return realpath(path, real) != NULL && strcmp(real, file) == 0;
}

const char *
program_path(const struct weir_stats_header *h, char path[PATH_MAX])
{
	const char *slash = strrchr(h->exe, '/');
	/* A title may be written over it, with blanks behind the name. */
	size_t n = strnlen(h->command, sizeof(h->command));
	size_t word = 0;

	while (word < n && h->command[word] != ' ')
		word++;
	if (slash == NULL || word == 0)
		return h->exe;
	if (h->command[0] == '/')
		show_format(path, PATH_MAX, "%.*s", (int)word, h->command);
	else if (memchr(h->command, '/', word) == NULL)
		show_format(path, PATH_MAX, "%.*s/%.*s", (int)(slash - h->exe), h->exe,
			    (int)word, h->command);
	else
		return h->exe;
	return strcmp(path, h->exe) != 0 && leads_to(path, h->exe) ? path : h->exe;
}
