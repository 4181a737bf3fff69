/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for blocks that are small and soon freed, which no thread waits for. Any thread, without a lock, but for
 * trays_make and trays_tidy, which one calls at a time.
 */
#ifndef PRELOAD_TRAYS_H
#define PRELOAD_TRAYS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRAY_BYTES  ((uint32_t)256 << 10)
#define TRAYS	    128
#define TRAYS_ALIGN 16

extern _Atomic uintptr_t trays_base; /* 0: there are none yet */

/* Once. False: there is no memory for them. */
bool trays_make(void);

static inline bool
trays_are(void)
{
	return atomic_load_explicit(&trays_base, memory_order_relaxed) != 0;
}

/* Of any pointer. */
static inline bool
trays_have(const void *p)
{
	return (uintptr_t)p - atomic_load_explicit(&trays_base, memory_order_relaxed) <
	       (uintptr_t)TRAYS * TRAY_BYTES;
}

/* NULL: it is too large, or there is no room. `align` is a power of two from TRAYS_ALIGN to a page. */
void *trays_take(size_t size, size_t align);
void trays_give(const void *p);
size_t trays_bytes(const void *p);

/* Gives back the pages of trays that are empty. */
void trays_tidy(void);

/* Half of the trays have to be free: what is never freed may have filled them. */
bool trays_have_room(void);

#endif
