/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir attach`: has a process that runs load the library that observes it, or asks one that is in it already.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/attach/attach_turn.h"
#include "tools/attach/attachable.h"
#include "tools/commands/attach_load.h"
#include "tools/commands/attach_tell.h"
#include "tools/commands/cmd.h"
#include "tools/commands/option_args.h"
#include "tools/host/inspector.h"
#include "tools/read/mailbox.h"
#include "tools/read/proc.h"
#include "tools/read/proc_threads.h"
#include "tools/text/tell.h"

#define LOOK_NS 5000000

static void
attach_help(FILE *out)
{
	fputs("Looks into a process that was not started under weir: from now on its "
	      "large blocks are\nrecorded, and weir growth, top, report and export work "
	      "as ever. Nothing is served, and\nblocks from before are not seen. weir "
	      "detach PID undoes it. One thread stands still\nfor about a "
	      "millisecond.\n\n"
	      "  --dry-run         find out whether it would work, and leave it at that\n"
	      "  --force           also where a filter of system calls cannot be read\n"
	      "  --folder=PATH     where it may load a library from, as it sees that "
	      "(a container's\n                    usual folders may be closed)\n"
	      "  --OPTION=VALUE    those of weir run that concern the record: floor, "
	      "trace_min,\n                    trace_sample, stats, stats_ms\n"
	      "  --through=inspector\n"
	      "                    a Node that may not be traced: SIGUSR1 opens its "
	      "inspector, for half a\n                    second, to anybody on this "
	      "machine, which it says on its standard error;\n                    its "
	      "main thread loads the library. By itself: --through=ptrace\n",
	      out);
}

/* Returns -1 to go on, or the exit status. */
static int
parse_args(int argc, char **argv, struct attach_request *r)
{
	r->options = calloc(1, 1);
	if (r->options == NULL)
		tell_no_memory();
	for (int i = 1; i < argc;) {
		const char *a = argv[i];
		int taken = 1;

		if (strcmp(a, "--help") == 0) {
			cmd_print_help(&cmd_attach, stdout);
			return CMD_OK;
		} else if (strcmp(a, "--dry-run") == 0) {
			r->dry = true;
		} else if (strcmp(a, "--force") == 0) {
			r->force = true;
		} else if (strncmp(a, "--folder=", 9) == 0) {
			r->folder = a + 9;
			if (r->folder[0] != '/')
				return cmd_usage(&cmd_attach,
						 "\"%s\" is not an absolute path",
						 r->folder);
		} else if (strcmp(a, "--through=inspector") == 0 ||
			   strcmp(a, "--through=ptrace") == 0) {
			r->through_inspector = a[10] == 'i';
		} else if (a[0] == '-') {
			taken = option_args_take(argc - i, argv + i, &r->options);
			if (taken < 0)
				return CMD_USAGE;
			if (taken == 0)
				return cmd_usage(&cmd_attach, "unknown option \"%s\"", a);
		} else if (r->pid != 0 || !proc_is_pid(a, &r->pid) || r->pid <= 0) {
			return cmd_usage(&cmd_attach, "\"%s\" is not a process's number",
					 a);
		}
		i += taken;
	}
	if (r->pid == 0)
		return cmd_usage(&cmd_attach, "which process?");
	return -1;
}

/* But for the place of its sidecar, which is where it is found. */
static bool
has_options(const struct attach_request *r)
{
	return r->options[0] != '\0' &&
	       (strncmp(r->options, "stats=", 6) != 0 || strchr(r->options, ',') != NULL);
}

static int
attach_again(const struct attach_request *r, uint64_t start_ticks)
{
	char why[MAILBOX_WHY];
	struct locate_entry e;
	int64_t result = 0;
	uint64_t request;

	if (attach_find_sidecar(r, start_ticks, &e) != 0) {
		if (!proc_has_thread(r->pid, ATTACHABLE_THREAD))
			return attach_failed(
				r->pid, start_ticks,
				"it has the library, and is not observed: it was "
				"made by a process that weir was attached to (fork), "
				"or may not have the thread that it takes; it can be "
				"from its next start on");
		tell_error("weir was attached to process %d before, and its sidecar is "
			   "not found: it lies where --stats had it (then say that "
			   "again), or is gone (then restart the process)",
			   (int)r->pid);
		return CMD_FAILED;
	}
	int rc = r->dry ? 0
			: mailbox_ask(&e, WEIR_COMMAND_ATTACH, "", ATTACH_ANSWER_SECONDS,
				      &result, &request, why);
	sidecar_free(&e.sidecar);
	if (rc != 0)
		return attach_failed(r->pid, start_ticks, "%s", why);
	if (result == -EALREADY) {
		tell_error("weir is attached to process %d already: weir growth %d",
			   (int)r->pid, (int)r->pid);
		return CMD_FAILED;
	}
	if (r->dry) {
		printf("weir can be attached to %d again: the library is in it\n",
		       (int)r->pid);
		return CMD_OK;
	}
	if (has_options(r))
		tell_warning("the options are those that process %d was attached to with "
			     "first; a restart of it would change them",
			     (int)r->pid);
	return attach_tell(r, start_ticks, " again");
}

/* A call that is put into a process that is stopped would be made at any time later. */
static bool
await_going_on(pid_t pid)
{
	struct proc_stat st = {.stopped = true};

	for (int64_t waited = 0;
	     st.stopped && waited < ATTACHABLE_STOPPED_SECONDS * INT64_C(1000000000);
	     waited += LOOK_NS) {
		nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
		if (proc_stat(pid, &st) != 0)
			return true;
	}
	return !st.stopped;
}

static int
attach(struct attach_request *r, uint64_t start_ticks, struct inspector *inspector)
{
	struct attachable_answer a;

	attachable_examine(&a, r->pid, inspector);
	if (a.is == ATTACHABLE_AGAIN)
		return attach_again(r, start_ticks);
	if (a.is == ATTACHABLE_NO || (a.is == ATTACHABLE_PERHAPS && !r->force)) {
		if (attachable_ended(r->pid, start_ticks))
			return attach_failed(r->pid, start_ticks, "%s", a.why);
		tell_error("weir cannot be attached to process %d: %s", (int)r->pid,
			   a.why);
		return CMD_FAILED;
	}
	r->filtered = a.filtered && !r->force;
	if (a.note[0] != '\0')
		tell_warning("process %d: %s", (int)r->pid, a.note);
	if (a.stopped && !await_going_on(r->pid))
		return attach_failed(
			r->pid, start_ticks,
			"it is still stopped, and nothing was done: kill -CONT %d "
			"has it go on",
			(int)r->pid);
	return attach_load(r, start_ticks, inspector);
}

/* One command at a time. Where the kernel locks no process, what is loaded sees to it that it observes once. */
static int
attach_in_turn(struct attach_request *r, struct inspector *inspector)
{
	struct proc_stat st;

	if (r->pid == getpid()) {
		tell_error("process %d is this command itself", (int)r->pid);
		return CMD_FAILED;
	}
	int turn = attach_turn_take(r->pid);

	if (turn == -EBUSY) {
		tell_error("weir is being attached to process %d by another command",
			   (int)r->pid);
		return CMD_FAILED;
	}
	if (proc_stat(r->pid, &st) != 0) {
		tell_error("there is no process %d", (int)r->pid);
		return CMD_FAILED;
	}
	int status = attach(r, st.start_ticks, inspector);
	if (turn >= 0)
		close(turn);
	return status;
}

static int
run(int argc, char **argv)
{
	struct attach_request r = {0};
	struct inspector i = {.pidfd = -1};
	int status = parse_args(argc, argv, &r);

	if (status < 0)
		status = attach_in_turn(&r, r.through_inspector ? &i : NULL);
	if (i.pidfd >= 0)
		close(i.pidfd);
	free(r.options);
	return status;
}

const struct cmd cmd_attach = {
	.name = "attach",
	.args = "[--dry-run] [--force] [--through=inspector] [--OPTION=VALUE...] PID",
	.summary = "look into a process that runs without weir",
	.examples = "  weir attach 4711\n"
		    "  weir attach --dry-run 4711    # would it work?\n",
	.run = run,
	.help = attach_help,
};
