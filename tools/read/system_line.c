/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading one line of the system's. Called by machine.c and memory_limit.c; what cannot be read is
 * not known, whatever the reason.
 */
#include "tools/read/system_line.h"

#include <stdio.h>
#include <string.h>

bool
system_line(const char *path, char *line, size_t size)
{
	FILE *f = fopen(path, "re");
	bool ok;

	if (f == NULL)
		return false;
	ok = fgets(line, (int)size, f) != NULL;
	fclose(f);
	if (ok)
		line[strcspn(line, "\n")] = '\0';
	return ok;
}
