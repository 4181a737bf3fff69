/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of a sidecar as tables for people; `weir stat` and the summary of `weir run` share
 * them. Each prints nothing when there is nothing to show, and begins with an empty line.
 */
#ifndef TOOLS_STAT_TABLES_H
#define TOOLS_STAT_TABLES_H

#include <stdio.h>

#include "tools/read/sidecar.h"

/* `all`: also classes never used. */
void stat_tables_classes(const struct sidecar *s, FILE *out, bool all);

void stat_tables_brief(const struct sidecar *s, FILE *out);
void stat_tables_map(const struct sidecar *s, FILE *out);

/* Why requests went to the next allocator. */
void stat_tables_passed(const struct sidecar *s, FILE *out);
void stat_tables_trims(const struct sidecar *s, FILE *out);

void stat_tables_sizes(const struct sidecar *s, FILE *out);
void stat_tables_kinds(const struct sidecar *s, FILE *out);

/* Every counter with its unit and meaning, by group. */
void stat_tables_counters(const struct sidecar *s, FILE *out);

#endif
