/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guard pages behind blocks, the queue of freed blocks in quarantine, and a memory of who made and freed
 * each.
 */
#include "preload/suspect.h"

#include <string.h>

#include "pool/lock.h"
#include "pool/pages.h"
#include "pool/region.h"
#include "preload/clock.h"
#include "preload/misuse.h"
#include "preload/next.h"
#include "preload/place_private.h"
#include "preload/record.h"
#include "preload/settings.h"
#include "preload/suspect_fault.h"

/* A process may have 65530 mappings; a guard costs two and a sealed block up to two. */
#define GUARDS_MAX 12000
#define SEALED_MAX 8000

#define CANARY 0xc5 /* between the end of a block and its guard */

bool suspect_on;

static struct weir_lock lock; /* of the queue; nothing else is taken under it */
static struct weir_span queue;
static uint64_t queued_bytes, n_queued;
static _Atomic unsigned n_guards;

/*
 * A cache of who made and freed the block at an address: rows of a few entries, of which the oldest is
 * overwritten. A lookup that races with a write may find nothing, or an earlier block of that address.
 */
enum { ROWS = 4096, WAYS = 4 };
static struct site {
	_Atomic uintptr_t base;
	_Atomic(const void *) made, freed;
} (*sites)[WAYS];
static _Atomic unsigned next_way;

void
suspect_init(void)
{
	suspect_on = weir_config.guard || weir_config.quarantine != 0;
	if (queue.next == NULL)
		weir_list_init(&queue);
	if (suspect_on && sites == NULL)
		sites = weir_pages_system.meta(ROWS * sizeof(*sites));
}

static struct site *
site_row(uintptr_t base)
{
	return sites[(base >> WEIR_PAGE_SHIFT ^ base >> 24) % ROWS];
}

static struct site *
site_of(uintptr_t base)
{
	for (int way = 0; sites != NULL && way < WAYS; way++) {
		struct site *site = &site_row(base)[way];

		if (atomic_load(&site->base) == base)
			return site;
	}
	return NULL;
}

static void
site_made(uintptr_t base, const void *caller)
{
	struct site *site = site_of(base);

	if (sites == NULL)
		return;
	if (site == NULL)
		site = &site_row(base)[atomic_fetch_add(&next_way, 1) % WAYS];
	atomic_store(&site->base, 0);
	atomic_store(&site->made, caller);
	atomic_store(&site->freed, NULL);
	atomic_store(&site->base, base);
}

struct suspect_sites
suspect_sites_of(const struct weir_span *s)
{
	struct suspect_sites both = {NULL, NULL};
	const struct site *site = site_of(s->base);

	if (site != NULL) {
		both.made = atomic_load(&site->made);
		both.freed = atomic_load(&site->freed);
	}
	return both;
}

static size_t
whole_pages(size_t bytes)
{
	return (bytes + WEIR_PAGE_BYTES - 1) & ~(WEIR_PAGE_BYTES - 1);
}

void
suspect_route(struct weir_route *route, size_t size)
{
	if (!weir_config.guard || route->place == WEIR_PLACE_NEXT)
		return;
	route->place = WEIR_PLACE_MAP;
	route->bytes = whole_pages(size) + WEIR_PAGE_BYTES;
}

static unsigned char *
end_of(const struct weir_span *s)
{
	return (unsigned char *)suspect_start(s) + s->requested;
}

static unsigned char *
guard_of(const struct weir_span *s)
{
	return (unsigned char *)s->base + s->bytes - WEIR_PAGE_BYTES;
}

void
suspect_begin(struct weir_span *s, size_t align, const void *caller)
{
	size_t step = align > 16 ? align : 16, offset = 0;

	s->flags = WEIR_SPAN_SUSPECT;
	if (weir_config.guard && step <= WEIR_PAGE_BYTES)
		offset = whole_pages(s->requested) - ((s->requested + step - 1) & -step);
	atomic_store_explicit(&s->refs, (uint32_t)offset, memory_order_relaxed);
	site_made(s->base, caller);
	suspect_fault_watch();
	if (!weir_config.guard)
		return;
	memset(end_of(s), CANARY, (size_t)(guard_of(s) - end_of(s)));
	if (atomic_fetch_add(&n_guards, 1) < GUARDS_MAX &&
	    weir_pages_system.reset(guard_of(s), WEIR_PAGE_BYTES) == 0)
		s->flags |= WEIR_SPAN_GUARDED;
	else
		atomic_fetch_sub(&n_guards, 1);
}

struct weir_span *
suspect_at(const void *p)
{
	uintptr_t page = (uintptr_t)p & ~(uintptr_t)(WEIR_PAGE_BYTES - 1);
	struct weir_span *s = weir_span_at((void *)page);

	return s != NULL && weir_span_state(s) == WEIR_SPAN_LIVE &&
			       s->flags & WEIR_SPAN_SUSPECT &&
			       suspect_start(s) == (uintptr_t)p
		       ? s
		       : NULL;
}

void
suspect_freed(const void *p, const void *caller)
{
	const struct weir_span *s = suspect_at(p);

	if (s == NULL)
		return;
	struct site *site = site_of(s->base);
	if (site != NULL)
		atomic_store(&site->freed, caller);
	if (!weir_config.guard)
		return;
	for (const unsigned char *at = end_of(s); at < guard_of(s); at++)
		if (*at != CANARY)
			misuse_overrun(s, at);
}

/* Makes a freed block inaccessible; false if the kernel refuses. */
static bool
seal(struct weir_span *s)
{
	if (weir_pages_system.reset((void *)s->base, s->bytes) == 0) {
		if (s->flags & WEIR_SPAN_GUARDED)
			atomic_fetch_sub(&n_guards, 1);
		record_sealed(s);
		s->flags = WEIR_SPAN_SEALED;
		s->freed_ns = clock_now_ns();
		return true;
	}
	return false;
}

/* Takes the oldest block out of the queue, if that is longer than it may be; else NULL. */
static struct weir_span *
overdue(void)
{
	struct weir_span *s = NULL;

	weir_lock(&lock);
	if (queued_bytes > weir_config.quarantine || n_queued > SEALED_MAX) {
		s = queue.prev;
		weir_list_remove(s);
		queued_bytes -= s->bytes;
		n_queued--;
	}
	weir_unlock(&lock);
	return s;
}

void
suspect_give(struct weir_span *s)
{
	if (!seal(s)) {
		/* Others may have it only without its guard page; if that stays, nobody gets it. */
		if (s->flags & WEIR_SPAN_GUARDED &&
		    weir_pages_system.commit(guard_of(s), WEIR_PAGE_BYTES) != 0)
			return;
		s->flags = 0;
		place_give(s);
		return;
	}
	weir_lock(&lock);
	weir_list_push(&queue, s);
	queued_bytes += s->bytes;
	n_queued++;
	weir_unlock(&lock);
	while ((s = overdue()) != NULL)
		place_give(s);
}

/* Always moves the block, so that a use of the old address is found. */
enum place_resize
suspect_resize(void **p, size_t size, struct place_caller caller)
{
	const struct weir_span *s = place_live(*p, "realloc");

	if (s == NULL)
		return PLACE_NOT_OURS;
	size_t old = s->requested;
	void *q = size >= weir_floor ? place_new(size, 0, false, caller) : NULL;
	if (q == NULL)
		q = next.malloc(size);
	if (q == NULL)
		return PLACE_NO_MEMORY;
	memcpy(q, *p, old < size ? old : size);
	place_free(*p);
	*p = q;
	return PLACE_RESIZED;
}

void
suspect_freeze(void)
{
	weir_lock(&lock);
}

void
suspect_thaw(void)
{
	weir_unlock(&lock);
}

void
suspect_after_fork(void)
{
	weir_lock_reset(&lock);
}
