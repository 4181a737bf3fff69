/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the next allocator keeps free, given back by its malloc_trim: while the host rests (idle.h), and while it
 * works, if that is much (policy/hoard.h). Called by the background thread only, but where it is said.
 */
#ifndef PRELOAD_TRIM_H
#define PRELOAD_TRIM_H

#include <stdbool.h>
#include <stdint.h>

#include "preload/sidecar/snapshot.h"

/* What was served instead, and what could not be. */
struct trim_aside {
	uint64_t served, refused;
};

/*
 * Who serves small requests while the next allocator is busy (aside.h): `begin` says whether it will, until `end`.
 * From the constructor.
 */
void trim_init(bool (*begin)(void), void (*end)(void), struct trim_aside (*facts)(void));

/* Looks whether to trim while the host works. Nanoseconds until the next look. */
uint64_t trim_look(uint64_t other_bytes);

/* Trims while the host rests, with someone to serve it if that is to be had; and asks what is in use. */
void trim_at_rest(void);

/* The runtime has collected garbage, so often so far. */
void trim_collected(uint64_t times);

/* What of the next allocator's memory is in use, and when it told; 0: it has not. Any time. */
int64_t trim_next_used(uint64_t *bytes);
/* Nothing has run since: what it said is so now. */
void trim_still_so(int64_t now_ns);

/* What has been done. Any time. */
struct snapshot_trims trim_counts(void);

void trim_after_fork(void);

#endif
