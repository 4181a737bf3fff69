/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of regions and the lookup of a pointer's span. Writers hold the heap's lock;
 * lookups hold none: what they read for a live block was written before the host got it.
 */
#include "pool/region.h"

#include <errno.h>

#include "pool/origin.h"

struct weir_hull weir_hull = {.low = UINTPTR_MAX, .bytes = 0};

static struct weir_region regions[WEIR_REGIONS_MAX];
static uint16_t n_rows;

/* A leaf's entry: row + 1 of the region the unit belongs to, or 0. */
struct leaf {
	_Atomic uint16_t rows[WEIR_LEAF_UNITS];
};
static _Atomic(_Atomic(struct leaf *) *) leaves;

struct weir_region *
region_get(uint16_t index)
{
	return &regions[index];
}

uint16_t
region_rows(void)
{
	return n_rows;
}

struct weir_region *
weir_region_of(const void *p)
{
	uintptr_t a = (uintptr_t)p;

	if (!weir_hull_has(p) || a >> WEIR_ADDRESS_BITS != 0)
		return NULL;
	/* Inside the hull: there is a top table. */
	_Atomic(struct leaf *) *top = atomic_load_explicit(&leaves, memory_order_acquire);
	struct leaf *leaf =
		atomic_load_explicit(&top[a >> WEIR_LEAF_SHIFT], memory_order_acquire);
	if (leaf == NULL)
		return NULL;
	uint16_t row = atomic_load_explicit(
		&leaf->rows[a >> WEIR_UNIT_SHIFT & (WEIR_LEAF_UNITS - 1)],
		memory_order_acquire);
	return row == 0 ? NULL : &regions[row - 1];
}

bool
weir_region_has(const void *p)
{
	return weir_region_of(p) != NULL;
}

struct weir_span *
weir_span_at(const void *p)
{
	struct weir_region *r = weir_region_of(p);

	if (r == NULL || ((uintptr_t)p & (WEIR_PAGE_BYTES - 1)) != 0)
		return NULL;
	struct weir_span *s = atomic_load_explicit(&r->map[region_page(r, (uintptr_t)p)],
						   memory_order_acquire);
	return s != NULL && s->base == (uintptr_t)p ? s : NULL;
}

struct weir_span *
weir_span_around(const void *p)
{
	struct weir_region *r = weir_region_of(p);
	uintptr_t page = (uintptr_t)p & ~(uintptr_t)(WEIR_PAGE_BYTES - 1);

	for (; r != NULL && page >= r->base; page -= WEIR_PAGE_BYTES) {
		struct weir_span *s = weir_span_at((void *)page);

		if (s != NULL && (uintptr_t)p < s->base + s->bytes)
			return s;
	}
	return NULL;
}

static void
hull_cover(uintptr_t base, size_t bytes)
{
	uintptr_t low = atomic_load_explicit(&weir_hull.low, memory_order_relaxed);
	size_t size = atomic_load_explicit(&weir_hull.bytes, memory_order_relaxed);
	uintptr_t new_low = base < low ? base : low;
	uintptr_t high = size == 0 ? base : low + size;
	uintptr_t new_high = base + bytes > high ? base + bytes : high;

	atomic_store_explicit(&weir_hull.bytes, new_high - new_low, memory_order_release);
	atomic_store_explicit(&weir_hull.low, new_low, memory_order_release);
}

static void
units_set(uintptr_t base, size_t bytes, uint16_t value)
{
	_Atomic(struct leaf *) *top = atomic_load_explicit(&leaves, memory_order_relaxed);

	for (uintptr_t a = base; a < base + bytes; a += WEIR_UNIT_BYTES)
		atomic_store_explicit(
			&top[a >> WEIR_LEAF_SHIFT]
				 ->rows[a >> WEIR_UNIT_SHIFT & (WEIR_LEAF_UNITS - 1)],
			value, memory_order_release);
}

/* Tables are made when first needed and stay; of two threads that make one, one wins. */
static bool
tables_make(const struct weir_pages *pages, uintptr_t base, size_t bytes)
{
	size_t top_bytes = WEIR_LEAVES * sizeof(_Atomic(struct leaf *));
	_Atomic(struct leaf *) *no_top = NULL, *top = atomic_load(&leaves);

	if (top == NULL) {
		top = pages->meta(top_bytes);
		if (top == NULL)
			return false;
		if (!atomic_compare_exchange_strong(&leaves, &no_top, top)) {
			pages->release(top, top_bytes);
			top = no_top;
		}
	}
	for (size_t i = base >> WEIR_LEAF_SHIFT;
	     i <= (base + bytes - 1) >> WEIR_LEAF_SHIFT; i++) {
		struct leaf *none = NULL, *leaf;

		if (atomic_load(&top[i]) != NULL)
			continue;
		leaf = pages->meta(WEIR_PAGE_BYTES);
		if (leaf == NULL)
			return false;
		if (!atomic_compare_exchange_strong(&top[i], &none, leaf))
			pages->release(leaf, WEIR_PAGE_BYTES);
	}
	return true;
}
_Static_assert(sizeof(struct leaf) <= WEIR_PAGE_BYTES, "a leaf is a page");

struct weir_region
region_prepare(const struct weir_pages *pages, uintptr_t base, size_t bytes)
{
	struct weir_region r = {.base = base, .bytes = bytes, .map = NULL};

	if ((base + bytes - 1) >> WEIR_ADDRESS_BITS == 0 &&
	    tables_make(pages, base, bytes))
		r.map = pages->meta(region_map_bytes(&r));
	return r;
}

int
region_add(const struct weir_region *prepared, uint16_t *index)
{
	for (uint16_t i = 0; i < WEIR_REGIONS_MAX; i++) {
		if (regions[i].base != 0)
			continue;
		regions[i] = *prepared;
		if (i >= n_rows)
			n_rows = i + 1;
		units_set(prepared->base, prepared->bytes, i + 1);
		hull_cover(prepared->base, prepared->bytes);
		*index = i;
		return 0;
	}
	return -ENOSPC;
}

void
region_detach(uint16_t index)
{
	units_set(regions[index].base, regions[index].bytes, 0);
}

void
region_dispose(const struct weir_pages *pages, const struct weir_region *r)
{
	if (r->map != NULL)
		pages->release(r->map, region_map_bytes(r));
	if (r->origin != NULL)
		pages->release(r->origin, origin_table_bytes(r));
	pages->release((void *)r->base, r->bytes);
}

void
region_free_row(uint16_t index)
{
	regions[index].base = 0;
}
