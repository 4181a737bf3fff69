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
#include "tools/attach/attachable.h"
#include "tools/commands/descendants.h"
#include "tools/host/running.h"
#include "tools/model/process_tree.h"
#include "tools/read/look.h"
#include "tools/read/proc.h"
#include "tools/read/proc_threads.h"
#include "tools/read/script_name.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

/* What weir attach loads is in it. */
static bool
tell_of_attached(pid_t pid)
{
	size_t n;
	bool mapped = false;

	if (proc_maps(pid, ATTACHABLE_NAME, &n, &mapped) != 0 || !mapped)
		return false;
	if (proc_has_thread(pid, ATTACHABLE_THREAD))
		tell_error("weir was attached to process %d, and its sidecar is not "
			   "found: it lies where --stats had it (name that file), or is "
			   "gone",
			   (int)pid);
	else
		tell_error("process %d is not observed: it was made by a process that "
			   "weir was attached to (fork), or may not have the thread that "
			   "this takes",
			   (int)pid);
	return true;
}

static void
tell_of_attaching(pid_t pid)
{
	struct attachable_answer a;

	attachable_examine(&a, pid, NULL);
	if (a.is == ATTACHABLE_YES)
		tell_note("weir attach %d looks into it as it runs", (int)pid);
}

/* A process without a sidecar: say why, as far as it can be told. */
static void
tell_no_sidecar(const char *what, pid_t pid)
{
	enum running_state state;
	char why[TARGET_WHY];
	struct proc_stat st;

	if (pid <= 0 || proc_stat(pid, &st) != 0) {
		tell_error(
			"there is no process %s and no sidecar of one; `weir stat` lists "
			"those there are",
			what);
		return;
	}
	state = running_explain(pid, why, sizeof(why));
	if (state == RUNNING_LOADED)
		tell_error("process %d has no sidecar: %s", (int)pid, why);
	else if (state == RUNNING_UNKNOWN)
		tell_error("process %d has no sidecar that you may read, and whether it "
			   "runs under weir cannot be seen: %s",
			   (int)pid, why);
	else if (!tell_of_attached(pid)) {
		tell_error("process %d does not run under weir: %s", (int)pid, why);
		tell_of_attaching(pid);
	}
	descendants_list(stderr, pid, st.start_ticks, 0, "");
}

/* By pid or by path. */
static bool
open_named(const char *what, struct locate_entry *e)
{
	pid_t pid;
	int rc;

	if (proc_is_pid(what, &pid)) {
		pid = running_behind(pid);
		rc = locate_pid(pid, 0, e);
		if (rc == -ENOENT) {
			tell_no_sidecar(what, pid);
			return false;
		}
	} else {
		rc = locate_open(e, what);
	}
	if (rc != 0)
		tell_error("%s: %s", e->path, e->why);
	if (rc != 0 && strstr(what, ".weir") == NULL &&
	    strstr(what, ".heapsnapshot") == NULL && strchr(what, '/') == NULL)
		tell_note("a process is named by its pid, and `weir stat` lists them");
	return rc == 0;
}

#define LISTED 10

static uint64_t
rss_of(const struct locate_entry *e)
{
	return sidecar_counter(&e->sidecar, WEIR_C_rss_bytes);
}

/* What there is, in trees: `npm start` is one of them, and any of its processes may be meant. */
struct choice {
	const struct locate_entry *entries;
	struct process_row *rows;
	size_t n_rows, n_running;
	size_t tree, tree_end; /* rows of the tree that is looked at */
	bool one_tree;	       /* all that runs is in it */
};

static bool
runs(const struct choice *c, size_t row)
{
	return c->entries[c->rows[row].entry].life == LOCATE_RUNNING;
}

/* The tree of the first entry: those that run come first, then the most recent. */
static void
find_tree(struct choice *c)
{
	size_t row = 0, inside = 0;

	while (row < c->n_rows && c->rows[row].entry != 0)
		row++;
	for (c->tree = row; c->tree > 0 && c->rows[c->tree].depth > 0; c->tree--)
		;
	c->tree_end = c->tree + 1;
	while (c->tree_end < c->n_rows && c->rows[c->tree_end].depth > 0)
		c->tree_end++;
	for (row = 0; row < c->n_rows; row++)
		c->n_running += runs(c, row);
	for (row = c->tree; row < c->tree_end; row++)
		inside += runs(c, row);
	c->one_tree = inside == c->n_running;
}

/* The largest of the tree, of those that run if any does; n_rows if there is none that will do. */
static size_t
largest(const struct choice *c, size_t *others)
{
	size_t found = c->n_rows;

	*others = 0;
	for (size_t row = c->tree; row < c->tree_end && row < c->n_rows; row++) {
		if (c->n_running > 0 && !runs(c, row))
			continue;
		++*others;
		if (found == c->n_rows ||
		    rss_of(&c->entries[c->rows[row].entry]) >
			    rss_of(&c->entries[c->rows[found].entry]))
			found = row;
	}
	*others -= found != c->n_rows;
	return found;
}

/* The processes that run, for one to be chosen. */
static void
tell_which(const char *command, const struct choice *c)
{
	size_t listed = 0;

	tell_error("%s: %zu processes under weir run here; which one?", command,
		   c->n_running);
	for (size_t row = 0; row < c->n_rows && listed < LISTED; row++) {
		const struct locate_entry *e = &c->entries[c->rows[row].entry];
		char name[SCRIPT_NAME_BYTES], clean[4 * SCRIPT_NAME_BYTES];
		char rss[SHOW_VALUE];

		if (!runs(c, row))
			continue;
		listed++;
		fprintf(stderr, "  weir %s %-8d # %*s%s", command, (int)e->pid,
			2 * (int)c->rows[row].depth, "",
			show_clean(clean, sizeof(clean), script_name(&e->sidecar, name)));
		fprintf(stderr, ", %s resident\n", show_bytes(rss, rss_of(e)));
	}
	if (c->n_running > listed)
		fprintf(stderr, "  and %zu more: `weir stat` lists all\n",
			c->n_running - listed);
}

static char *
choose(const char *command, const struct choice *c)
{
	size_t others, row = largest(c, &others);
	const struct locate_entry *e = &c->entries[c->rows[row].entry];
	char name[SCRIPT_NAME_BYTES];
	char *path = strdup(e->path);

	if (path == NULL)
		tell_no_memory();
	if (others > 0)
		tell_note("%s: process %d, %s, is the largest of %zu that belong "
			  "together; `weir stat` lists them",
			  command, (int)e->pid, script_name(&e->sidecar, name),
			  others + 1);
	return path;
}

char *
subject_obvious(const char *command, bool ended_will_do)
{
	struct locate_place here = locate_here();
	struct locate_entry *entries;
	size_t n = locate_all(&here, 0, &entries);
	struct choice c = {.entries = entries, .rows = calloc(n + 1, sizeof(*c.rows))};
	char *path = NULL;

	if (c.rows == NULL)
		tell_no_memory();
	c.n_rows = process_tree_order(entries, n, c.rows);
	if (c.n_rows > 0)
		find_tree(&c);
	if (c.n_running > 0 && !c.one_tree)
		tell_which(command, &c);
	else if (c.n_rows == 0 || (c.n_running == 0 && !ended_will_do))
		tell_error("%s: no process under weir %s here; start one with `weir run "
			   "-- PROGRAM`, or name a sidecar",
			   command,
			   ended_will_do ? "runs or has left a sidecar" : "runs");
	else
		path = choose(command, &c);
	free(c.rows);
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
