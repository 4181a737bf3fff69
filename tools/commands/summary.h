/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `weir run --summary` prints when the program has ended.
 */
#ifndef TOOLS_SUMMARY_H
#define TOOLS_SUMMARY_H

#include <stdio.h>

#include "tools/host/guest.h"
#include "tools/host/target.h"

/* `t`: the program as it was examined before the start; it explains a missing sidecar. */
void summary_print(FILE *out, const struct guest *g, const struct target *t);

#endif
