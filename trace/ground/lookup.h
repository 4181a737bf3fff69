/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a hash to the numbers of the records that may have it; nothing is ever taken out. A few tables of slots,
 * each four times as large as the one before and made when that is full enough: so nothing is moved when there
 * is more, and no request pays for all that came before. Used by intern.c, under the trace's lock.
 */
#ifndef TRACE_LOOKUP_H
#define TRACE_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#define LOOKUP_TABLES 5

/* The first has 1024 slots, a page: all together are good for 260000 records. */
struct lookup {
	void *slots[LOOKUP_TABLES]; /* uint32_t: a record, 0: free */
	uint32_t used;		    /* of the newest */
};

/* Where a search is. */
struct lookup_walk {
	const struct lookup *in;
	uint32_t hash, slot;
	int table;
};

struct lookup_walk lookup_start(const struct lookup *in, uint64_t hash);

/* The next record that may be it, 0: there is no more. */
uint32_t lookup_next(struct lookup_walk *w);

/* Adds one that is not there; false: full, or no memory. */
bool lookup_add(struct lookup *in, uint64_t hash, uint32_t record);

#endif
