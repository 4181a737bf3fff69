/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir attach`: has a process that runs load the library that observes it, or asks one that is in it already.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/attach/attachable.h"
#include "tools/attach/inject.h"
#include "tools/attach/private_folder.h"
#include "tools/commands/cmd.h"
#include "tools/commands/option_args.h"
#include "tools/read/locate.h"
#include "tools/read/mailbox.h"
#include "tools/read/proc.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define SAFE_SECONDS   5
#define ANSWER_SECONDS 10
#define LOOK_NS	       5000000

struct request {
	pid_t pid;
	bool force, dry;
	char *options; /* allocated */
};

static void
attach_help(FILE *out)
{
	fputs("Looks into a process that was not started under weir: from now on its "
	      "large blocks are\nrecorded, and weir growth, top, report and export work "
	      "as ever. Nothing is served, and\nblocks from before are not seen. weir "
	      "detach PID undoes it. One thread stands still\nfor some milliseconds.\n\n"
	      "  --dry-run         find out whether it would work, and leave it at that\n"
	      "  --force           also where a filter of system calls cannot be read\n"
	      "  --OPTION=VALUE    those of weir run that concern the record: floor, "
	      "trace_min,\n                    stats, stats_ms\n",
	      out);
}

/* Returns -1 to go on, or the exit status. */
static int
parse_args(int argc, char **argv, struct request *r)
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

/* Its sidecar, once the library has attached. */
static bool
await_sidecar(pid_t pid, uint64_t start_ticks, struct locate_entry *e)
{
	for (int64_t waited = 0; waited < ANSWER_SECONDS * INT64_C(1000000000);
	     waited += LOOK_NS) {
		if (locate_pid(pid, start_ticks, e) == 0) {
			if (e->sidecar.header.attached_unix_ns != 0 &&
			    e->sidecar.header.detached_unix_ns == 0)
				return true;
			sidecar_free(&e->sidecar);
		}
		nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
	}
	return false;
}

static int
tell_attached(pid_t pid, uint64_t start_ticks, const struct inject *i)
{
	struct locate_entry e;
	char path[4 * PATH_MAX], stop[SHOW_VALUE];

	if (!await_sidecar(pid, start_ticks, &e)) {
		tell_error(
			"process %d was told to load the library, and no sidecar came: "
			"it is stopped, or another thread of its loads a library, or "
			"it could not load it (libraries of another C library, a "
			"limit), or has no folder for a sidecar (--stats=PATH)",
			(int)pid);
		return CMD_FAILED;
	}
	if (i != NULL)
		printf("attached to %d: its thread %d stood still for %s\n", (int)pid,
		       (int)i->tid, show_duration(stop, i->stop_ns));
	else
		printf("attached to %d again\n", (int)pid);
	printf("sidecar %s\n"
	       "$ weir growth %d      names who allocates, of what was allocated since\n"
	       "$ weir detach %d      undoes it\n",
	       show_clean(path, sizeof(path), e.path), (int)pid, (int)pid);
	sidecar_free(&e.sidecar);
	return CMD_OK;
}

static int
tell_not_injected(const struct inject *i, int rc)
{
	if (rc == -EAGAIN)
		tell_error("process %d: no thread came to a point where it may load a "
			   "library, within %d s (%u were looked at; the last: %s)",
			   (int)i->pid, SAFE_SECONDS, i->tries,
			   i->why[0] != '\0' ? i->why : "it could not be stopped");
	else
		tell_error("process %d: %s%s%s", (int)i->pid,
			   i->why[0] != '\0' ? i->why : "it cannot be traced: ",
			   i->why[0] != '\0' ? "" : strerror(-rc), "");
	return CMD_FAILED;
}

static int
inject(const struct request *r, uint64_t start_ticks)
{
	struct inject i = {.pid = r->pid, .seconds = SAFE_SECONDS, .dry = r->dry};
	char library[PATH_MAX], why[PRIVATE_FOLDER_WHY], stop[SHOW_VALUE];
	struct private_folder folder;
	struct picture p;
	int rc, status;

	if (!attachable_library(library, sizeof(library), why)) {
		tell_error("the library to be loaded is missing: %s", why);
		return CMD_FAILED;
	}
	if (private_folder_make(&folder, r->pid, library, r->options, why) != 0 ||
	    picture_take(&p, r->pid, why) != 0) {
		tell_error("process %d: %s", (int)r->pid, why);
		return CMD_FAILED;
	}
	i.path = folder.library;
	rc = inject_run(&i, &p);
	picture_free(&p);
	if (rc != 0)
		status = tell_not_injected(&i, rc);
	else if (r->dry)
		status = printf("weir can be attached to %d: its thread %d was at a safe "
				"point, and stood still for %s\n",
				(int)r->pid, (int)i.tid,
				show_duration(stop, i.stop_ns)) < 0;
	else
		status = tell_attached(r->pid, start_ticks, &i);
	private_folder_remove(&folder);
	return status;
}

static int
attach_again(const struct request *r, uint64_t start_ticks)
{
	char why[MAILBOX_WHY];
	struct locate_entry e;
	int64_t result = 0;
	uint64_t request;

	if (locate_pid(r->pid, start_ticks, &e) != 0) {
		tell_error("weir was attached to process %d before, and its sidecar is "
			   "not there any more: restart the process",
			   (int)r->pid);
		return CMD_FAILED;
	}
	int rc = r->dry ? 0
			: mailbox_ask(&e, WEIR_COMMAND_ATTACH, "", ANSWER_SECONDS,
				      &result, &request, why);
	sidecar_free(&e.sidecar);
	if (rc != 0) {
		tell_error("process %d: %s", (int)r->pid, why);
		return CMD_FAILED;
	}
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
	return tell_attached(r->pid, start_ticks, NULL);
}

static int
attach(const struct request *r)
{
	struct attachable_answer a;
	struct proc_stat st;

	if (proc_stat(r->pid, &st) != 0) {
		tell_error("there is no process %d", (int)r->pid);
		return CMD_FAILED;
	}
	attachable_examine(&a, r->pid);
	if (a.is == ATTACHABLE_AGAIN)
		return attach_again(r, st.start_ticks);
	if (a.is == ATTACHABLE_NO || (a.is == ATTACHABLE_PERHAPS && !r->force)) {
		tell_error("weir cannot be attached to process %d: %s", (int)r->pid,
			   a.why);
		return CMD_FAILED;
	}
	if (a.note[0] != '\0')
		tell_warning("process %d: %s", (int)r->pid, a.note);
	return inject(r, st.start_ticks);
}

static int
run(int argc, char **argv)
{
	struct request r = {0};
	int status = parse_args(argc, argv, &r);

	if (status < 0)
		status = attach(&r);
	free(r.options);
	return status;
}

const struct cmd cmd_attach = {
	.name = "attach",
	.args = "[--dry-run] [--force] [--OPTION=VALUE...] PID",
	.summary = "look into a process that runs without weir",
	.run = run,
	.help = attach_help,
};
