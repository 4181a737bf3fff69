/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins /proc/PID/net/tcp, which knows ports by inode, with /proc/PID/fd. Called for `weir holders PID`.
 */
#include "tools/read/listeners.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/read/proc.h"

#define LISTEN_STATE 0x0a

/* 127.0.0.1, 0.0.0.0, ::1, :: and the mapped form, as the kernel prints them. */
static bool
is_reachable(const char *address)
{
	static const char *const known[] = {
		"0100007F",
		"00000000",
		"00000000000000000000000001000000",
		"00000000000000000000000000000000",
		"0000000000000000FFFF00000100007F",
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(address, known[i]) == 0)
			return true;
	return false;
}

bool
listeners_parse(const char *line, bool v6, struct listener *out)
{
	char address[40];
	unsigned port, state;
	uint64_t inode;

	if (sscanf(line,
		   " %*u: %36[0-9A-F]:%4x %*[0-9A-F]:%*x %2x %*x:%*x %*x:%*x %*x %*u %*u "
		   "%" SCNu64,
		   address, &port, &state, &inode) != 4 ||
	    state != LISTEN_STATE || !is_reachable(address))
		return false;
	*out = (struct listener){.inode = inode, .port = (uint16_t)port, .v6 = v6};
	return true;
}

static int
read_table(struct listeners *l, pid_t pid, const char *name, bool v6)
{
	struct listener row;
	char *text, *rest;
	int rc = proc_text(pid, name, &text, NULL);

	if (rc != 0)
		return rc == -ENOENT ? 0 : rc;
	for (char *line = strtok_r(text, "\n", &rest);
	     line != NULL && l->n < LISTENERS_MOST; line = strtok_r(NULL, "\n", &rest))
		if (listeners_parse(line, v6, &row))
			l->rows[l->n++] = row;
	free(text);
	return 0;
}

static int
mark_own(struct listeners *l, pid_t pid)
{
	char path[64], link[128];
	const struct dirent *e;
	uint64_t inode;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	if (dir == NULL)
		return -errno;
	while ((e = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "fd/%.20s", e->d_name);
		if (e->d_name[0] == '.' ||
		    proc_link(pid, path, link, sizeof(link)) != 0 ||
		    sscanf(link, "socket:[%" SCNu64 "]", &inode) != 1)
			continue;
		for (size_t i = 0; i < l->n; i++)
			l->rows[i].own |= l->rows[i].inode == inode;
	}
	closedir(dir);
	return 0;
}

int
listeners_read(struct listeners *l, pid_t pid)
{
	int rc;

	l->n = 0;
	l->rows = calloc(LISTENERS_MOST, sizeof(*l->rows));
	if (l->rows == NULL)
		return -ENOMEM;
	rc = read_table(l, pid, "net/tcp", false);
	if (rc == 0)
		rc = read_table(l, pid, "net/tcp6", true);
	if (rc == 0)
		rc = mark_own(l, pid);
	if (rc != 0)
		listeners_free(l);
	return rc;
}

void
listeners_free(struct listeners *l)
{
	free(l->rows);
	*l = (struct listeners){0};
}

const struct listener *
listeners_at(const struct listeners *l, uint16_t port)
{
	const struct listener *found = NULL;

	for (size_t i = 0; i < l->n; i++)
		if (l->rows[i].port == port && (found == NULL || l->rows[i].own))
			found = &l->rows[i];
	return found;
}
