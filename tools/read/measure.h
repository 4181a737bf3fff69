/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resident memory of a process as it is now, set beside what its sidecar says.
 */
#ifndef TOOLS_MEASURE_H
#define TOOLS_MEASURE_H

#include <stdbool.h>

#include "tools/read/locate.h"

/* From /proc, when the process runs and may be read. */
struct measure {
	bool rss_known;
	bool parts_known; /* they take more rights than RSS */
	uint64_t rss_bytes;
	uint64_t part_bytes[WEIR_N_MEMORY_PARTS]; /* they add up to rss_bytes */
};

struct measure measure_now(const struct locate_entry *entry);

enum measure_result {
	MEASURE_SETTLED,
	MEASURE_BUSY,	  /* the numbers moved while they were read, every time */
	MEASURE_NOT_ABLE, /* it has ended, or where its memory is may not be read */
};

/*
 * Resident bytes of weir's regions, and the bytes that the sidecar says may be resident there.
 * The two belong together only if nothing moved: the file is read, then smaps, then, after two
 * of the writer's periods, the file again, and what it says of blocks in use and free must be
 * the same. Tries a few times, seconds in all.
 */
enum measure_result measure_settled(const struct locate_entry *entry, uint64_t *resident,
				    uint64_t *accounted);

#endif
