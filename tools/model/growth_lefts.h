/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What V8's full collections left, one after the other, from the first that is known on: also of the time before the process was large
 * enough to be recorded. Pure; for growth_memory.c, which has them from the rows, and growth_heap.c, which asks.
 */
#ifndef TOOLS_GROWTH_LEFTS_H
#define TOOLS_GROWTH_LEFTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GROWTH_LEFTS 64

struct growth_left {
	double t_s, bytes;
};

struct growth_lefts {
	size_t n; /* more than there is room for: nothing is said of them, windows tell */
	size_t twice;	/* so often two came at once, as they are asked for */
	uint64_t epoch; /* of the last one */
	struct growth_left of[GROWTH_LEFTS];
};

/* In use at this time, after so many collections: a new one is a point. In order of time. */
void growth_lefts_add(struct growth_lefts *l, double t_s, double bytes, uint64_t epoch);

/*
 * What stays grows in step with the time, so many bytes a second, over most of what the process has lived, end_s, until now; 0: it
 * does not, or too few tell. A rise below `least` is none.
 */
double growth_lefts_pace(const struct growth_lefts *l, double end_s, double least);

#endif
