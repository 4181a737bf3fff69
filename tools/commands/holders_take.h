/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A heap snapshot of a process that runs, for `weir holders PID`.
 */
#ifndef TOOLS_HOLDERS_TAKE_H
#define TOOLS_HOLDERS_TAKE_H

#include <stdbool.h>
#include <sys/types.h>

struct holders_take {
	pid_t pid;
	bool yes;	    /* the price is known */
	const char *output; /* a file to be made and kept, or NULL: a nameless one */
	int wait_s;
};

/* A descriptor of the snapshot, or -1 after it has been told why there is none. */
int holders_take(const struct holders_take *t);

#endif
