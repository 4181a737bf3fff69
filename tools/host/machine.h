/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts of the machine, and of a process's limits, that change what weir can do.
 */
#ifndef TOOLS_MACHINE_H
#define TOOLS_MACHINE_H

#include <sys/types.h>

#include "tools/text/finding.h"

/* `pid` 0: the limits that a program started from here would have. */
void machine_findings(struct findings *f, pid_t pid);

#endif
