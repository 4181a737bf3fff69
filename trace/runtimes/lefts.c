/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ring of the last ones. Two isolates that collect at once have a place each; one that is overtaken by a whole ring in the midst of
 * writing would leave a pair that is out of order, which is not taken.
 */
#include "trace/runtimes/lefts.h"

#include <stdatomic.h>

static struct {
	_Atomic uint64_t ns, heap_bytes, external_bytes, majors, main_majors;
} kept[LEFTS];
static _Atomic uint32_t n;
static _Atomic bool taken;

bool
lefts_wanted(void)
{
	return !atomic_load_explicit(&taken, memory_order_relaxed);
}

void
lefts_note(const struct left *l)
{
	uint32_t at = atomic_fetch_add(&n, 1) % LEFTS;

	kept[at].heap_bytes = l->heap_bytes;
	kept[at].external_bytes = l->external_bytes;
	kept[at].majors = l->majors;
	kept[at].main_majors = l->main_majors;
	kept[at].ns = l->ns;
}

size_t
lefts_take(struct left to[LEFTS])
{
	uint32_t all = n, from = all > LEFTS ? all - LEFTS : 0;
	size_t count = 0;

	if (atomic_exchange(&taken, true))
		return 0;
	for (uint32_t i = from; i < all; i++) {
		uint32_t at = i % LEFTS;
		struct left l = {kept[at].ns, kept[at].heap_bytes,
				 kept[at].external_bytes, kept[at].majors,
				 kept[at].main_majors};

		if (l.ns != 0 && (count == 0 || l.ns > to[count - 1].ns))
			to[count++] = l;
	}
	return count;
}

void
lefts_forget(void)
{
	n = 0;
	for (size_t i = 0; i < LEFTS; i++)
		kept[i].ns = 0;
	taken = false;
}
