/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the next allocator keeps free, given back while the host rests (policy/rest.h): by its
 * malloc_trim, at most once a minute. Called by the background thread.
 */
#ifndef PRELOAD_IDLE_H
#define PRELOAD_IDLE_H

#include <stdint.h>

/*
 * Looks whether the host rests, and trims if it does; `other_bytes` is what of the process is resident
 * and not weir's. Nanoseconds until the next look; UINT64_MAX: not before the host has worked again.
 */
uint64_t idle_look(uint64_t other_bytes);

void idle_after_fork(void);

#endif
