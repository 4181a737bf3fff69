/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Warnings of `weir run`: that weir would be inert in the program, write nothing, or collect nothing.
 */
#ifndef TOOLS_RUN_WARN_H
#define TOOLS_RUN_WARN_H

#include <stdbool.h>

#include "tools/host/target.h"

/* Says it unless `quiet`, a line for each. `t`: the program, to which WEIR_OPTIONS is applied; `argv`: its command line. */
void run_warn(struct target *t, const char *path, char *const *argv, bool quiet);

#endif
