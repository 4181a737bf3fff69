/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Carrying out a route: large blocks from request to release. The interposed functions call
 * these for sizes at or above the floor and for pointers within weir's hull; what they decline
 * (NULL, false, NOT_OURS) belongs to the next allocator, and has been counted where it counts.
 *
 * Any thread, any time, signal handlers included: a call from inside weir itself is declined
 * (new, resize) or put off (free). A pointer that lies in a region of weir's and is no live
 * block ends the host with a message.
 */
#ifndef PRELOAD_PLACE_H
#define PRELOAD_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who called the interposed function: where it returns to, and its own frame pointer. */
struct place_caller {
	const void *pc;
	uintptr_t frame;
};

/*
 * From now on no block is lent: the host has loaded a second C library (dlmopen), which may be given
 * one and could not free it. Those that are out stay, and come home as ever.
 */
void place_stop(void);

/* `align` 0: as malloc. */
void *place_new(size_t size, size_t align, bool zero, struct place_caller caller);

bool place_free(void *p);

/* Bytes of p that the host may use. */
bool place_size(void *p, size_t *bytes);

/* A released block whose thread is inside weir: whoever leaves weir next gives it back. */
struct weir_span;
void place_defer(struct weir_span *s);

enum place_resize { PLACE_NOT_OURS, PLACE_RESIZED, PLACE_NO_MEMORY };

/* realloc to `size`, not 0; on RESIZED *p is the block, on NO_MEMORY it is as it was. */
enum place_resize place_resize(void **p, size_t size, struct place_caller caller);

#endif
