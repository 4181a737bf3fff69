/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command `weir`: finds the subcommand and runs it. Also --version and help; makes sure
 * that output which could not be written is a failure.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "tools/commands/cmd.h"
#include "tools/host/launch.h"
#include "tools/read/proc.h"
#include "tools/text/nearest.h"
#include "tools/text/tell.h"

static const struct cmd *const cmds[] = {
	&cmd_run,    &cmd_stat,	  &cmd_growth, &cmd_top,    &cmd_report,  &cmd_doctor,
	&cmd_attach, &cmd_detach, &cmd_snap,   &cmd_purge,  &cmd_collect, &cmd_tune,
	&cmd_export, &cmd_encode, &cmd_decode, &cmd_holders};

#define N_CMDS (sizeof(cmds) / sizeof(cmds[0]))

static void
print_usage(FILE *out)
{
	fputs("Usage: weir COMMAND [ARGUMENT...]\n\n", out);
	for (size_t i = 0; i < N_CMDS; i++)
		fprintf(out, "  weir %-8s %s\n", cmds[i]->name, cmds[i]->summary);
	fputs("  weir help [COMMAND]\n"
	      "  weir --version\n\n"
	      "`weir help COMMAND` explains one of them, weir(1) all. Where a program "
	      "grows:\n"
	      "  $ weir run -- node server.js\n"
	      "  $ weir growth    # in another terminal, or when it has ended\n",
	      out);
}

static const struct cmd *
find_cmd(const char *name)
{
	for (size_t i = 0; i < N_CMDS; i++)
		if (strcmp(name, cmds[i]->name) == 0)
			return cmds[i];
	return NULL;
}

/* Words that others have for it. */
static const struct {
	const char *word, *meant;
} synonyms[] = {
	{"start", "run -- PROGRAM"},
	{"exec", "run -- PROGRAM"},
	{"record", "run -- PROGRAM"},
	{"trace", "run -- PROGRAM"},
	{"profile", "run -- PROGRAM"},
	{"list", "stat"},
	{"ls", "stat"},
	{"ps", "stat"},
	{"status", "stat"},
	{"show", "stat"},
	{"clean", "stat --prune"},
	{"prune", "stat --prune"},
	{"leak", "growth"},
	{"leaks", "growth"},
	{"lines", "growth"},
	{"watch", "top"},
	{"live", "top"},
	{"html", "report"},
	{"flame", "report"},
	{"flamegraph", "report"},
	{"heap", "holders PID"},
	{"snapshot", "holders PID"},
	{"retainers", "holders PID"},
	{"gc", "collect PID"},
	{"mark", "snap PID LABEL"},
	{"trim", "purge PID"},
	{"check", "doctor"},
	{"convert", "export"},
};

static const char *
synonym(const char *name)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		if (strcmp(name, synonyms[i].word) == 0)
			return synonyms[i].meant;
	return NULL;
}

/* What was most likely meant by what is no subcommand: a program, a sidecar, another word. */
static int
unknown(int argc, char **argv)
{
	const struct cmd *nearest = cmds[0];
	const char *name = argv[0], *dot = strrchr(name, '.');
	const char *program = access(name, F_OK) == 0 ? cmd_interpreter_of(name) : NULL;
	char path[PATH_MAX];
	pid_t pid;

	for (size_t i = 1; i < N_CMDS; i++)
		if (nearest_distance(name, cmds[i]->name) <
		    nearest_distance(name, nearest->name))
			nearest = cmds[i];
	bool on_path = launch_find_command(name, getenv("PATH"), path, sizeof(path)) == 0;

	if (strcmp(name, "diff") == 0)
		tell_error("there is no command \"diff\"; did you mean `weir growth "
			   "--diff A B`, of two marks of `weir snap`?");
	/* A word of the shell with something behind it is a program after all: `weir ps aux`. */
	else if (synonym(name) != NULL && (argc < 2 || !on_path))
		tell_error("there is no command \"%s\"; did you mean `weir %s`? `weir "
			   "help` lists all",
			   name, synonym(name));
	else if (strcmp(name, "--version") != 0 && nearest_is_slip(name, "--version"))
		tell_error("there is no option \"%s\"; did you mean `weir --version`?",
			   name);
	else if (proc_is_pid(name, &pid))
		tell_error("there is no command \"%s\"; to look into that process: `weir "
			   "growth %s` or `weir stat %s`",
			   name, name, name);
	else if (program != NULL)
		tell_error("there is no command \"%s\"; to start that script under "
			   "weir: `weir run %s %s%s`",
			   name, program, name, argc > 1 ? " ..." : "");
	else if (dot != NULL && strcmp(dot, ".weir") == 0)
		tell_error("there is no command \"%s\"; to read that file: `weir growth "
			   "%s` or `weir stat %s`",
			   name, name, name);
	else if (on_path)
		tell_error("there is no command \"%s\"; to start that program under "
			   "weir: `weir run %s%s`",
			   name, name, argc > 1 ? " ..." : "");
	else if (nearest_is_slip(name, nearest->name))
		tell_error("there is no command \"%s\"; did you mean `weir %s`? `weir "
			   "help` lists all",
			   name, nearest->name);
	else
		tell_error("there is no command \"%s\"; `weir help` lists all", name);
	return CMD_USAGE;
}

/* As after `weir` itself; what follows a program that is to be run is that program's. */
static void
spell_out_help(const struct cmd *c, int argc, char **argv)
{
	static char spelt[] = "--help";

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (c == &cmd_run && argv[i][0] != '-')
			return;
		if (strcmp(argv[i], "-h") == 0)
			argv[i] = spelt;
	}
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
		return unknown(1, argv + 1);
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
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-v") == 0 ||
	    strcmp(argv[1], "version") == 0) {
		puts("weir " VERSION);
		return CMD_OK;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0)
		return help(argc - 1, argv + 1);
	c = find_cmd(argv[1]);
	if (c == NULL)
		return unknown(argc - 1, argv + 1);
	spell_out_help(c, argc - 1, argv + 1);
	return c->run(argc - 1, argv + 1);
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
