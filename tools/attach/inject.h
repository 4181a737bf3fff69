/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Has a process load a library: one thread is stopped at a safe point, gets a call of dlopen to make, and is let go.
 * All other threads run on, and nobody waits for the call. x86-64 with libunwind; elsewhere nothing is possible.
 */
#ifndef TOOLS_INJECT_H
#define TOOLS_INJECT_H

#include "tools/attach/picture.h"

#define INJECT_WHY PICTURE_WHY

struct inject {
	pid_t pid;
	const char *path; /* of the library, as the process sees it */
	double seconds;	  /* how long a safe point is looked for */
	bool dry;	  /* find it, and do nothing */
	bool filtered;	  /* what its filters of system calls would do is to be read */

	/* The outcome. */
	pid_t tid;	  /* which thread it was */
	uint64_t stop_ns; /* for how long it stood */
	unsigned tries;	  /* threads that were stopped, this one included */
	char why[INJECT_WHY];
};

/* Whether this weir can; else why not. Any time before. */
bool inject_possible(const char **why);

/*
 * 0: the call is on its way; -EAGAIN: no safe point was found, `why` says what was in the way most often; or another
 * -errno. The process is as before then. The picture is taken anew where it proves too old.
 */
int inject_run(struct inject *i, struct picture *p);

#endif
