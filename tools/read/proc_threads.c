/* SPDX-License-Identifier: Apache-2.0 */
/*
 * They come and go while they are listed: one that is told may be gone.
 */
#include "tools/read/proc_threads.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/read/proc.h"

void
proc_threads_begin(struct proc_threads *t, pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	t->dir = opendir(path);
}

bool
proc_threads_next(struct proc_threads *t, pid_t *tid)
{
	struct dirent *e;

	while (t->dir != NULL && (e = readdir(t->dir)) != NULL)
		if (proc_is_pid(e->d_name, tid))
			return true;
	return false;
}

void
proc_threads_end(struct proc_threads *t)
{
	if (t->dir != NULL)
		closedir(t->dir);
}

bool
proc_has_thread(pid_t pid, const char *name)
{
	struct proc_threads t;
	char path[64], *text;
	size_t n = strlen(name);
	bool has = false;
	pid_t tid;

	proc_threads_begin(&t, pid);
	while (!has && proc_threads_next(&t, &tid)) {
		snprintf(path, sizeof(path), "task/%d/comm", (int)tid);
		if (proc_text(pid, path, &text, NULL) == 0) {
			has = strncmp(text, name, n) == 0 && text[n] == '\n';
			free(text);
		}
	}
	proc_threads_end(&t);
	return has;
}
