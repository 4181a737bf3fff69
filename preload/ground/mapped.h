/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mappings that the host was seen to make, and who made them. What it unmaps or resizes is not watched:
 * whoever reads smaps says what is left of each (preload/clock/parts.c), and that is what counts as its bytes.
 */
#ifndef PRELOAD_MAPPED_H
#define PRELOAD_MAPPED_H

#include <stddef.h>
#include <stdint.h>

#include "policy/account.h"

#define MAPPED_MOST 2048

/* A new one, in the gate. It takes the place of what it covers. `site` 0: there was no tracing. */
/* For the site, of what the next allocator maps for its blocks. */
#define MAPPED_BY_NEXT UINT32_MAX

void mapped_add(uintptr_t base, size_t bytes, uint32_t site);

/* Under the lock of the clock's work: all of them, by address, as account.c wants them; how many. */
size_t mapped_list(struct weir_account_map maps[MAPPED_MOST]);

/* Under that lock, too: how many there are now, and each of them, without a copy of all. */
size_t mapped_count(void);
struct weir_account_map mapped_nth(size_t i);

/* The same maps with what was found of them, in any order among others: `id` is 0 for those. */
void mapped_found(const struct weir_account_map *maps, size_t n);

/* Seen ever, and of these not recorded. */
/* None is known any more. Under the lock of the clock's work. */
void mapped_forget(void);

struct mapped_counts {
	uint64_t seen, lost;
};
struct mapped_counts mapped_counts(void);

/* Around fork. The child has the mappings of its parent. */
void mapped_freeze(void);
void mapped_thaw(void);
void mapped_after_fork(void);

#endif
