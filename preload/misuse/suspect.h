/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking for misuse on request: the options guard (an inaccessible page behind each block, which
 * ends right before it) and quarantine (freed blocks stay inaccessible for a while). Called by
 * place.c, resize.c and the messages; without these options nothing here runs.
 *
 * A block under suspicion has WEIR_SPAN_SUSPECT set while it is live. It stays counted as live
 * until it leaves the quarantine. When the kernel refuses a page of protection, the block goes
 * without it.
 */
#ifndef PRELOAD_SUSPECT_H
#define PRELOAD_SUSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/route.h"
#include "pool/span.h"

extern bool suspect_on; /* constant once weir_floor is set */

/* Reads the options. */
void suspect_init(void);

/* Room for the guard page: such a block is never of a class. */
void suspect_route(struct weir_route *route, size_t size);

/* A new block: arms it. Inside the gate, as are suspect_keep and suspect_overdue. */
void suspect_begin(struct weir_span *s, size_t align, const void *caller);

/* Where the host's block begins: behind the span's start if it was pushed against its guard. */
static inline uintptr_t
suspect_start(const struct weir_span *s)
{
	return s->flags & (WEIR_SPAN_SUSPECT | WEIR_SPAN_SEALED)
		       ? s->base + atomic_load_explicit(&s->refs, memory_order_relaxed)
		       : s->base;
}

/* The live block under suspicion that starts at p, or NULL. */
struct weir_span *suspect_at(const void *p);

/* p is about to be freed: notes by whom, and ends the host if something wrote past its end. */
void suspect_freed(const void *p, const void *caller);

/*
 * Makes a claimed block inaccessible and keeps it, until suspect_overdue returns it. False: the kernel
 * refuses, it is a block like others now and to be given back at once.
 */
bool suspect_keep(struct weir_span *s);

/* A block that has been kept for long enough, to be given back; NULL: there is none. */
struct weir_span *suspect_overdue(void);

void suspect_freeze(void);
void suspect_thaw(void);
void suspect_after_fork(void);

#endif
