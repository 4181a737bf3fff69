/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir run`: starts a program under weir. Without --summary the program takes this process's
 * place, so that pid, parent, terminal and signals are as if weir were not there.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/options.h"
#include "tools/commands/cmd.h"
#include "tools/commands/option_args.h"
#include "tools/commands/summary.h"
#include "tools/host/guest.h"
#include "tools/host/launch.h"
#include "tools/host/target.h"
#include "tools/read/locate.h"
#include "tools/text/tell.h"

struct request {
	bool summary, quiet;
	char *options; /* the coming WEIR_OPTIONS, or NULL */
	char **argv;   /* of the program */
};

static void
run_help(FILE *out)
{
	fputs("  --summary    when it has ended, print on standard error what weir did\n"
	      "  --quiet      do not warn that weir cannot work here, or cannot "
	      "write its numbers\n"
	      "  --help       this text\n\n"
	      "and every option of weir, --NAME=VALUE or --NAME VALUE; on|off options "
	      "may\n"
	      "stand alone. They are put behind what WEIR_OPTIONS holds, and win over "
	      "it.\n\n",
	      out);
	option_args_print_table(out);
}

/* The exit status, unless r->argv is set: then there is a program to run. */
static int
parse_args(int argc, char **argv, struct request *r)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-') {
		int taken;

		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (strcmp(argv[i], "--help") == 0) {
			cmd_print_help(&cmd_run, stdout);
			return CMD_OK;
		}
		if (strcmp(argv[i], "--summary") == 0 ||
		    strcmp(argv[i], "--quiet") == 0) {
			*(argv[i][2] == 's' ? &r->summary : &r->quiet) = true;
			i++;
			continue;
		}
		taken = option_args_take(argc - i, argv + i, &r->options);
		if (taken < 0)
			return CMD_USAGE;
		if (taken == 0)
			return cmd_unknown_option(&cmd_run, argv[i]);
		i += taken;
	}
	if (i == argc)
		return cmd_usage(&cmd_run, "which program?");
	r->argv = argv + i;
	return CMD_OK;
}

/* The file was found before: ENOENT from exec is about what would run it. */
static int
not_executed(const char *name, int error)
{
	if (error != ENOENT)
		return cmd_not_started(&cmd_run, name, error);
	tell_error("%s: cannot be run: its interpreter or loader is not there", name);
	return CMD_NOT_EXECUTABLE;
}

/* The shim says nothing when it cannot make its file: it is a guest in the program. */
static void
warn_if_unrecorded(const char *stats)
{
	char path[PATH_MAX], *slash;

	if (!locate_stats_path(stats, getpid(), path, sizeof(path)) ||
	    (slash = strrchr(path, '/')) == NULL || slash == path)
		return;
	/* With %p in it, the folder is not known before the program runs. */
	const char *pid = strstr(stats, "%p");
	if (pid != NULL && pid < strrchr(stats, '/'))
		return;
	*slash = '\0';
	if (access(path, W_OK | X_OK) != 0)
		tell_warning("there will be no sidecar: --stats names a file in %s: %s",
			     path, strerror(errno));
}

/* One line, before anything of the program's own, if weir would be inert or write nothing. */
static void
warn(const struct request *r, struct target *t, const char *path)
{
	struct weir_options o;

	weir_options_defaults(&o);
	weir_options_parse(&o, getenv("WEIR_OPTIONS"), NULL, 0);
	target_apply_options(t, &o);
	if (r->quiet)
		return;
	if (t->inert[0] != '\0')
		tell_warning("weir will do nothing in %s: %s", path, t->inert);
	else
		warn_if_unrecorded(o.stats);
}

/* LD_PRELOAD and WEIR_OPTIONS for the program; 0 or an exit status. */
static int
set_environment(const struct request *r)
{
	char shim[4096], there[4096], why[8192];
	const char *old = getenv("LD_PRELOAD");
	char *preload;

	if (launch_find_shim(shim, sizeof(shim), why, sizeof(why)) != 0) {
		tell_error("%s", why);
		return CMD_FAILED;
	}
	if (launch_preloaded(old, there, sizeof(there)) && strcmp(there, shim) != 0 &&
	    !r->quiet)
		tell_warning("LD_PRELOAD already names %s, which is used instead of %s",
			     there, shim);
	if (launch_allocator_first(old, there, sizeof(there)) && !r->quiet)
		tell_warning(
			"weir will do nothing: LD_PRELOAD names %s in front of the shim, "
			"and every call ends there",
			there);
	preload = launch_preload(old, shim);
	if (setenv("LD_PRELOAD", preload, 1) != 0 ||
	    (r->options != NULL && setenv("WEIR_OPTIONS", r->options, 1) != 0))
		tell_no_memory();
	free(preload);
	return 0;
}

static int
run_with_summary(const struct request *r, const struct target *t)
{
	struct guest g;
	int rc = guest_run(&g, r->argv);

	if (rc != 0) {
		tell_error("cannot start a process: %s", strerror(-rc));
		return CMD_FAILED;
	}
	if (g.exec_error != 0)
		return not_executed(r->argv[0], g.exec_error);
	summary_print(stderr, &g, t);
	return g.status;
}

static int
start(const struct request *r)
{
	struct target t = {0};
	char path[4096];
	int rc = launch_find_command(r->argv[0], getenv("PATH"), path, sizeof(path));

	if (rc != 0)
		return cmd_not_started(&cmd_run, r->argv[0], -rc);
	bool known = target_examine(&t, path, getenv("PATH")) == 0;
	/*
	 * AddressSanitizer ends a process in which its library does not come first, musl's loader one whose
	 * preload needs another C library.
	 */
	if (t.elf.sanitizer == NULL && !t.foreign)
		rc = set_environment(r);
	if (rc != 0)
		return rc;
	if (known)
		warn(r, &t, path);
	if (r->summary)
		return run_with_summary(r, &t);
	execvp(r->argv[0], r->argv);
	return not_executed(r->argv[0], errno);
}

static int
run(int argc, char **argv)
{
	struct request r = {0};
	int status = parse_args(argc, argv, &r);

	if (r.argv != NULL)
		status = start(&r);
	free(r.options);
	return status;
}

const struct cmd cmd_run = {
	.name = "run",
	.args = "[--summary] [--quiet] [--OPTION=VALUE...] [--] PROGRAM [ARGUMENT...]",
	.summary = "start a program under weir",
	.run = run,
	.help = run_help,
};
