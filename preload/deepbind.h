/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plugin loaded with RTLD_DEEPBIND calls instead of the C library's functions that take a
 * block: weir's own blocks go to weir, all others where they would have gone. For dlopen.c alone.
 */
#ifndef PRELOAD_DEEPBIND_H
#define PRELOAD_DEEPBIND_H

#include <stdint.h>

/* How many objects the loader has ever added. */
uint64_t deepbind_loaded(void);

/* Mends the imports of all that was added since, for the plugin of this handle. Keeps errno. */
void deepbind_mend(void *handle, uint64_t loaded_before);

#endif
