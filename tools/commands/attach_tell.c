/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sidecar comes when the library is at work: it is waited for.
 */
#include "tools/commands/attach_tell.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tools/attach/attachable.h"
#include "tools/commands/cmd.h"
#include "tools/read/proc.h"
#include "tools/read/proc_threads.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define LOOK_NS 5000000

int
attach_find_sidecar(const struct attach_request *r, uint64_t start_ticks,
		    struct locate_entry *e)
{
	int rc = locate_named(r->options, r->pid, start_ticks, e);

	return rc != -ENOENT ? rc : locate_pid(r->pid, start_ticks, e);
}

/* Its sidecar, once the library has attached. */
static bool
await_sidecar(const struct attach_request *r, uint64_t start_ticks,
	      struct locate_entry *e)
{
	for (int64_t waited = 0; waited < ATTACH_ANSWER_SECONDS * INT64_C(1000000000) &&
				 !attachable_ended(r->pid, start_ticks);
	     waited += LOOK_NS) {
		if (attach_find_sidecar(r, start_ticks, e) == 0) {
			if (e->sidecar.header.attached_unix_ns != 0 &&
			    e->sidecar.header.detached_unix_ns == 0)
				return true;
			sidecar_free(&e->sidecar);
		}
		nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
	}
	return false;
}

int
attach_failed(pid_t pid, uint64_t start_ticks, const char *format, ...)
{
	char prefix[32];
	va_list ap;

	if (attachable_ended(pid, start_ticks)) {
		tell_error("process %d has ended", (int)pid);
		return CMD_FAILED;
	}
	snprintf(prefix, sizeof(prefix), "process %d: ", (int)pid);
	va_start(ap, format);
	tell_verror(prefix, format, ap);
	va_end(ap);
	return CMD_FAILED;
}

static int
tell_not_there(pid_t pid, uint64_t start_ticks)
{
	size_t n;
	bool mapped = false;

	proc_maps(pid, ATTACHABLE_NAME, &n, &mapped);
	return attach_failed(
		pid, start_ticks, "it was told to load the library, and %s",
		!mapped ? "it is not there: it is stopped, or another thread of its "
			  "loads a library, or it could not load it (a limit, a "
			  "filter of system calls, no code from new files)"
		: proc_has_thread(pid, ATTACHABLE_THREAD)
			? "has it, but no sidecar came: it has no folder for one "
			  "(--stats=PATH, as it sees that), may write no file of that "
			  "size (ulimit -f), or begins late"
			: "has it, but not the thread that it takes: it may have no more "
			  "of them (ulimit -u of its user, pids.max of its group)");
}

int
attach_tell(const struct attach_request *r, uint64_t start_ticks, const char *how)
{
	const int pid = (int)r->pid;
	struct locate_entry e, usual;
	char path[4 * PATH_MAX], who[4 * PATH_MAX];

	if (!await_sidecar(r, start_ticks, &e))
		return tell_not_there(r->pid, start_ticks);
	show_clean(path, sizeof(path), e.path);
	snprintf(who, sizeof(who), "%d", pid);
	/* Where nobody would look, the others are to be told. */
	if (locate_pid(r->pid, start_ticks, &usual) != 0)
		memcpy(who, path, sizeof(who));
	else
		sidecar_free(&usual.sidecar);
	printf("attached to %d%s\n"
	       "sidecar %s\n"
	       "$ weir growth %s      names who allocates, of what was allocated since\n"
	       "$ weir detach %s      undoes it\n",
	       pid, how, path, who, who);
	sidecar_free(&e.sidecar);
	return CMD_OK;
}
