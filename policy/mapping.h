/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mapping of a process, as the lines of smaps tell of it. Pure: text in, numbers out. For account.c
 * and its tests.
 */
#ifndef POLICY_MAPPING_H
#define POLICY_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

/* What the kernel says is behind it. */
enum weir_backing_of {
	WEIR_OF_NOTHING,
	WEIR_OF_BRK,
	WEIR_OF_STACK,
	WEIR_OF_FILE,
	WEIR_OF_SHARED
};

struct weir_mapping {
	uint64_t start, end;
	uint64_t rss_bytes;
	bool readable, writable, executable;
	enum weir_backing_of of;
};

/* A mapping's first line; false: it is another one. */
bool weir_mapping_first(const char *line, struct weir_mapping *m);

/* "Rss: 12 kB"; false: it is another one. */
bool weir_mapping_rss(const char *line, uint64_t *bytes);

#endif
