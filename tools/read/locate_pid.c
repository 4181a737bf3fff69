/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sidecar of one process. Called by `weir stat PID`, doctor and the summary; the process's
 * own environment says where it writes, ours is only the fallback.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/options.h"
#include "tools/read/locate.h"
#include "tools/read/proc.h"

struct environ_text {
	char *text;
	size_t len;
};

static const char *
get_here(void *context, const char *name)
{
	(void)context;
	return getenv(name);
}

static const char *
get_there(void *context, const char *name)
{
	const struct environ_text *e = context;

	return proc_environ_get(e->text, e->len, name);
}

struct locate_place
locate_here(void)
{
	return (struct locate_place){
		.get = get_here, .uid = geteuid(), .named_uid = geteuid(), .root = ""};
}

/* `start_ticks`: of the process that is meant, 0 for any. */
static int
take_best(const struct locate_place *place, pid_t pid, uint64_t start_ticks,
	  struct locate_entry *entry)
{
	struct locate_entry *all;
	size_t n = locate_all(place, pid, &all);
	int rc = -ENOENT;

	for (size_t i = 0; i < n && rc == -ENOENT; i++) {
		if (start_ticks != 0 && all[i].start_ticks != start_ticks)
			continue;
		*entry = all[i];
		memset(&all[i].sidecar, 0, sizeof(all[i].sidecar));
		rc = entry->error;
	}
	locate_free(all, n);
	return rc;
}

bool
locate_stats_path(const char *stats, pid_t pid, char *path, size_t size)
{
	size_t n = 0;

	if (strcmp(stats, "auto") == 0 || strcmp(stats, "off") == 0)
		return false;
	for (const char *s = stats; *s != '\0'; s++) {
		char piece[16] = {*s};

		if (s[0] == '%' && s[1] == 'p')
			snprintf(piece, sizeof(piece), "%d", (int)pid);
		if (s[0] == '%' && (s[1] == 'p' || s[1] == '%'))
			s++;
		if (n + strlen(piece) >= size)
			return false;
		n += (size_t)sprintf(path + n, "%s", piece);
	}
	return n > 0;
}

/* The file that the options name, if they name one and it is of this process, which has the pid `inner` itself. */
static int
take_named(const char *options_text, const char *root, pid_t pid, pid_t inner,
	   uint64_t start_ticks, struct locate_entry *entry)
{
	const struct weir_stats_header *h = &entry->sidecar.header;
	struct weir_options o;
	char path[PATH_MAX];
	size_t n = strlen(root);

	weir_options_defaults(&o);
	weir_options_parse(&o, options_text, NULL, 0);
	snprintf(path, sizeof(path), "%s", root);
	/* One that is not absolute is of a folder that is not known. */
	if (n > 0 && o.stats[0] != '/')
		return -ENOENT;
	if (!locate_stats_path(o.stats, inner, path + n, sizeof(path) - n) ||
	    locate_open(entry, path) == -ENOENT)
		return -ENOENT;
	if (entry->error == 0 &&
	    (h->pid != pid || (start_ticks != 0 && h->start_ticks != start_ticks))) {
		sidecar_free(&entry->sidecar);
		return -ENOENT;
	}
	return entry->error;
}

int
locate_named(const char *options_text, pid_t pid, uint64_t start_ticks,
	     struct locate_entry *entry)
{
	struct container c;
	struct proc_stat st;

	if (proc_stat(pid, &st) != 0)
		return -ENOENT;
	container_of(pid, st.uid, &c);
	return take_named(options_text, c.root, pid, c.inner, start_ticks, entry);
}

bool
locate_refused_by(pid_t pid, char *why, size_t size)
{
	struct environ_text there = {0};
	struct container c;
	struct proc_stat st;

	if (proc_stat(pid, &st) != 0 ||
	    proc_text(pid, "environ", &there.text, &there.len) != 0)
		return false;
	container_of(pid, st.uid, &c);
	struct locate_place its = {get_there, &there, st.uid, c.user, c.root};
	bool refused = locate_folders_refused(&its, why, size);
	free(there.text);
	return refused;
}

int
locate_pid(pid_t pid, uint64_t start_ticks, struct locate_entry *entry)
{
	struct environ_text there = {0};
	struct locate_place here = locate_here();
	struct container c = {.inner = pid};
	struct proc_stat st;
	bool running = proc_stat(pid, &st) == 0 && !st.ended;
	int rc = -ENOENT;

	if (running && start_ticks == 0)
		start_ticks = st.start_ticks;
	if (running)
		container_of(pid, st.uid, &c);
	if (running && proc_text(pid, "environ", &there.text, &there.len) == 0) {
		struct locate_place its = {get_there, &there, st.uid, c.user, c.root};

		rc = take_named(get_there(&there, "WEIR_OPTIONS"), c.root, pid, c.inner,
				start_ticks, entry);
		if (rc == -ENOENT)
			rc = take_best(&its, c.inner, start_ticks, entry);
	}
	free(there.text);
	if (rc == -ENOENT)
		rc = take_named(getenv("WEIR_OPTIONS"), "", pid, c.inner, start_ticks,
				entry);
	if (rc == -ENOENT)
		rc = take_best(&here, c.inner, start_ticks, entry);
	return rc;
}
