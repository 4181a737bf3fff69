/* SPDX-License-Identifier: Apache-2.0 */
/*
 * It falls without a collection, and hardly anything is allocated. A program that lets go of much
 * by itself looks the same until it allocates again; that costs nothing: only who looks at a process that
 * has exited with nothing left is shown the older write (tools/read/trace_exit.c).
 */
#include "trace/ending.h"

#define MS_NS	   UINT64_C(1000000)
#define LEAST	   (UINT64_C(64) << 10)
#define SWEEP_NS   (300 * MS_NS)   /* after a GC its garbage goes for so long */
#define PAUSE_NS   (2000 * MS_NS)  /* between its last free and the exit */
#define AT_MOST_NS (20000 * MS_NS) /* nobody takes longer to end */

static bool
begins(const struct ending *e, const struct ending_sums *now)
{
	uint64_t before = e->last.live_bytes;

	if (now->live_bytes >= before || before - now->live_bytes < LEAST ||
	    (e->collected_ns != 0 && now->monotonic_ns - e->collected_ns < SWEEP_NS))
		return false;
	/* The end may have begun in the midst of the time since, after much was allocated. */
	uint64_t fell = before - now->live_bytes;
	uint64_t more = now->alloc_bytes - e->last.alloc_bytes;
	return more <= fell / 8 || fell > before / 16;
}

static bool
goes_on(const struct ending *e, const struct ending_sums *now, bool collected)
{
	uint64_t fell = e->from.live_bytes - e->last.live_bytes;

	return !collected && now->alloc_bytes - e->last.alloc_bytes <= fell / 8 &&
	       now->monotonic_ns - e->fell_ns <= PAUSE_NS &&
	       now->monotonic_ns - e->from.monotonic_ns <= AT_MOST_NS;
}

bool
ending_keeps(struct ending *e, const struct ending_sums *now)
{
	bool collected = now->majors != e->last.majors;
	bool keeps = e->falling && goes_on(e, now, collected);

	if (collected)
		e->collected_ns = now->monotonic_ns;
	if (keeps && now->live_bytes < e->last.live_bytes)
		e->fell_ns = now->monotonic_ns;
	if (!keeps) {
		e->falling = begins(e, now);
		e->from = e->last;
		e->fell_ns = now->monotonic_ns;
	}
	e->last = *now;
	return keeps;
}
