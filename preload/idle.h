/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the next allocator keeps free, given back while the host does nothing: by its malloc_trim, once
 * after each spell of work. Called by the background thread.
 */
#ifndef PRELOAD_IDLE_H
#define PRELOAD_IDLE_H

#include <stdbool.h>
#include <stdint.h>

/* A second or so; how often to call idle_look. */
#define IDLE_LOOK_NS 1000000000ll

/*
 * Looks whether the host was idle since the last look, and trims if it was and has worked since the
 * last trim. False: there is nothing to wait for until the host works again.
 */
bool idle_look(int64_t now_ns);

void idle_after_fork(void);

#endif
