/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Has a Node that runs write a heap snapshot, load a library or collect its garbage, through its inspector, and closes that again.
 */
#ifndef TOOLS_INSPECTOR_H
#define TOOLS_INSPECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tools/host/inspector_workers.h"

#define INSPECTOR_WHY 512

struct inspector {
	pid_t pid;
	bool open;     /* it was open already: it is used, and stays so */
	uint16_t port; /* where it is, or will be */
	bool v6;
	int pidfd;	/* of the process, -1: this kernel has none */
	int wait_s;	/* for the next bytes: while the snapshot is made none come */
	uint64_t bytes; /* of the snapshot */
	bool left_open; /* it could not be closed */
	struct inspector_workers workers; /* that were asked to collect */
	char answer[INSPECTOR_WHY];	  /* what it says of the library, "" if nothing */
	char why[INSPECTOR_WHY];
};

/*
 * Into the file open at `fd`. 0, or -errno with a sentence in `why`. The signal is sent if the inspector is not open;
 * whoever calls has made sure that the process is a Node that catches it.
 */
int inspector_snapshot(struct inspector *i, int fd);

/* The same: its main thread loads the library, and keeps it. 0 says that it has tried. */
int inspector_load(struct inspector *i, const char *path);

/* The same: V8 collects its garbage, all of the main isolate's, and those of workers that come to it. */
int inspector_collect(struct inspector *i);

#endif
