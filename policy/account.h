/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where resident memory is: each mapping is given to one part, or cut among several, so that the
 * parts add up to what is resident. The same rules for the shim, which records them, and for the command,
 * which looks at a process that runs. Pure: lines in, sums out.
 */
#ifndef POLICY_ACCOUNT_H
#define POLICY_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/mapping.h"
#include "weir/stats.h"

struct weir_account_range {
	uint64_t base, bytes;
};

/* A mapping that was seen being made, and what has become of it. */
struct weir_account_map {
	uint64_t base, bytes;
	bool own;    /* weir made it */
	bool next;   /* the next allocator did */
	uint32_t id; /* for the caller */
	/* Found: resident there, and from where to where anonymous memory is mapped; 0, 0: nowhere. */
	uint64_t resident_bytes, from, to;
};

struct weir_account {
	/* Set before the first line, the rest zero. */
	const struct weir_account_range *regions; /* weir's */
	size_t n_regions;
	struct weir_account_map *maps; /* by address, apart */
	size_t n_maps;
	bool v8; /* runs in the process */

	/* In force after weir_account_end. */
	uint64_t part_bytes[WEIR_N_MEMORY_PARTS];

	/* The mapping that waits for the next one, and the one before it. */
	struct weir_mapping held, before;
	size_t at;	       /* maps before it end before `held` */
	uint64_t shared_bytes; /* shared memory mapped, resident or not */
};

/* One after the other, all lines of smaps, or all mappings with what is resident; and then the end. */
void weir_account_line(struct weir_account *a, const char *line);
void weir_account_mapping(struct weir_account *a, const struct weir_mapping *m);
void weir_account_end(struct weir_account *a);

/*
 * The same without smaps, whose walk of a mapping forbids others to map: whoever takes the list of mappings asks which pages of those that are
 * anonymous are there, but for large ranges out of reach, which are reserved for later. There may be WEIR_ASK_TIMES
 * as much to ask as is resident, and WEIR_ASK_LEAST: where it is more, smaps is quicker.
 */
#define WEIR_ASK_TIMES 16
#define WEIR_ASK_LEAST ((uint64_t)64 << 20)
bool weir_account_asks(const struct weir_mapping *m);

/*
 * What was not asked is the files'. Of `rss_bytes` the kernel calls `anon_bytes` anonymous. False: the sums do not agree, or more than a
 * little of the mappings is shared memory; then smaps has to tell. After the end.
 */
bool weir_account_rest(struct weir_account *a, uint64_t rss_bytes, uint64_t anon_bytes);

/* Of what is resident in weir's regions, so much is free. After the end. */
void weir_account_cached(struct weir_account *a, uint64_t bytes);

uint64_t weir_account_sum(const struct weir_account *a);

#endif
