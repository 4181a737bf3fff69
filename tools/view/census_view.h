/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said of small blocks: since when they are seen and why, and of which size most of them are. One
 * wording for `weir growth` and `weir stat`.
 */
#ifndef TOOLS_CENSUS_VIEW_H
#define TOOLS_CENSUS_VIEW_H

#include <stdio.h>

#include "tools/model/census.h"

struct json;

/* `age_ns`: since the sidecar's instant; of a process that is gone, 0. Each line behind `head`. */
void census_text_print(const struct census *c, bool gone, uint64_t age_ns,
		       const char *head, FILE *out);
void census_json_put(struct json *j, const char *key, const struct census *c);

/* " +-12 %", or "" for what is exact. */
#define CENSUS_MARGIN 16
const char *census_margin(char buf[CENSUS_MARGIN], double error);

#endif
