/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a process may be asked something through its inspector, without harm. Only reads.
 */
#ifndef TOOLS_INSPECTABLE_H
#define TOOLS_INSPECTABLE_H

#include "tools/host/inspector.h"

/*
 * Fills `i`, whose pidfd is to be closed. 0, or -1 with the reason and what to do in i->why; `otherwise`: what else
 * the user can do.
 */
int inspectable_examine(struct inspector *i, pid_t pid, const char *otherwise);

/*
 * The port that command line and NODE_OPTIONS give the inspector: 9229 if they say nothing; 0: any that is free.
 * `*active`: it is open from the start. Texts are of NAME strings, each terminated. Pure.
 */
uint16_t inspectable_port(const char *arguments, size_t len, const char *node_options,
			  bool *active, bool *no_signal);

#endif
