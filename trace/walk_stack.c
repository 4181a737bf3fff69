/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the calling thread's stack ends, found in the maps at first sight and remembered by the
 * thread. pthread_getattr_np would allocate and take locks. A fibre on memory of its own is another
 * stack: looked up again, but not for ever.
 */
#include "trace/walk_private.h"

#include <stddef.h>

#include "trace/maps.h"

#define MAIN_STACK   (UINT64_C(1) << 30) /* grows downwards: its start moves */
#define NEAR_STACK   (UINT64_C(8) << 20)
#define MAX_LOOK_UPS 64

struct bounds {
	uintptr_t end;
	uint32_t kilobytes;
	uint32_t look_ups;
};
static _Thread_local struct bounds bounds __attribute__((tls_model("initial-exec")));

extern void *__libc_stack_end __attribute__((weak));

static bool
look_up(uintptr_t sp)
{
	uint64_t start, end;

	/* Nothing else is ever mapped that near below the main thread's: the maps need not be read. */
	if (&__libc_stack_end != NULL && (uintptr_t)__libc_stack_end > sp &&
	    (uintptr_t)__libc_stack_end - sp < NEAR_STACK) {
		bounds.end = (uintptr_t)__libc_stack_end;
		bounds.kilobytes = NEAR_STACK >> 10;
		return true;
	}
	if (bounds.look_ups >= MAX_LOOK_UPS)
		return false;
	bounds.look_ups++;
	if (maps_find(sp, &start, &end) != 0)
		return false;
	if (&__libc_stack_end != NULL) {
		uintptr_t last = (uintptr_t)__libc_stack_end;

		if (last >= sp && last < end) {
			start = last > MAIN_STACK ? last - MAIN_STACK : 0;
			end = last;
		}
	}
	/* The thread's own block lies at the top of the stack that libc made for it. */
	uintptr_t self = (uintptr_t)__builtin_thread_pointer();
	if (self > sp && self < end)
		end = self;
	bounds.end = end;
	bounds.kilobytes = (end - start) >> 10 > UINT32_MAX
				   ? UINT32_MAX
				   : (uint32_t)((end - start) >> 10);
	return true;
}

bool
walk_stack_end(uintptr_t sp, uintptr_t *end)
{
	if (bounds.end - sp > (uintptr_t)bounds.kilobytes << 10 && !look_up(sp))
		return false;
	*end = bounds.end;
	return sp < bounds.end;
}
