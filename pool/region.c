/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of regions and the lookup of a pointer's span. Writers hold the heap's lock;
 * lookups hold none: what they read for a live block was written before the host got it.
 */
#include "pool/region.h"

#include <errno.h>

struct weir_hull weir_hull = {.low = UINTPTR_MAX, .bytes = 0};

static struct weir_region regions[WEIR_REGIONS_MAX];
static uint16_t n_rows;
static _Atomic(_Atomic uint16_t *)
	unit_region; /* row + 1 of the region a unit belongs to, or 0 */

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
	size_t unit = (uintptr_t)p >> WEIR_UNIT_SHIFT;

	if (!weir_hull_has(p) || unit >= WEIR_UNITS)
		return NULL;
	_Atomic uint16_t *table =
		atomic_load_explicit(&unit_region, memory_order_acquire);
	uint16_t row = atomic_load_explicit(&table[unit], memory_order_acquire);
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
	_Atomic uint16_t *table =
		atomic_load_explicit(&unit_region, memory_order_relaxed);

	for (size_t u = base >> WEIR_UNIT_SHIFT; u < (base + bytes) >> WEIR_UNIT_SHIFT;
	     u++)
		atomic_store_explicit(&table[u], value, memory_order_release);
}

static int
units_make(const struct weir_pages *pages)
{
	size_t bytes = WEIR_UNITS * sizeof(_Atomic uint16_t);
	_Atomic uint16_t *none = NULL, *table;

	if (atomic_load_explicit(&unit_region, memory_order_acquire) != NULL)
		return 0;
	table = pages->meta(bytes);
	if (table == NULL)
		return -ENOMEM;
	if (!atomic_compare_exchange_strong(&unit_region, &none, table))
		pages->release(table, bytes);
	return 0;
}

struct weir_region
region_prepare(const struct weir_pages *pages, uintptr_t base, size_t bytes)
{
	struct weir_region r = {.base = base, .bytes = bytes, .map = NULL};

	if ((base + bytes) >> WEIR_UNIT_SHIFT <= WEIR_UNITS && units_make(pages) == 0)
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
	pages->release((void *)r->base, r->bytes);
}

void
region_free_row(uint16_t index)
{
	regions[index].base = 0;
}
