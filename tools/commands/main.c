/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command `weir`: finds the subcommand and runs it. Also --version and help; makes sure
 * that output which could not be written is a failure.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "tools/commands/cmd.h"
#include "tools/text/tell.h"

static const struct cmd *const cmds[] = {
	&cmd_run,    &cmd_stat,	  &cmd_growth, &cmd_top,   &cmd_report,
	&cmd_doctor, &cmd_detach, &cmd_snap,   &cmd_purge, &cmd_tune,
	&cmd_export, &cmd_encode, &cmd_decode};

#define N_CMDS (sizeof(cmds) / sizeof(cmds[0]))

static void
print_usage(FILE *out)
{
	fputs("Usage: weir COMMAND [ARGUMENT...]\n\n", out);
	for (size_t i = 0; i < N_CMDS; i++)
		fprintf(out, "  weir %-8s %s\n", cmds[i]->name, cmds[i]->summary);
	fputs("  weir help [COMMAND]\n"
	      "  weir --version\n\n"
	      "`weir help COMMAND` explains one of them, weir(1) all.\n",
	      out);
}

/* Edit distance, for words of a length that a subcommand may have. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[32], n = strlen(b);

	if (n >= sizeof(row) / sizeof(row[0]))
		return n;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t replace = corner + (a[i] != b[j]);
			size_t least = row[j] < row[j + 1] ? row[j] + 1 : row[j + 1] + 1;

			corner = row[j + 1];
			row[j + 1] = replace < least ? replace : least;
		}
	}
	return row[n];
}

static const struct cmd *
find_cmd(const char *name)
{
	for (size_t i = 0; i < N_CMDS; i++)
		if (strcmp(name, cmds[i]->name) == 0)
			return cmds[i];
	return NULL;
}

static int
unknown(const char *name)
{
	const struct cmd *nearest = cmds[0];

	for (size_t i = 1; i < N_CMDS; i++)
		if (distance(name, cmds[i]->name) < distance(name, nearest->name))
			nearest = cmds[i];
	/* Two slips of the finger are a typing error; more is another word. */
	if (distance(name, nearest->name) <= 2)
		tell_error("there is no command \"%s\"; did you mean `weir %s`? `weir "
			   "help` lists all",
			   name, nearest->name);
	else
		tell_error("there is no command \"%s\"; `weir help` lists all", name);
	return CMD_USAGE;
}

static int
help(int argc, char **argv)
{
	const struct cmd *c;

	if (argc < 2) {
		print_usage(stdout);
		return CMD_OK;
	}
	c = find_cmd(argv[1]);
	if (c == NULL)
		return unknown(argv[1]);
	cmd_print_help(c, stdout);
	return CMD_OK;
}

static int
dispatch(int argc, char **argv)
{
	const struct cmd *c;

	if (argc < 2) {
		print_usage(stderr);
		return CMD_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("weir " VERSION);
		return CMD_OK;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0)
		return help(argc - 1, argv + 1);
	c = find_cmd(argv[1]);
	return c != NULL ? c->run(argc - 1, argv + 1) : unknown(argv[1]);
}

int
main(int argc, char **argv)
{
	int status = dispatch(argc, argv);

	if (fflush(stdout) != 0 || ferror(stdout)) {
		tell_error("cannot write to standard output: %s", strerror(errno));
		return status == CMD_OK ? CMD_FAILED : status;
	}
	return status;
}
