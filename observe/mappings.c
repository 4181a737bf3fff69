/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same mappings as the shim notes (preload/entries/observe.c): anonymous, not small, and not V8's heap, which says where it
 * wants its pages.
 */
#include "observe/mappings.h"

#include <stdint.h>
#include <sys/mman.h>

#include "observe/blocks.h"
#include "observe/originals.h"
#include "pool/pages.h"
#include "preload/ground/altered.h"
#include "preload/ground/gate.h"
#include "preload/ground/mapped.h"
#include "trace/sites/sites.h"
#include "trace/walk/walk.h"
#include "weir/stats.h"

typedef void *map_function(void *, size_t, int, int, int, off_t);

static void
note(uintptr_t base, size_t bytes, uintptr_t frame, uintptr_t pc)
{
	struct gate g;

	if (!blocks_recorded() || !gate_enter(&g))
		return;
	mapped_add(base, weir_whole_pages(bytes),
		   weir_trace_site(frame, pc, WEIR_KIND_MMAP));
	gate_leave(&g);
}

/* Called by the host: its frame and its address are the next ones. */
static inline __attribute__((always_inline)) void *
map(map_function *real, void *addr, size_t bytes, int protection, int flags, int fd,
    off_t at)
{
	void *p = real(addr, bytes, protection, flags, fd, at);

	if (p != MAP_FAILED && bytes >= ALTERED_OBSERVED &&
	    (flags & MAP_ANONYMOUS) != 0 && !walk_is_heap_of_v8(addr, bytes, flags))
		note((uintptr_t)p, bytes, (uintptr_t)__builtin_frame_address(0),
		     (uintptr_t)__builtin_return_address(0));
	return p;
}

void *
mappings_mmap(void *addr, size_t bytes, int protection, int flags, int fd, off_t at)
{
	return map(originals.mmap, addr, bytes, protection, flags, fd, at);
}

void *
mappings_mmap64(void *addr, size_t bytes, int protection, int flags, int fd, off_t at)
{
	return map(originals.mmap64, addr, bytes, protection, flags, fd, at);
}
