/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check of a sidecar's numbers, printed.
 */
#ifndef TOOLS_STAT_CHECK_H
#define TOOLS_STAT_CHECK_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/read/locate.h"

/* Prints each identity that fails, or how many hold; true if none fails. May take seconds. */
bool stat_check_print(const struct locate_entry *entry, FILE *out);

#endif
