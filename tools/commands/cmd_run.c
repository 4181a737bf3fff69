/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir run`: starts a program under weir. Without --summary the program takes this process's
 * place, so that pid, parent, terminal and signals are as if weir were not there.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tools/commands/cmd.h"
#include "tools/commands/configured.h"
#include "tools/commands/option_args.h"
#include "tools/commands/run_warn.h"
#include "tools/commands/summary.h"
#include "tools/host/guest.h"
#include "tools/host/launch.h"
#include "tools/host/target.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define LIMIT_LEAST ((uint64_t)64 << 20)

struct request {
	bool summary, quiet, unconfigured;
	char *options; /* the coming WEIR_OPTIONS, or NULL */
	char **argv;   /* of the program */
};

static void
run_help(FILE *out)
{
	fputs("  --summary    when it has ended, print on standard error what weir did\n"
	      "  --quiet      do not warn that weir cannot work here, or cannot "
	      "write its numbers\n"
	      "  --no-config  do not read weir.conf\n"
	      "  --help       this text\n\n"
	      "and every option of weir, --NAME=VALUE or --NAME VALUE; on|off options "
	      "may\n"
	      "stand alone. They are put behind what /etc/weir.conf, "
	      "~/.config/weir/weir.conf\n"
	      "and WEIR_OPTIONS hold, and win over it. `weir doctor` shows where each "
	      "comes from.\n\n",
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
		if (strcmp(argv[i], "--no-config") == 0) {
			r->unconfigured = true;
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

/* LD_PRELOAD and WEIR_OPTIONS for the program; 0 or an exit status. */
static int
set_environment(const struct request *r, bool musl)
{
	char shim[4096], there[4096], why[8192];
	char *old, *preload;

	if (launch_find_shim(musl, shim, sizeof(shim), why, sizeof(why)) != 0) {
		tell_error("%s", why);
		return CMD_FAILED;
	}
	old = launch_fitting(getenv("LD_PRELOAD"), musl);
	if (launch_preloaded(old, there, sizeof(there)) && strcmp(there, shim) != 0 &&
	    !r->quiet)
		tell_warning("LD_PRELOAD already names %s, which is used instead of %s",
			     there, shim);
	if (launch_allocator_first(old, there, sizeof(there)) && !r->quiet)
		tell_warning("weir will do nothing: LD_PRELOAD names %s in front of "
			     "weir's library, "
			     "and every call ends there",
			     there);
	preload = launch_preload(old, shim);
	if (setenv("LD_PRELOAD", preload, 1) != 0 ||
	    (r->options != NULL && setenv("WEIR_OPTIONS", r->options, 1) != 0))
		tell_no_memory();
	free(preload);
	free(old);
	return 0;
}

/* Of a parent under weir, the program may have a shim that its loader cannot bear. */
static void
leave_environment(bool musl)
{
	const char *old = getenv("LD_PRELOAD");
	char *fitting = launch_fitting(old, musl);

	if (old != NULL && (fitting[0] != '\0' ? setenv("LD_PRELOAD", fitting, 1)
					       : unsetenv("LD_PRELOAD")) != 0)
		tell_no_memory();
	free(fitting);
}

/* Below, the program's own memory counts, and the loader ends a process that has no room for a library. */
static bool
limits_leave_room(const struct request *r)
{
	static const struct {
		int limit;
		const char *name;
	} limits[] = {{RLIMIT_AS, "address space (ulimit -v)"},
		      {RLIMIT_DATA, "data (ulimit -d)"}};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct rlimit l;
		char is[SHOW_VALUE], least[SHOW_VALUE];

		if (getrlimit(limits[i].limit, &l) != 0 || l.rlim_cur == RLIM_INFINITY ||
		    l.rlim_cur >= LIMIT_LEAST)
			continue;
		if (!r->quiet)
			tell_warning("the program runs without weir: its limit of %s is "
				     "%s, and weir stays out below %s",
				     limits[i].name, show_bytes(is, l.rlim_cur),
				     show_bytes(least, LIMIT_LEAST));
		return false;
	}
	return true;
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

/* What the files say comes first: what is typed, or in the environment, wins. */
static void
add_configuration(struct request *r)
{
	const char *typed = r->options != NULL ? r->options : getenv("WEIR_OPTIONS");
	struct configured c;
	char *options;

	configured_gather(&c, !r->unconfigured);
	options = configured_before(&c, typed);
	free(r->options);
	r->options = options;
	configured_free(&c);
}

static int
start(struct request *r)
{
	struct target t = {0};
	char path[4096];
	int rc = launch_find_command(r->argv[0], getenv("PATH"), path, sizeof(path));

	if (rc != 0)
		return cmd_not_started(&cmd_run, r->argv[0], -rc);
	add_configuration(r);
	bool known = target_examine(&t, path, getenv("PATH")) == 0;
	/*
	 * AddressSanitizer ends a process in which its library does not come first, musl's loader one whose
	 * preload needs another C library.
	 */
	if (t.foreign)
		leave_environment(t.elf.musl);
	else if (t.elf.sanitizer == NULL && limits_leave_room(r))
		rc = set_environment(r, t.elf.musl);
	if (rc != 0)
		return rc;
	if (known)
		run_warn(&t, path, r->argv, r->quiet);
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
	.args = "[--summary] [--quiet] [--no-config] [--OPTION=VALUE...] [--] PROGRAM "
		"[ARGUMENT...]",
	.summary = "start a program under weir",
	.examples = "  weir run -- node server.js\n"
		    "  weir run --summary -- npm test\n"
		    "  weir run --cache_max=64M --stats=server.weir -- node server.js\n",
	.run = run,
	.help = run_help,
};
