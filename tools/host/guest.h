/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a program as a child and waits for it, out of its way: terminal signals are the
 * child's, SIGTERM and SIGHUP are passed on.
 */
#ifndef TOOLS_GUEST_H
#define TOOLS_GUEST_H

#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct guest {
	pid_t pid;
	uint64_t start_ticks; /* 0 if /proc does not tell */
	int status;	      /* as a shell gives it: exit status, or 128 + signal */
	int signal;	      /* the one that ended it, or 0 */
	int exec_error;	      /* errno, when it could not be started */
	uint64_t elapsed_ns;
	struct rusage usage; /* of the child and the children it waited for */
};

/* Returns 0, or -errno if there is no child to wait for. `argv` as for execvp. */
int guest_run(struct guest *g, char **argv);

#endif
