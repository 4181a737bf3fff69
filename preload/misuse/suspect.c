/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guard pages behind blocks, and the queue of freed blocks in quarantine. It takes and gives no block
 * itself: place.c and resize.c do.
 */
#include "preload/misuse/suspect.h"

#include <string.h>

#include "pool/lock.h"
#include "pool/pages.h"
#include "pool/region.h"
#include "preload/ground/clock.h"
#include "preload/ground/record.h"
#include "preload/ground/settings.h"
#include "preload/ground/suspect_sites.h"
#include "preload/misuse/misuse.h"
#include "preload/misuse/suspect_fault.h"

/* A process may have 65530 mappings; a guard costs two and a sealed block up to two. */
#define GUARDS_MAX 12000
#define SEALED_MAX 8000

#define CANARY 0xc5 /* between the end of a block and its guard */

bool suspect_on;

static struct weir_lock lock; /* of the queue; nothing else is taken under it */
static struct weir_span queue;
static uint64_t queued_bytes, n_queued;
static _Atomic unsigned n_guards;

void
suspect_init(void)
{
	suspect_on = weir_config.guard || weir_config.quarantine != 0;
	if (queue.next == NULL)
		weir_list_init(&queue);
	if (suspect_on)
		suspect_sites_init();
}

void
suspect_route(struct weir_route *route, size_t size)
{
	if (!weir_config.guard || route->place == WEIR_PLACE_NEXT)
		return;
	route->place = WEIR_PLACE_MAP;
	route->bytes = weir_whole_pages(size) + weir_machine_page;
}

static unsigned char *
end_of(const struct weir_span *s)
{
	return (unsigned char *)suspect_start(s) + s->requested;
}

static unsigned char *
guard_of(const struct weir_span *s)
{
	return (unsigned char *)s->base + s->bytes - weir_machine_page;
}

void
suspect_begin(struct weir_span *s, size_t align, const void *caller)
{
	size_t step = align > 16 ? align : 16, offset = 0;

	s->flags = WEIR_SPAN_SUSPECT;
	if (weir_config.guard && step <= weir_machine_page)
		offset = weir_whole_pages(s->requested) -
			 ((s->requested + step - 1) & -step);
	atomic_store_explicit(&s->refs, (uint32_t)offset, memory_order_relaxed);
	suspect_site_made(s->base, caller);
	suspect_fault_watch();
	if (!weir_config.guard)
		return;
	memset(end_of(s), CANARY, (size_t)(guard_of(s) - end_of(s)));
	if (atomic_fetch_add(&n_guards, 1) < GUARDS_MAX &&
	    weir_pages_system.reset(guard_of(s), weir_machine_page) == 0)
		s->flags |= WEIR_SPAN_GUARDED;
	else
		atomic_fetch_sub(&n_guards, 1);
}

struct weir_span *
suspect_at(const void *p)
{
	uintptr_t page = (uintptr_t)p & -weir_machine_page;
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
	suspect_site_freed(s->base, caller);
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

bool
suspect_keep(struct weir_span *s)
{
	if (!seal(s)) {
		/* Others may have it only without its guard page; if that stays, nobody gets it. */
		if (s->flags & WEIR_SPAN_GUARDED &&
		    weir_pages_system.commit(guard_of(s), weir_machine_page) != 0)
			return true;
		s->flags &= WEIR_SPAN_ALTERED | WEIR_SPAN_ADVISED;
		return false;
	}
	weir_lock(&lock);
	weir_list_push(&queue, s);
	queued_bytes += s->bytes;
	n_queued++;
	weir_unlock(&lock);
	return true;
}

struct weir_span *
suspect_overdue(void)
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
