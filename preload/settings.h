/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the shim goes by in this process, and whether it takes part at all.
 */
#ifndef PRELOAD_SETTINGS_H
#define PRELOAD_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/options.h"

/*
 * Requests below it go straight to the next allocator. SIZE_MAX until the constructor has run,
 * and for ever in a process that weir leaves alone: one compare is the whole cost then.
 */
extern size_t weir_floor __attribute__((visibility("hidden")));

extern struct weir_options weir_config; /* constant once weir_floor is set */

/*
 * Makes the pool on the first large request, so that a process without any costs nothing. Call
 * inside the gate. False if it cannot be made.
 */
bool boot_ready(void);

/* Whether boot_ready has succeeded: there is a pool to freeze, purge and report. */
bool boot_done(void);

/* Around fork. */
void boot_freeze(void);
void boot_thaw(void);
void boot_after_fork(void);

#endif
