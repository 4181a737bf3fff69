/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TCP ports that a process listens on for this machine, by /proc: which of them are its own, and who else's are
 * taken.
 */
#ifndef TOOLS_LISTENERS_H
#define TOOLS_LISTENERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LISTENERS_MOST 4096

struct listener {
	uint64_t inode;
	uint16_t port;
	bool v6;
	bool own; /* the process has it open */
};

struct listeners {
	struct listener *rows; /* owned */
	size_t n;
};

/*
 * Those of the process's network on the loopback address or on all. 0, or -errno: -EACCES if its descriptors may not
 * be seen.
 */
int listeners_read(struct listeners *l, pid_t pid);
void listeners_free(struct listeners *l);

/* A line of /proc/net/tcp or tcp6; false: no such listener. Pure. */
bool listeners_parse(const char *line, bool v6, struct listener *out);

/* The one at this port, of the process itself if it has one there, or NULL. */
const struct listener *listeners_at(const struct listeners *l, uint16_t port);

#endif
