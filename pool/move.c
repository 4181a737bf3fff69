/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks whose pages do not stay in the pool: those that realloc moves to a larger block, and those
 * that go back to the system at once.
 */
#include "pool/pool_private.h"

#include <string.h>

#include "pool/heap_private.h"
#include "pool/origin.h"

static bool
is_zero(const char *page)
{
	return page[0] == 0 && memcmp(page, page + 1, WEIR_PAGE_BYTES - 1) == 0;
}

/*
 * For what a refused mremap left. It may have moved some pages before it failed: those read as zero at
 * the source now, so a page is copied only if the target still is what it was before, zero.
 */
static void
copy_rest(char *to, const char *from, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += WEIR_PAGE_BYTES)
		if (is_zero(to + at))
			memcpy(to + at, from + at, WEIR_PAGE_BYTES);
}

bool
weir_span_move(struct weir_span *from, struct weir_span *to, size_t bytes, size_t *went)
{
	int stop;
	size_t moved = heap_move(from, to, 0, bytes, &stop);
	char *rest = (char *)to->base + moved;

	*went = moved;
	if (stop == WEIR_MOVE_LOST) {
		memcpy((void *)from->base, (const void *)to->base, moved);
		return false;
	}
	if (stop != 0)
		copy_rest(rest, (const char *)from->base + moved, bytes - moved);
	else
		memcpy(rest, (const char *)from->base + moved, bytes - moved);
	return true;
}

unsigned
weir_span_touched(const struct weir_span *s)
{
	/* To look at all of 32 MB costs less than 16 calls for parts of it. */
	enum { WINDOWS = 16, WINDOW_BYTES = 16 * WEIR_PAGE_BYTES, WHOLE = 32 << 20 };
	uint64_t looked = 0, resident = 0;
	size_t window = WINDOW_BYTES, step = s->bytes / WINDOWS & -weir_machine_page;

	if (s->bytes <= WHOLE)
		window = step = s->bytes;
	for (size_t at = 0; at < s->bytes; at += step) {
		size_t bytes = s->bytes - at < window ? s->bytes - at : window;
		int64_t n = heap_pages->resident((char *)s->base + at, bytes);

		/* Not to be known: better page faults than clearing what the host never touches. */
		if (n < 0)
			return 0;
		looked += bytes;
		resident += (uint64_t)n;
	}
	return looked > 0 ? (unsigned)(resident * 256 / looked) : 0;
}

bool
weir_span_keeps_advice(const struct weir_span *s)
{
	enum { MOST = 32 << 20, HARDLY_LESS = 240 }; /* of 256 */
	struct weir_region *r = region_get(s->region);

	if (s->bytes > MOST || weir_span_touched(s) < HARDLY_LESS)
		return false;
	if (origin_is_altered(r, s->base, s->bytes))
		return true;
	if (!heap_may_move(r))
		return false;
	weir_lock(&heap_mutex);
	origin_altered(r, s->base, s->bytes);
	heap_unlock();
	return true;
}

int
weir_pool_discard(const struct weir_span *s)
{
	if (s->flags & WEIR_SPAN_SEALED) {
		heap_forget(s);
		return WEIR_SPAN_RESERVED;
	}
	int rc = heap_discard(s);
	if (rc < 0)
		return rc;
	return rc == WEIR_PURGED_RESERVED ? WEIR_SPAN_RESERVED : WEIR_SPAN_CLEAN;
}

void
weir_pool_give_discarded(struct weir_span *s, int state, int64_t now_ns)
{
	s->flags &= (uint8_t) ~(WEIR_SPAN_ALTERED | (state < 0 ? 0 : WEIR_SPAN_ADVISED));
	if (state < 0)
		weir_pool_give(s, now_ns);
	else
		pool_give_as(s, (enum weir_span_state)state, now_ns);
}

void
weir_pool_give_purged(struct weir_span *s, int64_t now_ns)
{
	weir_pool_give_discarded(s, weir_pool_discard(s), now_ns);
}
