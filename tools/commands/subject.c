/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens what the command line names. Called by the subcommands that show one process.
 */
#include "tools/commands/subject.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "tools/host/running.h"
#include "tools/read/command_line.h"
#include "tools/read/look.h"
#include "tools/read/proc.h"
#include "tools/text/tell.h"

/* A process without a sidecar: say why, as far as it can be told. */
static void
tell_no_sidecar(pid_t pid)
{
	enum running_state state;
	char why[TARGET_WHY];
	struct proc_stat st;

	if (pid <= 0 || proc_stat(pid, &st) != 0) {
		tell_error(
			"there is no process %d and no sidecar of one; `weir stat` lists "
			"those there are",
			(int)pid);
		return;
	}
	state = running_explain(pid, why, sizeof(why));
	if (state == RUNNING_LOADED)
		tell_error("process %d has no sidecar: %s", (int)pid, why);
	else if (state == RUNNING_UNKNOWN)
		tell_error("process %d has no sidecar that you may read, and whether it "
			   "runs under weir cannot be seen: %s; run weir as that user",
			   (int)pid, why);
	else
		tell_error("process %d does not run under weir: %s", (int)pid, why);
}

/* By pid or by path. */
static bool
open_named(const char *what, struct locate_entry *e)
{
	pid_t pid;
	int rc;

	if (proc_is_pid(what, &pid)) {
		rc = locate_pid(pid, 0, e);
		if (rc == -ENOENT) {
			tell_no_sidecar(pid);
			return false;
		}
	} else {
		rc = locate_open(e, what);
	}
	if (rc != 0)
		tell_error("%s: %s", e->path, e->why);
	return rc == 0;
}

#define LISTED 10

/* The processes that run, for one to be chosen. */
static void
tell_which(const char *command, const struct locate_entry *entries, size_t n,
	   size_t running)
{
	size_t listed = 0;

	tell_error("%s: %zu processes under weir run here; which one?", command, running);
	for (size_t i = 0; i < n && listed < LISTED; i++) {
		char line[COMMAND_LINE_BYTES];

		if (entries[i].error != 0 || entries[i].life != LOCATE_RUNNING)
			continue;
		listed++;
		command_line_of(entries[i].pid, line, sizeof(line));
		fprintf(stderr, "  weir %s %-8d # %s\n", command, (int)entries[i].pid,
			line);
	}
	if (running > listed)
		fprintf(stderr, "  and %zu more: `weir stat` lists all\n",
			running - listed);
}

char *
subject_obvious(const char *command, bool ended_will_do)
{
	struct locate_place here = locate_here();
	struct locate_entry *entries;
	size_t n = locate_all(&here, 0, &entries), running = 0, one = n;
	char *path = NULL;

	for (size_t i = 0; i < n; i++) {
		bool runs = entries[i].life == LOCATE_RUNNING;

		if (entries[i].error != 0)
			continue;
		running += runs;
		if (one == n && (runs || ended_will_do))
			one = i; /* those that run come first, then the most recent */
	}
	if (running > 1)
		tell_which(command, entries, n, running);
	else if (one == n)
		tell_error("%s: no process under weir %s here; start one with `weir run "
			   "-- PROGRAM`, or name a sidecar",
			   command,
			   ended_will_do ? "runs or has left a sidecar" : "runs");
	else if ((path = strdup(entries[one].path)) == NULL)
		tell_no_memory();
	locate_free(entries, n);
	return path;
}

void
subject_tell_missing(void)
{
#ifndef HAVE_JSON_C
	tell_warning("built without libjson-c: source maps are not followed");
#endif
#ifndef HAVE_LIBDW
	tell_warning("built without libdw: machine code has addresses instead of names");
#endif
}

bool
subject_open(const char *command, const char *what, struct locate_entry *e)
{
	char *found = what == NULL ? subject_obvious(command, true) : NULL;
	bool opened = (what != NULL || found != NULL) &&
		      open_named(what != NULL ? what : found, e);

	free(found);
	return opened;
}

bool
subject_open_trace(const char *command, const char *what, struct locate_entry *e,
		   struct trace_view *trace)
{
	char why[TRACE_VIEW_WHY];

	if (!subject_open(command, what, e))
		return false;
	if (look_trace(trace, e, why) == 0)
		return true;
	tell_error("%s: %s", e->path, why);
	sidecar_free(&e->sidecar);
	return false;
}
