/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look after the other at a process. Called by `weir top`; what they add up to is
 * top_model.c's.
 */
#include "tools/read/look.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "tools/read/foreign.h"
#include "tools/read/proc.h"
#include "tools/text/show.h"

int
look_trace(struct trace_view *v, const struct locate_entry *e, char why[TRACE_VIEW_WHY])
{
	struct timespec now;
	int rc = trace_view_load(v, AT_FDCWD, e->path, why);

	foreign_within(e->root);
	v->file.pid = rc == 0 ? e->sidecar.header.pid : v->file.pid;
	if (rc == 0 && e->life == LOCATE_RUNNING && v->file.detached_unix_ns == 0) {
		clock_gettime(CLOCK_REALTIME, &now);
		trace_view_hold(v, (uint64_t)now.tv_sec * 1000000000 +
					   (uint64_t)now.tv_nsec);
	}
	return rc;
}

void
look_at(struct look *l, const char *what, const char *path)
{
	struct locate_entry *e = &l->entry;
	pid_t pid;

	memset(l, 0, sizeof(*l));
	l->error = proc_is_pid(what, &pid) ? locate_pid(pid, 0, e) : locate_open(e, what);
	if (l->error == -ENOENT && path != NULL)
		l->error = locate_open(e, path);
	if (l->error == -ENOENT && e->why[0] == '\0')
		show_format(e->why, sizeof(e->why), "there is no sidecar");
	if (l->error != 0)
		return;
	l->trace_error = look_trace(&l->trace, e, l->why_no_trace);
	l->now = measure_now(e);
	l->age_ns = locate_age_ns(&e->sidecar);
}
