/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regions: large reservations of address space that spans tile, and the way from a pointer to
 * its span. A pointer that is not weir's is turned away by one subtraction and one compare
 * against the hull, the range from the lowest to the highest region that ever was.
 */
#ifndef POOL_REGION_H
#define POOL_REGION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/pages.h"
#include "pool/span.h"

/*
 * Regions start at and measure multiples of a unit, so that a unit belongs to one region. Units
 * are found through two tables: one entry for every 32 GB of the address space, and where there
 * are regions, one for every unit of these 32 GB.
 */
#define WEIR_UNIT_SHIFT	  22
#define WEIR_UNIT_BYTES	  ((size_t)1 << WEIR_UNIT_SHIFT)
#define WEIR_LEAF_SHIFT	  35
#define WEIR_LEAF_UNITS	  ((size_t)1 << (WEIR_LEAF_SHIFT - WEIR_UNIT_SHIFT))
#define WEIR_ADDRESS_BITS 48
#define WEIR_LEAVES	  ((size_t)1 << (WEIR_ADDRESS_BITS - WEIR_LEAF_SHIFT))
#define WEIR_REGIONS_MAX  1024
#define WEIR_REGION_MAX	  ((size_t)1 << 39) /* twice the largest request that is served */

struct region_leaf;

struct weir_region {
	uintptr_t base; /* 0: this row describes nothing */
	size_t bytes; /* not 0 beside base 0: its region is being unmapped, the row is taken */
	_Atomic(struct weir_span *) *map; /* one entry a page */
	int32_t *origin;		  /* see origin.h; NULL: no page was ever moved */
	size_t seams;
	struct region_leaf *leaves; /* made by region_prepare, for region_add */
	size_t n_leaves;
};

/*
 * Grows only; written under the heap's lock, `bytes` before `low`, so that a reader who sees a
 * new `low` sees a hull that covers everything the old one did.
 */
struct weir_hull {
	_Atomic uintptr_t low;
	_Atomic size_t bytes;
};
extern struct weir_hull weir_hull __attribute__((visibility("hidden")));

/*
 * Might p be weir's? Cheap and sure when it says no. A host may hand a block on by nothing but its address (release, and a
 * relaxed load whose value is used): so what is loaded here is loaded by an address that p is part of, on a processor that
 * might else do it before it has p.
 */
static inline bool
weir_hull_has(const void *p)
{
	const struct weir_hull *hull = &weir_hull;

#if defined(__aarch64__)
	uintptr_t nothing;

	__asm__("eor %0, %1, %1" : "=r"(nothing) : "r"(p));
	hull = (const struct weir_hull *)((uintptr_t)hull + nothing);
#endif
	/* In this order: see above. */
	uintptr_t low = atomic_load_explicit(&hull->low, memory_order_acquire);

	return (uintptr_t)p - low <
	       atomic_load_explicit(&hull->bytes, memory_order_acquire);
}

/* The region p lies in, or NULL. Needs no lock for a pointer into a live block. */
struct weir_region *weir_region_of(const void *p);

/*
 * The span that starts exactly at p, or NULL: p is then a stranger's, or inside a block. For
 * a pointer that is no live block's start the answer may be out of date: check its state.
 */
struct weir_span *weir_span_at(const void *p);

/* The span that p lies in, or NULL. Walks back page by page: not for the allocation path. */
struct weir_span *weir_span_around(const void *p);

/* Whether p lies in any region at all; for telling misuse from a stranger's pointer. */
bool weir_region_has(const void *p);

/*
 * For the heap, in this order: prepare (makes the tables), add; then detach (nobody finds it any
 * more, but for the copy that it returns), dispose (unmaps the tables), free_row (the row may be used
 * again). add, detach and free_row need the heap's lock; prepare and dispose make system calls and must
 * not hold it. A child of a fork between detach and free_row frees the row: what was still mapped of the
 * region stays so, since nobody can tell whether its place is something else's by now.
 */
struct weir_region region_prepare(const struct weir_pages *pages, uintptr_t base,
				  size_t bytes);
int region_add(struct weir_region *prepared, uint16_t *index);
struct weir_region region_detach(uint16_t index);
void region_dispose(const struct weir_pages *pages, const struct weir_region *r);
void region_free_row(uint16_t index);
/* The last `bytes`, whole units, are the region's no more; for the caller to unmap. Lock held. */
void region_shorten(struct weir_region *r, size_t bytes);
void region_after_fork(void);
size_t region_leaf_bytes(void); /* of all leaves, used or not */
struct weir_region *region_get(uint16_t index);
/* Rows 0 .. region_rows() - 1 have been used. */
uint16_t region_rows(void);

static inline size_t
region_page(const struct weir_region *r, uintptr_t address)
{
	return (address - r->base) >> WEIR_PAGE_SHIFT;
}

static inline size_t
region_map_bytes(const struct weir_region *r)
{
	size_t bytes = (r->bytes >> WEIR_PAGE_SHIFT) * sizeof(*r->map);

	return weir_whole_pages(bytes);
}

static inline void
region_map_set(struct weir_region *r, struct weir_span *s)
{
	atomic_store_explicit(&r->map[region_page(r, s->base)], s, memory_order_release);
	atomic_store_explicit(&r->map[region_page(r, s->base + s->bytes - 1)], s,
			      memory_order_release);
}

#endif
