/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of regions and the lookup of a pointer's span. Writers hold the heap's lock;
 * lookups hold none: what they read for a live block was written before the host got it, under that lock, and
 * the host's threads hand blocks to each other in an order of their own. A stranger's pointer may lie where a region was:
 * its units were taken out of the tables before it was unmapped, and who has the address since then has it from the kernel,
 * whose lock on the address space puts the one before the other. The tables lead from pointer to pointer by acquire loads.
 */
#include "pool/region.h"

#include <errno.h>

#include "pool/origin.h"

struct weir_hull weir_hull = {.low = UINTPTR_MAX, .bytes = 0};

static struct weir_region regions[WEIR_REGIONS_MAX];
static uint16_t n_rows;

/*
 * A leaf's entry: row + 1 of the region the unit belongs to, or 0. A leaf without entries is used for
 * other addresses later; it is never unmapped, since a lookup may be reading it.
 */
struct region_leaf {
	_Atomic uint16_t rows[WEIR_LEAF_UNITS];
	size_t used; /* entries that are not 0 */
	struct region_leaf *next;
};
#define LEAF_BYTES                                                                       \
	((sizeof(struct region_leaf) + WEIR_PAGE_BYTES - 1) & ~(WEIR_PAGE_BYTES - 1))

static _Atomic(_Atomic(struct region_leaf *) *) leaves;
static struct region_leaf *spare;
static _Atomic size_t n_spare, n_leaves;

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
	_Atomic(struct region_leaf *) *top =
		atomic_load_explicit(&leaves, memory_order_acquire);
	struct region_leaf *leaf =
		atomic_load_explicit(&top[a >> WEIR_LEAF_SHIFT], memory_order_acquire);
	if (leaf == NULL)
		return NULL;
	uint16_t row = atomic_load_explicit(
		&leaf->rows[a >> WEIR_UNIT_SHIFT & (WEIR_LEAF_UNITS - 1)],
		memory_order_acquire);
	/* The leaf may have become another one's meanwhile. */
	return row != 0 && a - regions[row - 1].base < regions[row - 1].bytes
		       ? &regions[row - 1]
		       : NULL;
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

static size_t
first_leaf(const struct weir_region *r)
{
	return r->base >> WEIR_LEAF_SHIFT;
}

static size_t
last_leaf(const struct weir_region *r)
{
	return (r->base + r->bytes - 1) >> WEIR_LEAF_SHIFT;
}

static void
leaf_spare(struct region_leaf *leaf)
{
	leaf->next = spare;
	spare = leaf;
	n_spare++;
}

static void
units_set(const struct weir_region *r, uint16_t value)
{
	_Atomic(struct region_leaf *) *top =
		atomic_load_explicit(&leaves, memory_order_relaxed);

	for (uintptr_t a = r->base; a < r->base + r->bytes; a += WEIR_UNIT_BYTES) {
		struct region_leaf *leaf = top[a >> WEIR_LEAF_SHIFT];

		leaf->used += value != 0 ? 1 : -1;
		atomic_store_explicit(
			&leaf->rows[a >> WEIR_UNIT_SHIFT & (WEIR_LEAF_UNITS - 1)], value,
			memory_order_release);
	}
}

/* Made when first needed, and stays; of two threads that make one, one wins. */
static _Atomic(struct region_leaf *) *
top_table(const struct weir_pages *pages)
{
	size_t bytes = WEIR_LEAVES * sizeof(_Atomic(struct region_leaf *));
	_Atomic(struct region_leaf *) *none = NULL, *top = atomic_load(&leaves);

	if (top != NULL)
		return top;
	top = pages->meta(bytes);
	if (top == NULL || atomic_compare_exchange_strong(&leaves, &none, top))
		return top;
	pages->release(top, bytes);
	return none;
}

/* Enough of them, if no other thread comes in between; if one does, region_add refuses. */
static bool
leaves_make(const struct weir_pages *pages, struct weir_region *r)
{
	_Atomic(struct region_leaf *) *top = top_table(pages);
	size_t missing = 0;

	if (top == NULL)
		return false;
	for (size_t i = first_leaf(r); i <= last_leaf(r); i++)
		missing += atomic_load(&top[i]) == NULL;
	size_t have = n_spare;
	if (missing <= have)
		return true;
	r->n_leaves = missing - have;
	r->leaves = pages->meta(weir_whole_pages(r->n_leaves * LEAF_BYTES));
	return r->leaves != NULL;
}

/* Gives each stretch of the region's addresses its leaf. */
static bool
leaves_install(const struct weir_region *r)
{
	_Atomic(struct region_leaf *) *top = atomic_load(&leaves);

	for (size_t i = 0; i < r->n_leaves; i++)
		leaf_spare((void *)((char *)r->leaves + i * LEAF_BYTES));
	n_leaves += r->n_leaves;
	for (size_t i = first_leaf(r); i <= last_leaf(r); i++) {
		struct region_leaf *leaf = spare;

		if (atomic_load(&top[i]) != NULL)
			continue;
		if (leaf == NULL)
			return false;
		spare = leaf->next;
		n_spare--;
		atomic_store_explicit(&top[i], leaf, memory_order_release);
	}
	return true;
}

static void
leaves_retire(const struct weir_region *r)
{
	_Atomic(struct region_leaf *) *top = atomic_load(&leaves);

	for (size_t i = first_leaf(r); i <= last_leaf(r); i++) {
		struct region_leaf *leaf = top[i];

		if (leaf == NULL || leaf->used != 0)
			continue;
		top[i] = NULL;
		leaf_spare(leaf);
	}
}

size_t
region_leaf_bytes(void)
{
	return n_leaves * LEAF_BYTES;
}

struct weir_region
region_prepare(const struct weir_pages *pages, uintptr_t base, size_t bytes)
{
	struct weir_region r = {.base = base, .bytes = bytes, .map = NULL};

	if ((base + bytes - 1) >> WEIR_ADDRESS_BITS == 0 && leaves_make(pages, &r))
		r.map = pages->meta(region_map_bytes(&r));
	return r;
}

static uint16_t
free_row(void)
{
	uint16_t row = 0;

	while (row < WEIR_REGIONS_MAX && regions[row].bytes != 0)
		row++;
	return row;
}

int
region_add(struct weir_region *prepared, uint16_t *index)
{
	uint16_t row = free_row();

	if (row == WEIR_REGIONS_MAX)
		return -ENOSPC;
	bool fits = leaves_install(prepared);
	prepared->leaves = NULL; /* they are the table's now */
	prepared->n_leaves = 0;
	if (!fits) {
		leaves_retire(prepared);
		return -ENOSPC;
	}
	regions[row] = *prepared;
	if (row >= n_rows)
		n_rows = row + 1;
	units_set(prepared, row + 1);
	hull_cover(prepared->base, prepared->bytes);
	*index = row;
	return 0;
}

struct weir_region
region_detach(uint16_t index)
{
	struct weir_region r = regions[index];

	units_set(&r, 0);
	leaves_retire(&r);
	regions[index].base = 0;
	return r;
}

void
region_shorten(struct weir_region *r, size_t bytes)
{
	const struct weir_region end = {.base = r->base + r->bytes - bytes,
					.bytes = bytes};

	units_set(&end, 0);
	r->bytes -= bytes;
	leaves_retire(&end);
}

void
region_dispose(const struct weir_pages *pages, const struct weir_region *r)
{
	if (r->leaves != NULL)
		pages->release(r->leaves, weir_whole_pages(r->n_leaves * LEAF_BYTES));
	if (r->map != NULL)
		pages->release(r->map, region_map_bytes(r));
	if (r->origin != NULL)
		pages->release(r->origin, origin_table_bytes(r));
	pages->release((void *)r->base, r->bytes);
}

void
region_free_row(uint16_t index)
{
	regions[index].bytes = 0;
}

void
region_after_fork(void)
{
	for (uint16_t row = 0; row < n_rows; row++)
		if (regions[row].base == 0)
			region_free_row(row);
}
