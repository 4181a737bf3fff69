/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which pages of a region stand where others were first mapped. Moving pages instead of touching
 * new ones leaves the kernel a mapping of its own for each stretch that was moved together: such a
 * stretch can be moved on only as a whole, and a process may have 65530 of them. So each page's way
 * from its origin is on record, and a place that is given back is mapped anew, as if never moved.
 *
 * Needs the heap's lock, but for origin_make; origin_run and origin_strange also do without for a
 * range that is the caller's own.
 */
#ifndef POOL_ORIGIN_H
#define POOL_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/region.h"

/* Of the 65530 mappings, leave the host nearly all. */
#define ORIGIN_SEAMS_MAX 2048

/* The table for a region that has none yet, or NULL; it belongs to the first who installs it. */
int32_t *origin_make(const struct weir_pages *pages, const struct weir_region *r);
size_t origin_table_bytes(const struct weir_region *r);

/* How much from `at` on, at most `bytes`, is one mapping as far as moves are concerned. */
size_t origin_run(const struct weir_region *r, uintptr_t at, size_t bytes);

/* Is any page of the range not at its origin? */
bool origin_strange(const struct weir_region *r, uintptr_t at, size_t bytes);

/*
 * After a run's pages moved, from here to there, which has a table. May be asked for beforehand whether
 * the way is not too long to be noted.
 */
void origin_moved(const struct weir_region *source, uintptr_t from,
		  struct weir_region *target, uintptr_t to, size_t bytes);
bool origin_can_move(const struct weir_region *source, uintptr_t from, uintptr_t to);

/* After the range was mapped anew. */
void origin_forget(struct weir_region *r, uintptr_t at, size_t bytes);

/* The region goes. */
void origin_drop(struct weir_region *r);

/* Is there room for so many more moves? */
bool origin_has_room(size_t moves);

#endif
