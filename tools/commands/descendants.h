/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process started, for who asks of a parent whose children are what grows: a cluster's primary, a process manager.
 */
#ifndef TOOLS_DESCENDANTS_H
#define TOOLS_DESCENDANTS_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* Lists its descendants under weir that run and have more than `rss_bytes` resident; `which` says what that means. Nothing where there are none. */
void descendants_list(FILE *out, pid_t pid, uint64_t start_ticks, uint64_t rss_bytes,
		      const char *which);

#endif
