/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the process's address space is limited (RLIMIT_DATA, RLIMIT_AS, RLIMIT_MEMLOCK): usable pages
 * count even if they take no memory, and so does address space that nobody uses. Called by the clock's
 * work, by pool_trim, and for mlockall; system calls happen without the lock.
 */
#include "pool/pool_private.h"

#include "pool/heap_private.h"
#include "pool/origin.h"
#include "pool/records.h"

static _Atomic bool data_limited;
static _Atomic uint64_t shed_events; /* heap_free_events at the last shed */

void
weir_pool_limited(bool data, uint64_t space_bytes)
{
	data_limited = data;
	heap_space = space_bytes;
	weir_pages_strict_commit(data);
	if (data || space_bytes != 0)
		heap_ahead_most = 0; /* what is usable counts */
}

static struct weir_span *
take_clean(void)
{
	weir_lock(&heap_mutex);
	struct weir_span *s = index_largest(&HEAP_FREE(WEIR_SPAN_CLEAN));

	if (s != NULL)
		heap_set_apart(s, s->bytes);
	heap_unlock();
	return s;
}

/* Purged pages that are usable become reserved. False: more of them may. */
static bool
withdraw(void)
{
	enum { ONE_ROUND = 1024 };
	bool done = true;

	for (int i = 0; done && i < ONE_ROUND; i++) {
		struct weir_span *s = take_clean();

		if (s == NULL)
			return true;
		done = heap_pages->reset((void *)s->base, s->bytes) == 0;
		weir_lock(&heap_mutex);
		weir_list_remove(s);
		if (done)
			origin_forget(region_get(s->region), s->base, s->bytes);
		heap_put(s, done ? WEIR_SPAN_RESERVED : WEIR_SPAN_CLEAN, s->freed_ns);
		heap_unlock();
	}
	/* What the kernel refuses it refuses again. */
	return !done;
}

void
pool_withdraw(void)
{
	if (data_limited)
		withdraw();
}

/* Takes what is unused at the region's end out of the heap: its bytes, 0 if there is no whole unit. */
static size_t
cut_end(struct weir_region *r)
{
	struct weir_span *s = r->map[(r->bytes >> WEIR_PAGE_SHIFT) - 1];
	enum weir_span_state state = weir_span_state(s);
	uintptr_t from = (s->base + WEIR_UNIT_BYTES - 1) & ~(WEIR_UNIT_BYTES - 1);
	size_t bytes = r->base + r->bytes - from;

	if ((state != WEIR_SPAN_RESERVED && state != WEIR_SPAN_CLEAN) ||
	    from >= r->base + r->bytes || from == r->base)
		return 0;
	heap_leave(s);
	s->bytes -= bytes;
	if (s->bytes == 0)
		record_free(s);
	region_shorten(r, bytes);
	if (s->bytes != 0)
		heap_enter(s, state);
	heap_stats.region_bytes -= bytes;
	return bytes;
}

static void
shorten(uint16_t row)
{
	struct weir_region was = {.base = 0};
	size_t bytes = 0;

	weir_lock(&heap_mutex);
	struct weir_region *r = region_get(row);
	/* A table of origins measures the region. */
	if (r->base != 0 && r->origin == NULL) {
		was = *r;
		bytes = cut_end(r);
	}
	heap_unlock();
	if (bytes == 0)
		return;
	size_t table = region_map_bytes(&was);
	heap_pages->release((void *)(was.base + was.bytes - bytes), bytes);
	was.bytes -= bytes;
	size_t left = region_map_bytes(&was);
	if (left < table)
		heap_pages->release((char *)was.map + left, table - left);
}

void
weir_pool_shed(int64_t now_ns)
{
	uint64_t before = heap_free_events;

	/* What is unmapped leaves mappings for what is mapped anew. */
	heap_release_idle(INT64_MAX, now_ns, true);
	if (weir_pages_crowded())
		weir_pages_seam_close();
	bool all = withdraw();
	heap_release_idle(INT64_MAX, now_ns, true);
	weir_lock(&heap_mutex);
	uint16_t rows = region_rows();
	weir_unlock(&heap_mutex);
	for (uint16_t row = 0; row < rows; row++)
		shorten(row);
	/* What is left of it is the next one's. */
	shed_events = all ? before : before - 1;
}

bool
weir_pool_changed(void)
{
	return shed_events != heap_free_events;
}
