/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What place.c (new, free) and resize.c (realloc) share. Nobody else includes it.
 */
#ifndef PRELOAD_PLACE_PRIVATE_H
#define PRELOAD_PLACE_PRIVATE_H

#include "policy/route.h"
#include "pool/pool.h"
#include "preload/blocks/place.h"
#include "preload/ground/gate.h"
#include "weir/stats.h"

/* Where such a request goes now. */
struct weir_route place_route(size_t size, size_t align, uint32_t kind);

/* A span by this route, not counted (record.h) yet; `at_once`: rather none than a wait for a lock. */
struct weir_taken place_take(const struct weir_route *route, size_t size, size_t align,
			     uint32_t kind, bool want_zero, bool at_once);

/* The site of a request that is served; 0: not to be recorded. */
uint32_t place_site(size_t size, uint32_t kind, struct place_caller caller);

/* Why a request that the pool could not serve goes on. */
enum weir_fallback place_fallback(enum weir_take_error error);

/* The live block at p, NULL if p is a stranger's; ends the host if p is weir's and not live. */
struct weir_span *place_live(const void *p, const char *call);

/* How many bytes the host is told it may use, and may count on realloc to keep: a few more than it asked for. */
size_t place_usable(const struct weir_span *s);

/* Counts a claimed block's end and gives it back. Inside the gate. */
void place_give(struct weir_span *s);

/* Leaves the gate, after giving back the blocks that signal handlers, or handlers of fork, freed meanwhile. */
void place_leave(const struct gate *g);

#endif
