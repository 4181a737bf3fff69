/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of a sidecar in which weir's hook in a runtime says what it has collected (WEIR_COLLECT_FIELDS). Written by
 * the host itself, so as untrusted as all of the file.
 */
#ifndef TOOLS_COLLECTIONS_H
#define TOOLS_COLLECTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "weir/collect.h"
#include "weir/stats.h"

struct collections {
	bool asked_for; /* the process was started with the option `collect`, and is a runtime that has hooks */
	bool hooked; /* and its hook has come up */
	uint64_t words[WEIR_N_COLLECT_FIELDS];
};

/* All zero where the file has no such record, or cannot be read. */
struct collections collections_read(const char *path, const struct weir_stats_header *h);

#endif
