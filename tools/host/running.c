/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks at a process from outside: mappings, environment, auxiliary vector, executable. Reads
 * only; a process of another user gives "may not be read".
 */
#include "tools/host/running.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/host/launch.h"
#include "tools/read/locate.h"
#include "tools/read/proc.h"
#include "tools/text/show.h"

struct its_environ {
	struct weir_options options; /* defaults where they cannot be read */
	char preload[PATH_MAX];	     /* the shim in LD_PRELOAD, or "" */
	char before[PATH_MAX];	     /* an allocator in front of it, or "" */
};

static bool
read_environ(pid_t pid, struct its_environ *e)
{
	const char *value;
	char *text;
	size_t len;

	weir_options_defaults(&e->options);
	e->preload[0] = e->before[0] = '\0';
	if (proc_text(pid, "environ", &text, &len) != 0)
		return false;
	weir_options_parse(&e->options, proc_environ_get(text, len, "WEIR_OPTIONS"), NULL,
			   0);
	value = proc_environ_get(text, len, "LD_PRELOAD");
	if (!launch_preloaded(value, e->preload, sizeof(e->preload)))
		e->preload[0] = '\0';
	if (!launch_allocator_first(value, e->before, sizeof(e->before)))
		e->before[0] = '\0';
	free(text);
	return true;
}

static void
explain_loaded(pid_t pid, const struct its_environ *e, const char *exe, char *why,
	       size_t size)
{
	const struct weir_options *o = &e->options;
	char floor[SHOW_VALUE];
	const char *slash = strrchr(exe, '/');

	if (e->before[0] != '\0')
		show_format(why, size,
			    "LD_PRELOAD names %s in front of weir's library, and every "
			    "call ends "
			    "there",
			    e->before);
	else if (!o->enabled)
		show_format(why, size, "the option enabled=off is set");
	else if (o->only[0] != '\0' &&
		 strcmp(o->only, slash != NULL ? slash + 1 : exe) != 0)
		show_format(why, size, "the option only=%s leaves out its executable %s",
			    o->only, exe);
	else if (strcmp(o->stats, "off") == 0)
		show_format(why, size, "the option stats=off is set");
	else if (strcmp(o->stats, "auto") == 0 && locate_refused_by(pid, why, size))
		return;
	else
		show_format(
			why, size,
			"its large blocks (%s or more) do not add up to 1 MB yet, or its "
			"file could not be written, or lies in a folder that is not "
			"looked in, or another malloc, realloc or free comes before "
			"weir's",
			show_bytes(floor, o->floor));
}

/* LD_PRELOAD names the shim and yet it is not there. */
static void
explain_ignored(pid_t pid, const char *preload, char *why, size_t size)
{
	char path[64];
	struct target t;
	bool secure = false;
	int rc;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	rc = target_examine(&t, path, NULL);
	if (proc_secure(pid, &secure) == 0 && secure)
		show_format(
			why, size,
			"LD_PRELOAD names %s, but it runs with raised privileges, where "
			"the loader ignores that",
			preload);
	else if (rc == 0 && t.inert[0] != '\0' && !t.secure)
		show_format(why, size, "LD_PRELOAD names %s, but %s", preload, t.inert);
	else
		show_format(
			why, size,
			"LD_PRELOAD names %s, which the loader did not load: the file is "
			"missing for this process, or for another machine",
			preload);
}

static void
explain_unreadable(pid_t pid, int rc, char *why, size_t size)
{
	struct proc_stat st;

	if (geteuid() != 0 && proc_stat(pid, &st) == 0 && st.uid != geteuid())
		show_format(why, size,
			    "its mappings may not be read: it is another user's; run "
			    "weir as that user");
	else
		show_format(why, size,
			    "its mappings may not be read (%s): it has more rights than "
			    "you, or is kept apart by the system",
			    strerror(-rc));
}

enum running_state
running_explain(pid_t pid, char *why, size_t size)
{
	char exe[PATH_MAX] = "";
	struct its_environ e;
	struct proc_stat st;
	bool mapped, environ_read;
	size_t n_maps;

	int rc = proc_maps(pid, LAUNCH_SHIM, &n_maps, &mapped);
	if (rc != 0) {
		explain_unreadable(pid, rc, why, size);
		return RUNNING_UNKNOWN;
	}
	environ_read = read_environ(pid, &e);
	if (mapped) {
		proc_link(pid, "exe", exe, sizeof(exe));
		explain_loaded(pid, &e, exe, why, size);
		return RUNNING_LOADED;
	}
	if (proc_stat(pid, &st) == 0 && st.ended)
		show_format(why, size,
			    "it has ended, and its parent has not asked for its status "
			    "(a zombie)");
	else if (!environ_read)
		show_format(why, size,
			    "weir's library is not loaded, and its environment may not "
			    "be read");
	else if (e.preload[0] == '\0')
		show_format(why, size,
			    "its LD_PRELOAD does not name weir's library: it was not "
			    "started by "
			    "`weir run`, or what started it dropped the variable");
	else
		explain_ignored(pid, e.preload, why, size);
	return RUNNING_NOT_LOADED;
}

pid_t
running_behind(pid_t pid)
{
	char exe[PATH_MAX], own[PATH_MAX], name[64];
	char *text, *end;
	long child;

	if (proc_link(0, "exe", own, sizeof(own)) != 0 ||
	    proc_link(pid, "exe", exe, sizeof(exe)) != 0 || strcmp(exe, own) != 0)
		return pid;
	snprintf(name, sizeof(name), "task/%d/children", (int)pid);
	if (proc_text(pid, name, &text, NULL) != 0)
		return pid;
	child = strtol(text, &end, 10);
	if (end == text || child <= 0 || child > INT32_MAX)
		child = pid;
	free(text);
	return (pid_t)child;
}
