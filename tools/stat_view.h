/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sidecar printed whole: for people, or as JSON for programs. Both show the same figures.
 */
#ifndef TOOLS_STAT_VIEW_H
#define TOOLS_STAT_VIEW_H

#include <stdio.h>

#include "tools/derive.h"
#include "tools/locate.h"

struct stat_view {
	const struct locate_entry *entry;
	struct derive_memory memory;
	uint64_t age_ns;
	bool all; /* also what is zero */
};

void stat_text_print(const struct stat_view *v, FILE *out);
void stat_json_print(const struct stat_view *v, FILE *out);

/* What was found in the default folders, one line or object each. */
void stat_text_list(const struct locate_entry *entries, size_t n, FILE *out);
void stat_json_list(const struct locate_entry *entries, size_t n, FILE *out);

#endif
