/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The subcommands of `weir`: one struct cmd a file, listed in main.c. argv[0] is the
 * subcommand's own name. A run function returns the exit status and prints errors through
 * tell.h; a file it needs beside its own is a module that knows nothing of the command line.
 */
#ifndef TOOLS_CMD_H
#define TOOLS_CMD_H

#include <stdio.h>

enum cmd_exit {
	CMD_OK = 0,
	CMD_FAILED = 1,
	CMD_USAGE = 2,
	CMD_NOT_EXECUTABLE = 126,
	CMD_NOT_FOUND = 127,
};

struct cmd {
	const char *name;
	const char *args;     /* synopsis, without the name */
	const char *summary;  /* half a line */
	const char *examples; /* commands to type, a line each */
	int (*run)(int argc, char **argv);
	void (*help)(FILE *out); /* what `--help` adds to the synopsis */
};

extern const struct cmd cmd_run, cmd_stat, cmd_growth, cmd_top, cmd_report, cmd_doctor,
	cmd_snap, cmd_purge, cmd_tune, cmd_export, cmd_encode, cmd_decode, cmd_attach,
	cmd_detach, cmd_collect, cmd_holders;

/* The synopsis and the subcommand's help, on `out`. */
void cmd_print_help(const struct cmd *c, FILE *out);

/* "weir NAME: message", then where to find help. Returns CMD_USAGE. */
int cmd_usage(const struct cmd *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same of an option that there is not, with the one that was most likely meant. */
int cmd_unknown_option(const struct cmd *c, const char *option);

/*
 * Tells that the program `name` of the subcommand's command line cannot be started, for the reason `error`, and how
 * to start what looks like a script. Returns the exit status that a shell would give.
 */
int cmd_not_started(const struct cmd *c, const char *name, int error);

/* The program that runs scripts of that name, by its ending, or NULL. */
const char *cmd_interpreter_of(const char *name);

/*
 * The value of option `name` in argv[*i], as --name=VALUE or as --name VALUE: then *i moves on.
 * NULL if argv[*i] is another option; "" if the value is missing. NULL ends argv.
 */
const char *cmd_value(const char *name, char **argv, int *i);

#endif
