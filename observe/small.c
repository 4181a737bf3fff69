/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sampler asks of the shim, answered as it is here: the next allocator is the host's, the clock is the library's
 * thread, which looks by itself, and no block is deferred.
 */
#include "observe/small.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "observe/blocks.h"
#include "observe/originals.h"
#include "preload/blocks/place_private.h"
#include "preload/clock/timer.h"
#include "preload/entries/sampler.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/machine/facts.h"
#include "preload/machine/ready.h"
#include "preload/machine/sampling_look.h"
#include "trace/sites/sample.h"

struct weir_next next;
_Atomic uint32_t timer_state = TIMER_AWAKE;

int
next_found(void)
{
	next = (struct weir_next){
		.malloc = originals.malloc,
		.calloc = originals.calloc,
		.realloc = originals.realloc,
		.free = originals.free,
		.posix_memalign = originals.posix_memalign,
		.aligned_alloc = originals.aligned_alloc,
		.memalign = originals.memalign,
		.valloc = originals.valloc,
		.pvalloc = originals.pvalloc,
	};
	return next.malloc != NULL ? 0 : -1;
}

bool
ready_make(void)
{
	return blocks_recorded();
}

void
place_leave(const struct gate *g)
{
	gate_leave(g);
}

void
timer_wake(size_t freed)
{
	(void)freed;
}

void
timer_look_at_small(void)
{
}

void
small_begin(void)
{
	next_found();
	weir_sample_forget();
	sampler_init();
	sampling_clocked(true);
}

/* A thread that was about to keep a sample may still do so: that one is forgotten when it begins again. */
void
small_end(void)
{
	sampling_halt();
	weir_sample_forget();
}

void
small_look(void)
{
	struct facts_memory m;

	facts_memory(&m);
	if (m.fresh)
		sampling_look(clock_read(CLOCK_MONOTONIC), m.anon_bytes, 0);
}

void
small_outgrown(const void *p)
{
	struct gate g;

	if (!weir_sample_may_be(p) || !blocks_recorded() || !gate_enter(&g))
		return;
	weir_sample_gone(p);
	gate_leave(&g);
}
