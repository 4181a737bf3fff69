/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of origins and the number of seams, see origin.h. An entry is the distance in pages from
 * where a page is to its origin, 0 if it was never moved.
 */
#include "pool/origin.h"

/* No distance: the mapping was altered where it is. */
#define ALTERED INT32_MAX

static size_t n_seams; /* in all regions */
static size_t seams_max = ORIGIN_SEAMS_MAX;

void
origin_set_mappings(uint64_t most)
{
	seams_max = most / 32 < ORIGIN_SEAMS_MAX ? (size_t)most / 32 : ORIGIN_SEAMS_MAX;
}

size_t
origin_most(void)
{
	return seams_max;
}

/* Another thread may install it meanwhile; what it says of the caller's own range is the same. */
static const int32_t *
table_of(const struct weir_region *r)
{
	return __atomic_load_n(&r->origin, __ATOMIC_ACQUIRE);
}

size_t
origin_table_bytes(const struct weir_region *r)
{
	size_t bytes = (r->bytes >> WEIR_PAGE_SHIFT) * sizeof(*r->origin);

	return weir_whole_pages(bytes);
}

int32_t *
origin_make(const struct weir_pages *pages, const struct weir_region *r)
{
	return pages->meta(origin_table_bytes(r));
}

size_t
origin_run(const struct weir_region *r, uintptr_t at, size_t bytes)
{
	const int32_t *table = table_of(r);
	size_t page = region_page(r, at), n = bytes >> WEIR_PAGE_SHIFT, run = 1;

	if (table == NULL)
		return bytes;
	while (run < n && table[page + run] == table[page])
		run++;
	return run << WEIR_PAGE_SHIFT;
}

bool
origin_strange(const struct weir_region *r, uintptr_t at, size_t bytes)
{
	const int32_t *table = table_of(r);

	return table != NULL &&
	       (table[region_page(r, at)] != 0 || origin_run(r, at, bytes) < bytes);
}

/* How many seams there are within the range and at its two ends. */
static size_t
seams(const struct weir_region *r, size_t page, size_t n)
{
	size_t last = page + n < r->bytes >> WEIR_PAGE_SHIFT ? page + n : page + n - 1;
	size_t found = 0;

	for (size_t i = page > 0 ? page : 1; i <= last; i++)
		found += r->origin[i] != r->origin[i - 1];
	return found;
}

static void
set(struct weir_region *r, uintptr_t at, size_t bytes, int32_t origin)
{
	size_t page = region_page(r, at), n = bytes >> WEIR_PAGE_SHIFT;
	size_t before = seams(r, page, n);

	for (size_t i = 0; i < n; i++)
		r->origin[page + i] = origin;
	size_t more = seams(r, page, n) - before;
	r->seams += more;
	n_seams += more;
}

/* The entry that pages at `from` get when they are moved to `to`. */
static int64_t
way(const struct weir_region *source, uintptr_t from, uintptr_t to)
{
	const int32_t *table = table_of(source);
	int64_t earlier = table != NULL ? table[region_page(source, from)] : 0;

	return earlier + (int64_t)(from >> WEIR_PAGE_SHIFT) -
	       (int64_t)(to >> WEIR_PAGE_SHIFT);
}

bool
origin_can_move(const struct weir_region *source, uintptr_t from, uintptr_t to)
{
	int64_t pages = way(source, from, to);

	return pages >= INT32_MIN && pages < ALTERED &&
	       !origin_is_altered(source, from, WEIR_PAGE_BYTES);
}

void
origin_moved(const struct weir_region *source, uintptr_t from, struct weir_region *target,
	     uintptr_t to, size_t bytes)
{
	set(target, to, bytes, (int32_t)way(source, from, to));
}

void
origin_altered(struct weir_region *r, uintptr_t at, size_t bytes)
{
	set(r, at, bytes, ALTERED);
}

bool
origin_is_altered(const struct weir_region *r, uintptr_t at, size_t bytes)
{
	const int32_t *table = table_of(r);

	return table != NULL && table[region_page(r, at)] == ALTERED &&
	       origin_run(r, at, bytes) == bytes;
}

void
origin_forget(struct weir_region *r, uintptr_t at, size_t bytes)
{
	if (origin_strange(r, at, bytes))
		set(r, at, bytes, 0);
}

void
origin_drop(struct weir_region *r)
{
	n_seams -= r->seams;
	r->seams = 0;
}

bool
origin_has_room(size_t moves)
{
	/* A move adds a seam at each end of where the pages go. */
	return n_seams + 2 * moves <= seams_max;
}
