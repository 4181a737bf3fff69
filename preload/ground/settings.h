/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the shim goes by in this process, and whether it takes part at all.
 */
#ifndef PRELOAD_SETTINGS_H
#define PRELOAD_SETTINGS_H

#include <stddef.h>

#include "policy/options.h"

/*
 * Requests below it go straight to the next allocator. SIZE_MAX until the constructor has run,
 * and for ever in a process that weir leaves alone: one compare is the whole cost then.
 */
extern size_t weir_floor __attribute__((visibility("hidden")));

extern struct weir_options weir_config; /* constant once weir_floor is set */

/* Reads WEIR_OPTIONS, and says what is wrong there or was asked for. Once, from the constructor. */
void settings_read(void);

/* The same of a text, or NULL: the defaults. */
void settings_take(const char *text);

#endif
