/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's file by the name that it was started by: many programs are one file that does as its name says, as
 * redis-server and redis-check-rdb.
 */
#ifndef TOOLS_PROGRAM_PATH_H
#define TOOLS_PROGRAM_PATH_H

#include <limits.h>

#include "weir/stats.h"

/* That link to the file, if there is one beside it or where it was named; else the file. */
const char *program_path(const struct weir_stats_header *h, char path[PATH_MAX]);

#endif
