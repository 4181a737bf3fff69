/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How `weir attach` ended, in words and as a status.
 */
#ifndef TOOLS_ATTACH_TELL_H
#define TOOLS_ATTACH_TELL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tools/read/locate.h"

#define ATTACH_ANSWER_SECONDS 10

struct attach_request {
	pid_t pid;
	bool force, dry, through_inspector;
	bool filtered; /* found out: its filters are to be read */
	const char
		*folder; /* where the library is put, as the process sees it; or NULL */
	char *options;	 /* allocated */
};

/* The sidecar of a process that was attached to, where the options have it or where sidecars are. 0 or -errno. */
int attach_find_sidecar(const struct attach_request *r, uint64_t start_ticks,
			struct locate_entry *e);

/* Says the reason, but for a process that has ended meanwhile: nothing else that was found is one then. CMD_FAILED. */
__attribute__((format(printf, 3, 4))) int attach_failed(pid_t pid, uint64_t start_ticks,
							const char *format, ...);

/* Waits until the library is at work, and says what to do next, or what hinders it. A status. */
int attach_tell(const struct attach_request *r, uint64_t start_ticks, const char *how);

#endif
