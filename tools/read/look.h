/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process as it is at one instant: its sidecar, its trace, its resident memory. For `weir top`,
 * which looks again and again. Looking needs neither ptrace nor root: the sidecar is a file,
 * resident memory comes from /proc where that may be read.
 */
#ifndef TOOLS_LOOK_H
#define TOOLS_LOOK_H

#include "tools/read/locate.h"
#include "tools/read/measure.h"
#include "tools/read/trace_view.h"

struct look {
	int error; /* 0, or why there is no more than a sentence in entry.why */
	struct locate_entry entry;
	uint64_t age_ns; /* since the last write */
	struct measure now;
	int trace_error; /* 0: there is a trace; -EAGAIN: its writer was at work all the time */
	struct trace_view trace;
	char why_no_trace[TRACE_VIEW_WHY];
};

/* The trace of this sidecar; of a process that runs, as it is now. Results as of trace_view_load. */
int look_trace(struct trace_view *v, const struct locate_entry *e,
	       char why[TRACE_VIEW_WHY]);

/*
 * At a file or a pid. `path` is where its sidecar was at the look before, or NULL: with the process
 * its environment is gone, which said where its file is.
 */
void look_at(struct look *l, const char *what, const char *path);

#endif
