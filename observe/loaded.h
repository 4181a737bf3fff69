/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader's list of objects, walked by the library's own thread while nobody forks: a child whose parent had a thread
 * in there finds the loader's lock taken, for ever.
 */
#ifndef OBSERVE_LOADED_H
#define OBSERVE_LOADED_H

#include <link.h>
#include <stddef.h>

/* Once, before the first walk. */
void loaded_watch_forks(void);

/* As dl_iterate_phdr. */
void loaded_each(int (*each)(struct dl_phdr_info *info, size_t bytes, void *context),
		 void *context);

#endif
