/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The library is put where the process may load it from, and one of its threads is made to, or asked by its inspector.
 */
#include "tools/commands/attach_load.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tools/attach/attachable.h"
#include "tools/attach/inject.h"
#include "tools/attach/private_folder.h"
#include "tools/commands/cmd.h"
#include "tools/commands/inspected.h"
#include "tools/read/proc.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define SAFE_SECONDS 5

static int
tell_not_injected(const struct inject *i, uint64_t start_ticks, int rc)
{
	if (rc == -EAGAIN && i->tries == 0 && i->why[0] != '\0')
		return attach_failed(i->pid, start_ticks,
				     "nothing was done, in %d s: %s; try again later",
				     SAFE_SECONDS, i->why);
	if (rc == -EAGAIN)
		return attach_failed(
			i->pid, start_ticks,
			"no thread came to a point where it may load a "
			"library, within %d s (%u were looked at; the last: %s)",
			SAFE_SECONDS, i->tries,
			i->why[0] != '\0' ? i->why : "it could not be stopped");
	return attach_failed(i->pid, start_ticks, "%s%s",
			     i->why[0] != '\0' ? i->why : "it cannot be traced: ",
			     i->why[0] != '\0' ? "" : strerror(-rc));
}

static int
inject(const struct attach_request *r, uint64_t start_ticks, const char *library)
{
	struct inject i = {.pid = r->pid,
			   .path = library,
			   .seconds = SAFE_SECONDS,
			   .dry = r->dry,
			   .filtered = r->filtered};
	char why[PICTURE_WHY], stop[SHOW_VALUE], how[128];
	struct picture p;
	int rc;

	if (picture_take(&p, r->pid, why) != 0)
		return attach_failed(r->pid, start_ticks, "%s", why);
	rc = inject_run(&i, &p);
	picture_free(&p);
	if (rc != 0)
		return tell_not_injected(&i, start_ticks, rc);
	show_duration(stop, i.stop_ns);
	if (r->dry)
		return printf("weir can be attached to %d: its thread %d was at a safe "
			      "point, and stood still for %s\n",
			      (int)r->pid, (int)i.tid, stop) < 0;
	show_format(how, sizeof(how), ": its thread %d stood still for %s", (int)i.tid,
		    stop);
	return attach_tell(r, start_ticks, how);
}

/* What it costs is said before it is done. */
static int
ask_inspector(const struct attach_request *r, uint64_t start_ticks, struct inspector *i,
	      const char *library)
{
	size_t n;
	bool mapped = false;
	int rc;

	if (!i->open)
		tell_note(
			"process %d is sent SIGUSR1: its inspector opens at port %u, to "
			"anybody on this machine, and closes again",
			(int)r->pid, (unsigned)i->port);
	i->wait_s = ATTACH_ANSWER_SECONDS;
	rc = inspector_load(i, library);
	inspected_warn(i, r->pid);
	if (rc != 0)
		return attach_failed(r->pid, start_ticks, "%s", i->why);
	if (proc_maps(r->pid, ATTACHABLE_NAME, &n, &mapped) != 0 || !mapped)
		return attach_failed(
			r->pid, start_ticks, "it did not load the library: %s",
			i->answer[0] != '\0' ? i->answer : "it does not say why");
	return attach_tell(r, start_ticks,
			   i->open ? ": through its inspector, which was open"
				   : ": through its inspector");
}

int
attach_load(const struct attach_request *r, uint64_t start_ticks,
	    struct inspector *inspector)
{
	char library[PATH_MAX], why[PRIVATE_FOLDER_WHY];
	struct private_folder folder;
	int status;

	if (inspector != NULL && r->dry) {
		printf("weir can be attached to %d through its inspector, at port %u\n",
		       (int)r->pid, (unsigned)inspector->port);
		return CMD_OK;
	}
	if (!attachable_library(library, sizeof(library), why)) {
		tell_error("the library to be loaded is missing: %s", why);
		return CMD_FAILED;
	}
	if (private_folder_make(&folder, r->pid, r->folder, library, r->options, why) !=
	    0)
		return attach_failed(r->pid, start_ticks, "%s", why);
	status = inspector != NULL
			 ? ask_inspector(r, start_ticks, inspector, folder.library)
			 : inject(r, start_ticks, folder.library);
	private_folder_remove(&folder);
	return status;
}
