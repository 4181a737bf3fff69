/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc/self/maps, line by line, without the heap and without stdio. Slow (0.1 to 1 ms): for the
 * first sight of code, never for each capture or each thread.
 */
#ifndef TRACE_MAPS_H
#define TRACE_MAPS_H

#include <stdbool.h>
#include <stdint.h>

struct maps_line {
	uint64_t start, end, offset, inode;
	bool readable, executable;
	const char *path; /* "" for anonymous memory; gone after the call */
};

/*
 * Until `each` says false. 0, or -errno: -EBUSY while another thread reads, or the one that this signal
 * interrupted. Lines longer than 4 KB are cut.
 */
int maps_read(bool (*each)(void *context, const struct maps_line *line), void *context);

void maps_after_fork(void);

#endif
