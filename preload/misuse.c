/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding out what the pointer is, and saying it.
 */
#include "preload/misuse.h"

#include <stdlib.h>

#include "pool/region.h"
#include "preload/record.h"
#include "preload/say.h"

/* The span that p lies in. Walks back page by page; nobody waits for a process that ends. */
static const struct weir_span *
span_around(const void *p)
{
	struct weir_region *r = weir_region_of(p);
	uintptr_t page = (uintptr_t)p & ~(uintptr_t)(WEIR_PAGE_BYTES - 1);

	for (; r != NULL && page >= r->base; page -= WEIR_PAGE_BYTES) {
		const struct weir_span *s = weir_span_at((void *)page);

		if (s != NULL && (uintptr_t)p < s->base + s->bytes)
			return s;
	}
	return NULL;
}

void
misuse(const char *call, const void *p)
{
	const struct weir_span *s = span_around(p);
	struct line l;

	record_event(RECORD_MISUSE, 1);
	line_begin(&l);
	line_text(&l, call);
	line_text(&l, "(");
	line_pointer(&l, p);
	line_text(&l, "): ");
	if (s != NULL && weir_span_state(s) == WEIR_SPAN_LIVE &&
	    (uintptr_t)p != s->base) {
		line_text(&l, "points ");
		line_number(&l, (uintptr_t)p - s->base);
		line_text(&l, " bytes into a block of ");
		line_number(&l, s->requested);
		line_text(&l, " bytes that starts at ");
		line_pointer(&l, (void *)s->base);
	} else if (s != NULL && weir_span_state(s) == WEIR_SPAN_LIVE) {
		line_text(&l, "is a scratch block; release it with weir_scratch_unref");
	} else if (s != NULL && weir_span_state(s) == WEIR_SPAN_STOCKED &&
		   (uintptr_t)p == s->base) {
		line_text(&l, "this block of ");
		line_number(&l, s->requested);
		line_text(&l, " bytes has been freed before");
	} else {
		line_text(&l, "is not in use: freed before, or never allocated");
	}
	line_end(&l);
	abort();
}
