/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plugin loaded with RTLD_DEEPBIND calls instead of the C library's functions that take a
 * block: weir's own blocks go to weir, all others where they would have gone. For dlopen.c, and dlsym.c.
 */
#ifndef PRELOAD_DEEPBIND_H
#define PRELOAD_DEEPBIND_H

#include <stdbool.h>
#include <stdint.h>

/* How many objects the loader has ever added. */
uint64_t deepbind_loaded(void);

/* Mends the imports of all that was added since, for the plugin of this handle. Keeps errno. */
void deepbind_mend(void *handle, uint64_t loaded_before);

/* Of the functions that take a block. */
bool deepbind_ends_blocks(const char *name);

/* What stands for the function of that name that was found by a handle: the same, if it is not the next allocator's. */
void *deepbind_home(const char *name, void *found);

#endif
