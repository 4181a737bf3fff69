/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where moved pages come from. When mremap moves pages, the kernel keeps a mapping (VMA) of its own for
 * each stretch that was moved together. One mremap call cannot move across two of them, and a process
 * may have 65530. So a table for each region notes, for every page, how far it lies from where it was
 * first mapped (its origin): a change of that distance from one page to the next is a seam, where the
 * kernel has a border between mappings, and seams are limited. A range that is given back to the system
 * is mapped anew, which ends its seams.
 *
 * Call with the heap's lock held, but for origin_make; origin_run and origin_strange need no lock
 * either for a range that is the caller's own.
 */
#ifndef POOL_ORIGIN_H
#define POOL_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/region.h"

/* Never more seams than this: it leaves the host nearly all of the usual 65530 mappings. */
#define ORIGIN_SEAMS_MAX 2048

/* Where a process may have fewer mappings, a 32nd of them. Before the first move. */
void origin_set_mappings(uint64_t most);

/* How many seams there may be. */
size_t origin_most(void);

/* A table for a region that has none yet, for the caller to install; NULL if there is no memory. */
int32_t *origin_make(const struct weir_pages *pages, const struct weir_region *r);
size_t origin_table_bytes(const struct weir_region *r);

/* How many bytes from `at` on, at most `bytes`, one mremap call can move: up to the next seam. */
size_t origin_run(const struct weir_region *r, uintptr_t at, size_t bytes);

/* Was any page of the range moved here from elsewhere? */
bool origin_strange(const struct weir_region *r, uintptr_t at, size_t bytes);

/*
 * Notes that pages were moved from `from` to `to`; the target region has a table. origin_can_move says
 * beforehand whether the table can hold the distance.
 */
void origin_moved(const struct weir_region *source, uintptr_t from,
		  struct weir_region *target, uintptr_t to, size_t bytes);
bool origin_can_move(const struct weir_region *source, uintptr_t from, uintptr_t to);

/*
 * Notes that the mapping itself is not as weir makes them: strange, not to be moved, and mapped anew when
 * it goes back.
 */
void origin_altered(struct weir_region *r, uintptr_t at, size_t bytes);
bool origin_is_altered(const struct weir_region *r, uintptr_t at, size_t bytes);

/* Notes that the range was mapped anew: its pages are at their origin again. */
void origin_forget(struct weir_region *r, uintptr_t at, size_t bytes);

/* The region is given up, and its seams with it. */
void origin_drop(struct weir_region *r);

/* Would so many more moves stay within the limit? */
bool origin_has_room(size_t moves);

#endif
