/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The call is handed on as it is, and its result recorded: nothing is served, nothing changed. V8 says where
 * it wants its heap's pages, a quarter of a megabyte each, and maps all else where it gets it: so what comes
 * with a wish is its heap, which account.c knows by its place, and is not recorded.
 */
#include "preload/entries/observe.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include "preload/clock/timer.h"
#include "preload/ground/altered.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/mapped.h"
#include "preload/ground/next_told.h"
#include "preload/machine/ready.h"
#include "trace/sites/sites.h"
#include "trace/walk/walk.h"
#include "weir/stats.h"

/* What a program maps as it starts is not worth weir's tables. */
#define START_NS    200000000ll
#define WORTH_BYTES ((size_t)1 << 20)

static altered_map *real_mmap;

static bool
may_trace(size_t bytes)
{
	return ready_done() ||
	       (bytes >= WORTH_BYTES &&
		clock_read(CLOCK_MONOTONIC) - gate_born_ns > START_NS && ready_make());
}

/* In a forked child weir sleeps on; it sees what is there when it wakes. */
static void
record(uintptr_t base, size_t bytes, uintptr_t frame, uintptr_t pc)
{
	struct gate g;

	if (atomic_load_explicit(&gate_first, memory_order_relaxed) != NULL ||
	    gate_guest() || !gate_enter(&g))
		return;
	mapped_add(base, bytes,
		   next_has_code(pc)  ? MAPPED_BY_NEXT
		   : may_trace(bytes) ? weir_trace_site(frame, pc, WEIR_KIND_MMAP)
				      : 0);
	gate_leave(&g);
	timer_look_at_mapped();
}

/* Jumped to, so that it returns to the host. */
static void *
observed(void *addr, size_t bytes, int protection, int flags, int fd, off_t at)
{
	void *p = real_mmap(addr, bytes, protection, flags, fd, at);

	if (p != MAP_FAILED && !walk_is_heap_of_v8(addr, bytes, flags))
		record((uintptr_t)p, bytes, (uintptr_t)__builtin_frame_address(0),
		       (uintptr_t)__builtin_return_address(0));
	return p;
}

void
observe_init(void)
{
	real_mmap = altered_observe(NULL);
	if (real_mmap != NULL)
		altered_observe(observed);
}
