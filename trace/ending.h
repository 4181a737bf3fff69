/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a process seems to be taking itself down: a runtime that ends frees all it has, block by
 * block, and on a busy machine that takes longer than the time between two writes. What it held is in
 * the last write before, which publish.c must not replace then. Pure.
 */
#ifndef TRACE_ENDING_H
#define TRACE_ENDING_H

#include <stdbool.h>
#include <stdint.h>

/* What a write shows: all sites together. */
struct ending_sums {
	uint64_t live_bytes, alloc_bytes, majors, monotonic_ns;
};

/* Zeros to begin with. */
struct ending {
	struct ending_sums last; /* of the write before */
	uint64_t collected_ns;	 /* when a major GC was seen last, 0: never */
	bool falling;
	struct ending_sums from; /* of the write before it fell */
	uint64_t fell_ns;	 /* when it was seen to fall last */
};

/* To be told of each write in turn: true if that before the fall must be kept beyond it. */
bool ending_keeps(struct ending *e, const struct ending_sums *now);

#endif
