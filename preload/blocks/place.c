/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New blocks and their end. Reads top down like the drawing in doc/HACKING.md: gate, kind, route,
 * take, record; and back: owner, record, give.
 */
#include "preload/blocks/place.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "policy/zero.h"
#include "pool/pool.h"
#include "pool/region.h"
#include "pool/scratch_pool.h"
#include "preload/blocks/place_private.h"
#include "preload/clock/timer.h"
#include "preload/ground/altered.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/kind.h"
#include "preload/ground/next.h"
#include "preload/ground/record.h"
#include "preload/ground/settings.h"
#include "preload/machine/ready.h"
#include "preload/machine/scarce.h"
#include "preload/misuse/misuse.h"
#include "preload/misuse/suspect.h"
#include "trace/sites/sites.h"

/* How much of callocs of each size gets touched: a struct weir_zero_memory in one word. */
static _Atomic uint64_t zero_memory[WEIR_ZERO_SIZES];

static _Atomic bool stopped;

/*
 * Blocks freed while their thread was inside weir; whoever leaves next gives them back. Put in by release, and taken out all
 * at once by acquire: each exchange goes on what the ones before it released, and nobody takes the first one alone, so that
 * it does not matter if a block comes back meanwhile.
 */
static _Atomic(struct weir_span *) deferred;

union zero_word {
	uint64_t word;
	struct weir_zero_memory memory;
};
_Static_assert(sizeof(union zero_word) == sizeof(uint64_t), "one word");

static bool
want_zero_pages(size_t bytes)
{
	if (!weir_zero_worth(bytes))
		return false;
	_Atomic uint64_t *row = &zero_memory[weir_zero_row(bytes)];
	union zero_word w = {.word = atomic_load_explicit(row, memory_order_relaxed)};
	bool zero_pages = weir_zero_pages(&w.memory);

	/* Not one atomic step: two threads at once lose one observation, no more. */
	atomic_store_explicit(row, w.word, memory_order_relaxed);
	return zero_pages;
}

/* Returns how much of it was touched, in 1/256. */
static unsigned
learn_touched(const struct weir_span *s)
{
	_Atomic uint64_t *row = &zero_memory[weir_zero_row(s->bytes)];
	union zero_word w = {.word = atomic_load_explicit(row, memory_order_relaxed)};
	unsigned touched = weir_span_touched(s);

	weir_zero_learn(&w.memory, touched);
	atomic_store_explicit(row, w.word, memory_order_relaxed);
	return touched;
}

enum weir_fallback
place_fallback(enum weir_take_error error)
{
	return error == WEIR_TAKE_BUSY	     ? WEIR_F_BUSY
	       : error == WEIR_TAKE_COMMIT   ? WEIR_F_COMMIT
	       : error == WEIR_TAKE_METADATA ? WEIR_F_METADATA
					     : WEIR_F_ADDRESS_SPACE;
}

/* Not the whole block, so that what lies behind a request need not be cleared. */
size_t
place_usable(const struct weir_span *s)
{
	size_t bytes = (s->requested + 15) & ~(size_t)15;

	return bytes < s->bytes ? bytes : s->bytes;
}

static void
make_zero(struct weir_span *s, bool zero_already)
{
	if (zero_already) {
		if (weir_zero_worth(s->bytes))
			s->flags |= WEIR_SPAN_ZEROED;
		record_event(RECORD_ZERO_SKIPPED, s->requested);
	} else {
		memset((void *)s->base, 0, place_usable(s));
		record_event(RECORD_ZEROED, s->requested);
	}
}

struct weir_taken
place_take(const struct weir_route *route, size_t size, size_t align, uint32_t kind,
	   bool want_zero, bool at_once)
{
	struct weir_ask ask = {
		.bytes = route->bytes,
		.align = align < WEIR_PAGE_BYTES ? WEIR_PAGE_BYTES : align,
		.requested = size,
		.kind = (uint8_t)kind,
		.want_zero = want_zero,
		.at_once = at_once,
	};

	return route->place == WEIR_PLACE_POOL ? weir_pool_take(route->grade, &ask)
					       : weir_extent_take(&ask);
}

/*
 * The kernel refused memory. Perhaps because of what weir keeps free: if that is an eighth of the
 * request or more, give all of it back, so that the caller can try once more.
 */
static bool
made_room(size_t bytes)
{
	return weir_pool_cached_bytes() >= bytes / 8 && timer_trim() != 0;
}

uint32_t
place_site(size_t size, uint32_t kind, struct place_caller caller)
{
	if (size < weir_config.trace_min || weir_trace_early(size) || gate_silent())
		return 0;
	uint32_t site = weir_trace_known(caller.frame, (uintptr_t)caller.pc, kind);
	if (site == 0 && gate_speak()) {
		site = weir_trace_site(caller.frame, (uintptr_t)caller.pc, kind);
		gate_spoken();
	}
	return site;
}

void
place_stop(void)
{
	atomic_store_explicit(&stopped, true, memory_order_relaxed);
}

/*
 * Where data or address space is limited, the host's own mappings and threads need it as well, and the
 * next allocator lengthens a block without having it twice: weir takes a sixteenth.
 */
static bool
is_beyond_share(size_t bytes)
{
	uint64_t most = scarce_most();

	return most != RLIM_INFINITY && weir_pool_lends_above(most / 16, bytes);
}

struct weir_route
place_route(size_t size, size_t align, uint32_t kind)
{
	if (atomic_load_explicit(&stopped, memory_order_relaxed))
		return (struct weir_route){.place = WEIR_PLACE_NEXT,
					   .reason = WEIR_F_DLMOPEN};
	struct weir_route route = weir_route(&weir_config, size, align, kind);

	if (route.place != WEIR_PLACE_NEXT && is_beyond_share(route.bytes))
		return (struct weir_route){.place = WEIR_PLACE_NEXT,
					   .reason = WEIR_F_LIMITED};
	if (weir_pool_tight(route.bytes))
		weir_route_tightly(&weir_config, &route, size);
	return route;
}

static struct weir_span *
new_block(size_t size, size_t align, bool zero, struct place_caller caller)
{
	uint32_t kind = kind_of(caller.pc);
	struct weir_route route = place_route(size, align, kind);

	if (route.place == WEIR_PLACE_NEXT) {
		record_passed((enum weir_fallback)route.reason, kind, size);
		return NULL;
	}
	if (suspect_on)
		suspect_route(&route, size);
	bool want_zero = zero && (suspect_on || want_zero_pages(route.bytes));
	struct weir_taken taken = place_take(&route, size, align, kind, want_zero, true);
	if (taken.span == NULL && taken.error != WEIR_TAKE_BUSY && made_room(route.bytes))
		taken = place_take(&route, size, align, kind, want_zero, true);
	if (taken.span == NULL) {
		record_passed(place_fallback(taken.error), kind, size);
		return NULL;
	}
	record_served(route.place, taken.span, place_site(size, kind, caller));
	if (zero)
		make_zero(taken.span, taken.zero);
	if (suspect_on)
		suspect_begin(taken.span, align, caller.pc);
	return taken.span;
}

void *
place_new(size_t size, size_t align, bool zero, struct place_caller caller)
{
	struct gate g;

	if (!gate_enter(&g)) {
		record_nested(size);
		return NULL;
	}
	struct weir_span *s = ready_make() ? new_block(size, align, zero, caller) : NULL;
	timer_nudge(0);
	place_leave(&g);
	return s != NULL ? (void *)suspect_start(s) : NULL;
}

static bool
goes_to_system(const struct weir_span *s)
{
	return s->flags & (WEIR_SPAN_SEALED | WEIR_SPAN_ALTERED) ||
	       (s->flags & WEIR_SPAN_ADVISED && !weir_span_keeps_advice(s)) ||
	       (s->flags & WEIR_SPAN_ZEROED && weir_zero_sparse(learn_touched(s)));
}

static void
give(struct weir_span *s)
{
	int64_t now_ns = clock_now_ns();
	bool altered = s->flags & WEIR_SPAN_ALTERED;

	if (altered_all())
		s->flags |= WEIR_SPAN_ALTERED;
	int state = goes_to_system(s) ? weir_pool_discard(s) : WEIR_SPAN_DIRTY;
	/* What the host left on it stays there: it stays lent, to nobody. */
	if (state < 0 && altered)
		return;
	record_gone(s, now_ns);
	if (state == WEIR_SPAN_DIRTY)
		weir_pool_give(s, now_ns);
	else
		weir_pool_give_discarded(s, state, now_ns);
}

static bool
has_deferred(void)
{
	return atomic_load_explicit(&deferred, memory_order_relaxed) != NULL;
}

void
place_give(struct weir_span *s)
{
	bool suspect = s->flags & WEIR_SPAN_SUSPECT;

	if (!suspect || !suspect_keep(s))
		give(s);
	while (suspect && (s = suspect_overdue()) != NULL)
		give(s);
}

void
place_leave(const struct gate *g)
{
	while (has_deferred()) {
		struct weir_span *s =
			atomic_exchange_explicit(&deferred, NULL, memory_order_acquire);

		while (s != NULL) {
			struct weir_span *rest = s->next;

			if (s->flags & WEIR_SPAN_SCRATCH)
				weir_scratch_give_shared(s);
			else
				place_give(s);
			record_event(RECORD_DEFERRED_FREE, 1);
			s = rest;
		}
	}
	gate_leave(g);
}

void
place_defer(struct weir_span *s)
{
	struct weir_span *first = atomic_load_explicit(&deferred, memory_order_relaxed);

	do
		s->next = first;
	while (!atomic_compare_exchange_weak_explicit(
		&deferred, &first, s, memory_order_release, memory_order_relaxed));
}

struct weir_span *
place_live(const void *p, const char *call)
{
	struct weir_span *s = weir_span_at(p);

	if (s != NULL && weir_span_state(s) == WEIR_SPAN_LIVE &&
	    !(s->flags & (WEIR_SPAN_SCRATCH | WEIR_SPAN_SUSPECT)))
		return s;
	if (suspect_on && (s = suspect_at(p)) != NULL)
		return s;
	if (weir_region_has(p))
		misuse(call, p);
	return NULL;
}

bool
place_free(void *p)
{
	struct weir_span *s = place_live(p, "free");
	struct gate g;

	if (s == NULL)
		return false;
	if (!weir_span_claim(s))
		misuse("free", p); /* another thread was faster */
	if (!gate_enter(&g)) {
		place_defer(s);
		return true;
	}
	size_t bytes = s->requested;
	place_give(s);
	timer_nudge(bytes);
	place_leave(&g);
	next_saw_freed(bytes);
	return true;
}

bool
place_size(void *p, size_t *bytes)
{
	struct weir_span *s = place_live(p, "malloc_usable_size");

	if (s != NULL)
		*bytes = s->flags & WEIR_SPAN_SUSPECT ? s->requested : place_usable(s);
	return s != NULL;
}
