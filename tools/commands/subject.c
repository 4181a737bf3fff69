/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens what the command line names. Called by the subcommands that show one process.
 */
#include "tools/commands/subject.h"

#include <errno.h>

#include "config.h"
#include "tools/host/running.h"
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

bool
subject_open(const char *what, struct locate_entry *e)
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
subject_open_trace(const char *what, struct locate_entry *e, struct trace_view *trace)
{
	char why[TRACE_VIEW_WHY];

	if (!subject_open(what, e))
		return false;
	if (look_trace(trace, e, why) == 0)
		return true;
	tell_error("%s: %s", e->path, why);
	sidecar_free(&e->sidecar);
	return false;
}
