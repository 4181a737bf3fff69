/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Called once for each sidecar, when it is made.
 */
#include "preload/lineage.h"

#include <string.h>
#include <unistd.h>

#include "preload/small_file.h"

/* "/proc/PID/stat". */
static void
stat_path(char path[32], int32_t pid)
{
	char digits[12];
	size_t n = 0, at = 6;

	memcpy(path, "/proc/", 6);
	for (uint32_t rest = (uint32_t)pid; rest != 0; rest /= 10)
		digits[n++] = (char)('0' + rest % 10);
	while (n > 0)
		path[at++] = digits[--n];
	memcpy(path + at, "/stat", 6);
}

/* Field 4 of the line; the name before it, in brackets, may hold anything. */
static int32_t
parent_of(int32_t pid)
{
	char path[32];
	const char *p;

	stat_path(path, pid);
	p = strrchr(small_file_text(path), ')');
	for (int field = 2; p != NULL && field < 4; field++)
		p = strchr(p + 1, ' ');
	return p != NULL ? (int32_t)small_file_number(p, &p) : 0;
}

/*
 * What names the program: itself and three words behind its options at most. Code, values and whatever else is no
 * name may be secret, and is in no file of weir's.
 */
static void
keep_names(char *command, size_t bytes)
{
	static const char names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._/@+:~-";
	size_t at = strlen(command) + 1;
	int words = 0;

	while (at < bytes && command[at] != '\0') {
		size_t n = strspn(command + at, names);

		if (command[at + n] != '\0' || (command[at] != '-' && ++words > 3))
			break;
		at += n + 1;
	}
	if (at < bytes)
		memset(command + at, 0, bytes - at);
}

void
lineage_fill(struct weir_stats_header *h)
{
	int32_t pid = (int32_t)getppid();

	for (size_t i = 0; i < WEIR_STATS_ANCESTORS && pid > 1; i++) {
		h->ancestors[i] = pid;
		pid = parent_of(pid);
	}
	small_file_copy("/proc/self/cmdline", h->command, sizeof(h->command) - 1);
	h->command[sizeof(h->command) - 1] = '\0';
	keep_names(h->command, sizeof(h->command));
}
