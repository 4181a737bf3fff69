/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workers of a Node whose inspector is open: each has V8 collect its garbage. Called by inspector.c.
 */
#ifndef TOOLS_INSPECTOR_WORKERS_H
#define TOOLS_INSPECTOR_WORKERS_H

#include "tools/host/websocket.h"

struct inspector_workers {
	unsigned asked, collected; /* one that is in a loop does not come to it */
};

/* Whatever fails ends it early: what has been collected by then is. Waits some seconds at most for those that are busy. */
struct inspector_workers inspector_workers_collect(struct websocket *w);

#endif
