/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether this process may have a system call filter (seccomp) that kills for a call it does not
 * know, and for which. Weir then leaves out what few programs make and what it can do in another way, and falls
 * silent where that is not enough.
 */
#ifndef PRELOAD_FILTER_LACKS_H
#define PRELOAD_FILTER_LACKS_H

#include <stddef.h>

struct weir_filter_step;

/* Looks whether there is one: vm_calls_allowed is false then, for ever. Opens a file or two. */
void filter_look(void);

/* What a filter may kill for: enum weir_pages_call, or these. */
enum {
	FILTER_WAIT = 16,    /* threads that wait for each other */
	FILTER_FENCE = 32,   /* membarrier */
	FILTER_LOOK = 64,    /* what weir_pages_spare_calls is about */
	FILTER_RECORD = 128, /* the clock, the sidecar, all that they look at */
	FILTER_ALL = 255,
};

/* One caller at a time. */
unsigned filter_lacks(const struct weir_filter_step *program, size_t n);

#endif
