/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding out what the pointer is, and saying it.
 */
#include "preload/misuse/misuse.h"

#include <stdlib.h>

#include "pool/region.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/record.h"
#include "preload/ground/suspect_sites.h"
#include "preload/ground/where.h"
#include "preload/misuse/suspect.h"

static bool
is_freed(const struct weir_span *s)
{
	return s != NULL && weir_span_state(s) == WEIR_SPAN_STOCKED;
}

static bool
is_live(const struct weir_span *s)
{
	return s != NULL && weir_span_state(s) == WEIR_SPAN_LIVE;
}

static void
say_size(struct line *l, const struct weir_span *s)
{
	line_text(l, "block of ");
	line_number(l, s->requested);
	line_text(l, " bytes");
}

static void
say_age(struct line *l, const struct weir_span *s)
{
	int64_t age_ns = clock_now_ns() - s->freed_ns;

	line_number(l, age_ns > 0 ? (uint64_t)age_ns / 1000000 : 0);
	line_text(l, " ms ago");
}

static void
say_sites(struct line *l, const struct weir_span *s)
{
	struct suspect_sites sites = suspect_sites_of(s->base);

	if (sites.made != NULL) {
		line_text(l, "; allocated by ");
		line_where(l, sites.made);
	}
	if (sites.freed != NULL && !is_live(s)) {
		line_text(l, ", freed by ");
		line_where(l, sites.freed);
	}
}

/* Where p lies in, before or behind the live block s. */
static void
say_place(struct line *l, const void *p, const struct weir_span *s)
{
	uintptr_t start = suspect_start(s), at = (uintptr_t)p;

	if (at < start) {
		line_number(l, start - at);
		line_text(l, " bytes before a ");
	} else if (at >= start + s->requested) {
		line_number(l, at - start - s->requested);
		line_text(l, " bytes behind the end of a ");
	} else {
		line_number(l, at - start);
		line_text(l, " bytes into a ");
	}
	say_size(l, s);
}

void
misuse_describe_fault(struct line *l, const void *p)
{
	const struct weir_span *s = weir_span_around(p);

	line_pointer(l, p);
	line_text(l, ": ");
	if (!is_live(s) && !is_freed(s)) {
		line_text(l,
			  "memory that is not in use: freed before, or never allocated");
		return;
	}
	say_place(l, p, s);
	if (is_freed(s)) {
		line_text(l, " that was freed ");
		say_age(l, s);
	}
	say_sites(l, s);
}

/* In a handler of fork this thread holds the counters' locks. */
static void
count(void)
{
	struct gate g;

	if (gate_enter(&g)) {
		record_event(RECORD_MISUSE, 1);
		gate_leave(&g);
	}
}

static _Noreturn void
finish(struct line *l)
{
	line_end(l);
	abort();
}

void
misuse(const char *call, const void *p)
{
	const struct weir_span *s = weir_span_around(p);
	struct line l;

	count();
	line_begin(&l);
	line_text(&l, call);
	line_text(&l, "(");
	line_pointer(&l, p);
	line_text(&l, "): ");
	if (is_live(s) && (uintptr_t)p != suspect_start(s)) {
		line_text(&l, "points ");
		say_place(&l, p, s);
		line_text(&l, " that starts at ");
		line_pointer(&l, (void *)suspect_start(s));
		say_sites(&l, s);
	} else if (is_live(s)) {
		line_text(&l, "is a scratch block; release it with weir_scratch_unref");
	} else if (is_freed(s) && (uintptr_t)p == suspect_start(s)) {
		line_text(&l, "this ");
		say_size(&l, s);
		line_text(&l, " has been freed before, ");
		say_age(&l, s);
		say_sites(&l, s);
	} else {
		line_text(&l, "is not in use: freed before, or never allocated");
	}
	finish(&l);
}

void
misuse_overrun(const struct weir_span *s, const void *at)
{
	struct line l;

	count();
	line_begin(&l);
	line_text(&l, "free(");
	line_pointer(&l, (void *)suspect_start(s));
	line_text(&l, "): overwritten ");
	say_place(&l, at, s);
	say_sites(&l, s);
	finish(&l);
}
