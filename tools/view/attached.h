/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every view says of a process that weir was attached to: since when, for what is older was not seen.
 */
#ifndef TOOLS_ATTACHED_H
#define TOOLS_ATTACHED_H

#include <stdbool.h>

#include "tools/read/sidecar.h"

#define ATTACHED_TEXT 160

/* False if weir was there from the start. `now_unix_ns`: the instant of what is shown. */
bool attached_text(char text[ATTACHED_TEXT], const struct weir_stats_header *h,
		   uint64_t now_unix_ns);

/* The same as numbers of a JSON object that is open; nothing if weir was there from the start. */
struct json;
void attached_put(struct json *j, const struct weir_stats_header *h);

#endif
