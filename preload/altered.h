/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host leaves on memory that it frees, beyond content: such blocks are not lent to others as
 * they are.
 */
#ifndef PRELOAD_ALTERED_H
#define PRELOAD_ALTERED_H

#include <stddef.h>

/* Finds the host's functions. From the constructor. */
void altered_init(void);

/* Weir's own of these names, whosever the host calls. */
void *altered_mremap(void *addr, size_t bytes, size_t new_bytes, int flags, ...)
	__attribute__((visibility("hidden")));
int altered_munmap(void *addr, size_t bytes) __attribute__((visibility("hidden")));
int altered_madvise(void *addr, size_t bytes, int advice)
	__attribute__((visibility("hidden")));

#endif
