/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the heap meets the page source. Every system call happens without the lock: what it
 * works on is in a state that no other thread touches (not yet in the heap, or PURGING).
 */
#include "pool/heap_private.h"

#include <errno.h>
#include <limits.h>

#include "pool/origin.h"
#include "pool/records.h"

/* Purge in batches, so that the lock is never held long. */
#define PURGE_BATCH 32
#define JOIN_BATCH  64

/* Never give back less than this by one call: a purge costs a system call. */
#define PURGE_STEP_BYTES ((size_t)1 << 20)

_Atomic uint64_t heap_space;

/* A limited address space is the host's: little of it is taken at a time. */
static size_t
region_usual(void)
{
	uint64_t most = heap_space / 32 & ~(WEIR_UNIT_BYTES - 1);

	if (heap_space == 0 || most > heap_region_bytes)
		return heap_region_bytes;
	return most != 0 ? most : WEIR_UNIT_BYTES;
}

/* A region of the usual size; where a limit (RLIMIT_AS) refuses that, smaller and smaller ones. */
static struct weir_region
reserve_region(size_t need, size_t align)
{
	struct weir_region r = {.base = 0};
	size_t bytes = region_usual();

	if (need > WEIR_REGION_MAX)
		return r;
	need = (need + WEIR_UNIT_BYTES - 1) & ~(WEIR_UNIT_BYTES - 1);
	if (bytes < need)
		bytes = need;
	if (align < WEIR_UNIT_BYTES)
		align = WEIR_UNIT_BYTES;
	for (;;) {
		void *p = heap_pages->reserve(bytes, align);

		if (p != NULL) {
			r = region_prepare(heap_pages, (uintptr_t)p, bytes);
			if (r.map != NULL)
				return r;
			region_dispose(heap_pages, &r);
		}
		if (bytes == need)
			return (struct weir_region){.base = 0};
		bytes = (bytes / 4) & ~(WEIR_UNIT_BYTES - 1);
		if (bytes < need)
			bytes = need;
	}
}

int
heap_grow(size_t bytes, size_t align)
{
	struct weir_region r = reserve_region(bytes, align);
	uint16_t row;

	if (r.base == 0)
		return -ENOMEM;
	bool ready = heap_lock();
	size_t leaf_bytes = region_leaf_bytes();
	int rc = ready ? region_add(&r, &row) : -ENOMEM;
	heap_stats.metadata_bytes += region_leaf_bytes() - leaf_bytes;
	if (rc != 0) {
		heap_unlock();
		region_dispose(heap_pages, &r);
		return -ENOMEM;
	}
	struct weir_span *s = record_new();
	s->base = r.base;
	s->bytes = r.bytes;
	s->region = row;
	s->freed_ns = 0;
	heap_use[row] = (struct heap_region_use){.quiet_since_ns = INT64_MAX};
	heap_enter(s, WEIR_SPAN_RESERVED);
	heap_count_free();
	heap_stats.region_bytes += r.bytes;
	if (heap_stats.region_bytes > heap_stats.region_peak_bytes)
		heap_stats.region_peak_bytes = heap_stats.region_bytes;
	heap_unlock();
	return 0;
}

void
heap_forget(const struct weir_span *s)
{
	struct weir_region *r = region_get(s->region);

	if (!origin_strange(r, s->base, s->bytes))
		return;
	for (size_t at = 0; at < s->bytes; at += HEAP_STEP_BYTES) {
		size_t rest = s->bytes - at;

		weir_lock(&heap_mutex);
		origin_forget(r, s->base + at,
			      rest < HEAP_STEP_BYTES ? rest : HEAP_STEP_BYTES);
		heap_unlock();
	}
}

static bool
is_to_be_renewed(const struct weir_span *s)
{
	return s->flags & (WEIR_SPAN_ALTERED | WEIR_SPAN_ADVISED) ||
	       origin_strange(region_get(s->region), s->base, s->bytes);
}

int
heap_discard(const struct weir_span *s)
{
	int rc = -1;

	if (is_to_be_renewed(s))
		rc = heap_pages->renew((void *)s->base, s->bytes);
	bool anew = rc >= 0;
	if (!anew && s->flags & WEIR_SPAN_ALTERED)
		return rc;
	if (!anew)
		rc = heap_pages->purge((void *)s->base, s->bytes);
	if (anew || rc == WEIR_PURGED_RESERVED)
		heap_forget(s);
	return rc;
}

/* The first few of the spans, by one call: how many. By itself, so that its list is on no other stack for long. */
static __attribute__((noinline)) int
discard_many(struct weir_span *const spans[], int n)
{
	struct iovec ranges[PURGE_BATCH];
	int many = 0;

	if (heap_pages->purge_many == NULL)
		return 0;
	for (; many < n && !is_to_be_renewed(spans[many]); many++)
		ranges[many] =
			(struct iovec){(void *)spans[many]->base, spans[many]->bytes};
	return many > 1 ? heap_pages->purge_many(ranges, many) : 0;
}

static void
discard_all(struct weir_span *const spans[], int rc[], int n)
{
	for (int i = 0; i < n; i++) {
		int many = discard_many(&spans[i], n - i);

		while (many-- > 0)
			rc[i++] = WEIR_PURGED_USABLE;
		if (i < n)
			rc[i] = heap_discard(spans[i]);
	}
}

/* Takes the oldest spans out for their purge: freed at or before before_ns, together about `bytes`. */
static int
take_oldest(struct weir_span *batch[PURGE_BATCH], int64_t before_ns, uint64_t bytes)
{
	bool ready = heap_lock(); /* if not, no span is cut */
	int n = 0;

	while (n < PURGE_BATCH && bytes > 0) {
		struct weir_span *s = index_oldest(&HEAP_FREE(WEIR_SPAN_DIRTY));

		if (s == NULL || s->freed_ns > before_ns)
			break;
		heap_set_apart(s, ready ? bytes : s->bytes);
		bytes -= s->bytes < bytes ? s->bytes : bytes;
		batch[n++] = s;
	}
	heap_unlock();
	return n;
}

/* The span after its purge: `rc` is what the page source said. */
static uint64_t
purged(struct weir_span *s, int rc, int64_t now_ns)
{
	uint64_t bytes = s->bytes;

	weir_list_remove(s);
	heap_count_purge();
	if (rc < 0) {
		/* Still there, still dirty: its next turn comes a decay later. */
		heap_stats.purge_failed++;
		heap_put(s, WEIR_SPAN_DIRTY, now_ns);
		return 0;
	}
	heap_stats.purged_bytes += bytes;
	heap_put(s, rc == WEIR_PURGED_RESERVED ? WEIR_SPAN_RESERVED : WEIR_SPAN_CLEAN,
		 s->freed_ns);
	return bytes;
}

uint64_t
heap_purge(int64_t before_ns, uint64_t bytes, int64_t now_ns)
{
	struct weir_span *batch[PURGE_BATCH];
	int rc[PURGE_BATCH], n;
	uint64_t given_back = 0, before;

	if (bytes > UINT64_MAX - PURGE_STEP_BYTES)
		bytes = UINT64_MAX;
	else
		bytes = (bytes + PURGE_STEP_BYTES - 1) & ~(PURGE_STEP_BYTES - 1);
	do {
		before = given_back;
		n = take_oldest(batch, before_ns, bytes - given_back);
		discard_all(batch, rc, n);
		weir_lock(&heap_mutex);
		for (int i = 0; i < n; i++)
			given_back += purged(batch[i], rc[i], now_ns);
		heap_unlock();
		/* Refused ones come back as freed now, and may be due again: only as long as others are not. */
	} while (given_back != before && given_back < bytes);
	return given_back;
}

static struct weir_span *
span_from(const struct weir_region *r, uintptr_t at)
{
	return atomic_load_explicit(&r->map[region_page(r, at)], memory_order_relaxed);
}

/*
 * Joins the spans of a quiet region, which are CLEAN or RESERVED, to one RESERVED one: a few of them each
 * time that the lock is held. True when there is only one. To commit what is usable does no harm.
 */
static bool
join_quiet(uint16_t row)
{
	const struct weir_region *r = region_get(row);
	struct weir_span *first = span_from(r, r->base);

	for (int i = 0; i < JOIN_BATCH && first->bytes != r->bytes; i++) {
		struct weir_span *clean = weir_span_state(first) == WEIR_SPAN_CLEAN
						  ? first
						  : span_from(r, r->base + first->bytes);

		heap_put(clean, WEIR_SPAN_RESERVED, clean->freed_ns);
		first = span_from(r, r->base);
	}
	return first->bytes == r->bytes;
}

/* Takes a region of one free span out of the heap; its memory is in no state then. */
static struct weir_region
take_out(uint16_t row)
{
	struct weir_span *s = span_from(region_get(row), region_get(row)->base);

	heap_leave(s);
	record_free(s);
	struct weir_region r = region_detach(row);
	if (r.origin != NULL)
		heap_stats.metadata_bytes -= origin_table_bytes(&r);
	origin_drop(&r);
	heap_stats.region_bytes -= r.bytes;
	return r;
}

/* One region of the usual size stays, so that the next burst finds it; larger ones all go. */
static bool
may_release(uint16_t row, unsigned usual_left)
{
	const struct weir_region *r = region_get(row);

	return r->base != 0 && heap_use[row].used_bytes == 0 &&
	       (r->bytes > heap_region_bytes || usual_left > 1);
}

/* Takes out a region that was quiet for long enough; base 0 if it was not. */
static struct weir_region
take_idle(uint16_t row, unsigned usual_left, int64_t before_ns, int64_t now_ns)
{
	struct heap_region_use *use = &heap_use[row];
	struct weir_region r = {.base = 0};
	bool whole = true;

	do {
		weir_lock(&heap_mutex);
		int64_t since_ns = use->quiet_since_ns;
		if (!may_release(row, usual_left))
			since_ns = INT64_MAX;
		else if (since_ns == INT64_MAX)
			since_ns = now_ns;
		if (since_ns != INT64_MAX && since_ns <= before_ns) {
			whole = join_quiet(row);
			if (whole)
				r = take_out(row);
		} else {
			whole = true;
		}
		use->quiet_since_ns = since_ns; /* joining is no use of it */
		heap_unlock();
	} while (!whole);
	return r;
}

void
heap_release_idle(int64_t before_ns, int64_t now_ns, bool all)
{
	unsigned usual_left = 0;

	all = all || heap_space != 0;
	if (all)
		before_ns = INT64_MAX;

	weir_lock(&heap_mutex);
	uint16_t rows = region_rows();
	for (uint16_t row = 0; row < rows; row++)
		usual_left += region_get(row)->base != 0 &&
			      region_get(row)->bytes <= heap_region_bytes;
	weir_unlock(&heap_mutex);
	for (uint16_t row = 0; row < rows; row++) {
		struct weir_region r =
			take_idle(row, all ? UINT_MAX : usual_left, before_ns, now_ns);

		if (r.base == 0)
			continue;
		usual_left -= r.bytes <= heap_region_bytes;
		region_dispose(heap_pages, &r);
		weir_lock(&heap_mutex);
		region_free_row(row);
		weir_unlock(&heap_mutex);
	}
}

/* Where a region lies that has been used; false: there is none in this row. */
static bool
used_part(uint16_t row, uintptr_t *base, size_t *bytes)
{
	weir_lock(&heap_mutex);
	*base = region_get(row)->base;
	uintptr_t high = heap_use[row].high;
	weir_unlock(&heap_mutex);
	*bytes = high - *base;
	return *base != 0 && high > *base;
}

bool
heap_resident(uint64_t most, uint64_t *resident)
{
	uintptr_t base;
	size_t bytes;

	weir_lock(&heap_mutex);
	uint16_t rows = region_rows();
	weir_unlock(&heap_mutex);
	for (uint16_t row = 0; row < rows; row++) {
		if (!used_part(row, &base, &bytes))
			continue;
		if (bytes > most)
			return false;
		most -= bytes;
	}
	*resident = 0;
	for (uint16_t row = 0; row < rows; row++) {
		/* The region may go meanwhile: the page source then fails, and it counts nothing. */
		int64_t n = used_part(row, &base, &bytes)
				    ? heap_pages->resident((void *)base, bytes)
				    : 0;
		*resident += n > 0 ? (uint64_t)n : 0;
	}
	return true;
}

void
heap_after_fork(void)
{
	region_after_fork();
	heap_gathering = false;
	heap_ahead_bytes = 0;
	while (!weir_list_empty(&heap_purging)) {
		struct weir_span *s = heap_purging.next;

		weir_list_remove(s);
		/* The kernel may have been anywhere in it: mapped anew, it is known. */
		int rc = heap_pages->renew((void *)s->base, s->bytes);
		if (rc < 0)
			continue;
		origin_forget(region_get(s->region), s->base, s->bytes);
		heap_put(s,
			 rc == WEIR_PURGED_RESERVED ? WEIR_SPAN_RESERVED
						    : WEIR_SPAN_CLEAN,
			 s->freed_ns);
	}
}
