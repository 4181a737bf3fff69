/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Called once for each sidecar, when it is made.
 */
#include "preload/machine/lineage.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "preload/machine/small_file.h"

#define MOST_LOOKS 8

/* Of a command line, as long as options and a loader's paths mostly are. */
#define LINE_BYTES 2048

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

/* Options whose value is the word behind them, and no name of the program. */
static bool
has_value(const char *option)
{
	static const char *const known[] = {"--require",  "--import",
					    "--loader",	  "--experimental-loader",
					    "--env-file", NULL};

	for (size_t i = 0; known[i] != NULL; i++)
		if (strcmp(option, known[i]) == 0)
			return true;
	return false;
}

/* As much of a word as may be of a name; letters beyond ASCII are. */
static size_t
name_length(const char *word)
{
	static const char others[] = "._/@+:~-";
	size_t n = 0;
	unsigned char c;

	while ((c = (unsigned char)word[n]) != '\0' &&
	       (c >= 0x80 || (unsigned)((c | 0x20) - 'a') < 26 ||
		(unsigned)(c - '0') < 10 || strchr(others, c) != NULL))
		n++;
	return n;
}

/*
 * What names the program: itself and three words behind its options at most. Code, values and whatever else is no
 * name may be secret, and is in no file of weir's. Before the first such word `--heap=512` is left out, and `--require`
 * and its like with their values: a loader's long paths, or the thirty options that `node --test` hands on, would push
 * out the name of the script.
 */
static void
keep_names(char *command, size_t bytes)
{
	static char line[LINE_BYTES + 1]; /* off the host's stack */
	const char *end = line + small_file_copy("/proc/self/cmdline", line, LINE_BYTES);
	size_t out = 0;
	int words = 0;

	line[end - line] = '\0';
	for (const char *at = line; at < end && out < bytes - 1; at += strlen(at) + 1) {
		bool first = at == line;

		if (!first && words == 0 && has_value(at)) {
			at += strlen(at) + 1;
			if (at >= end)
				break;
			continue;
		}
		/* The program, or the title that is written over it, as it is. */
		size_t n = first ? strlen(at) : name_length(at);
		if (at[n] == '=' && *at == '-' && words == 0)
			continue;
		if (at[n] != '\0')
			break;
		words += !first && *at != '-';
		if (n == 0 || words > 3)
			break;
		if (n > bytes - 1 - out)
			n = bytes - 1 - out;
		memcpy(command + out, at, n);
		out += n;
		command[out++] = '\0';
	}
	memset(command + out, 0, bytes - out);
}

static int looks;

void
lineage_fill(struct weir_stats_header *h)
{
	int32_t pid = (int32_t)getppid();

	for (size_t i = 0; i < WEIR_STATS_ANCESTORS && pid > 1; i++) {
		h->ancestors[i] = pid;
		pid = parent_of(pid);
	}
	looks = 0;
	keep_names(h->command, sizeof(h->command));
}

static bool
has_more_words(const char *command)
{
	size_t first = strnlen(command, WEIR_STATS_COMMAND_BYTES);

	return first + 1 < WEIR_STATS_COMMAND_BYTES && command[first + 1] != '\0';
}

bool
lineage_look_again(struct weir_stats_header *h)
{
	char before[WEIR_STATS_COMMAND_BYTES];

	if (looks >= MOST_LOOKS)
		return false;
	looks++;
	memcpy(before, h->command, sizeof(before));
	keep_names(h->command, sizeof(h->command));
	if (h->command[0] == '\0' ||
	    (has_more_words(before) && !has_more_words(h->command) &&
	     strchr(h->command, ' ') == NULL))
		memcpy(h->command, before, sizeof(before));
	return memcmp(before, h->command, sizeof(before)) != 0;
}
