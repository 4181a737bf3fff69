/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The FILE|PID that a subcommand is about: its sidecar, or why there is none.
 */
#ifndef TOOLS_SUBJECT_H
#define TOOLS_SUBJECT_H

#include <stdbool.h>

#include "tools/read/locate.h"
#include "tools/read/trace_view.h"

/*
 * Fills `e`, whose sidecar is to be freed; false after an error has been told. `what` NULL: the obvious one,
 * as below. `command` is the subcommand's name.
 */
bool subject_open(const char *command, const char *what, struct locate_entry *e);

/* The same with its trace, to be freed too; a sidecar without one is an error. */
bool subject_open_trace(const char *command, const char *what, struct locate_entry *e,
			struct trace_view *trace);

/*
 * Without a FILE|PID on the command line: the path of the sidecar that is meant, to be freed. It is that of the one
 * process under weir that runs here; where none runs and one that has ended will do, the most recent. NULL after it
 * has been told why there is none, or which there are.
 */
char *subject_obvious(const char *command, bool ended_will_do);

/* What this build cannot find out about places in code, as warnings; for those that show them. */
void subject_tell_missing(void);

#endif
