/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small requests while the next allocator is busy. glibc's malloc_trim and mallinfo2 hold the lock of each
 * arena for as long as they walk it, which may be half a second: meanwhile what is below the floor is served from
 * a few trays of weir's own, and what is freed waits, so that nobody waits for that lock.
 */
#ifndef PRELOAD_ASIDE_H
#define PRELOAD_ASIDE_H

#include <stdatomic.h>
#include <stdbool.h>

/* Tells the clock that it may (trim.h). From the constructor, after the sampler's. */
void aside_init(void);

/* Around fork: waits for the end of what the next allocator is busy with, as the C library's fork does. */
void aside_freeze(void);
void aside_thaw(void);

/*
 * Before a copy of the process that runs no handlers: waits for that as well, so that its next allocator has no lock
 * that nobody gives back. Outside the gate.
 */
void aside_wait(void);

extern _Atomic bool aside_open __attribute__((visibility("hidden")));

/*
 * In the child: nothing is served aside any more. Writes nothing where nothing was, and is inline: a call far away is
 * a page fault in each child.
 */
static inline void
aside_forked(void)
{
	if (__builtin_expect(atomic_load_explicit(&aside_open, memory_order_relaxed), 0))
		atomic_store(&aside_open, false);
}

/* In the child, before its clock may start. */
void aside_after_fork(void);

#endif
