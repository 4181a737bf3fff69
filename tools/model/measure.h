/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resident memory of a process as it is now, set beside what its sidecar says.
 */
#ifndef TOOLS_MEASURE_H
#define TOOLS_MEASURE_H

#include "tools/model/derive.h"
#include "tools/read/locate.h"

/* From /proc when the process runs and may be read, else from the last write. */
struct derive_memory measure_memory(const struct locate_entry *entry);

enum measure_result {
	MEASURE_SETTLED,
	MEASURE_BUSY,	  /* the numbers moved while they were read, every time */
	MEASURE_NOT_ABLE, /* it has ended, or its smaps may not be read */
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
