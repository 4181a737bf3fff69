/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adds up /proc/PID/smaps, line by line: what is resident within ranges of addresses. Pure, for tests.
 */
#ifndef TOOLS_SMAPS_H
#define TOOLS_SMAPS_H

#include <stddef.h>
#include <stdint.h>

#include "tools/read/proc.h"

/* All zero but the ranges at first. */
struct smaps_sum {
	const struct proc_range *ranges;
	size_t n;
	uint64_t from, to; /* of the mapping that is being read */
	uint64_t common;   /* of it, within the ranges */
	uint64_t counted;  /* of it, resident */
	uint64_t bytes;	   /* of all */
};

void smaps_line(struct smaps_sum *s, const char *line);

#endif
