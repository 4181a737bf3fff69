/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks for who asks during the search for the next allocator: zero, aligned to 16 bytes, and never reused. For any thread.
 */
#ifndef PRELOAD_NEXT_STORE_H
#define PRELOAD_NEXT_STORE_H

#include <stdbool.h>
#include <stddef.h>

/* NULL with ENOMEM: no memory. */
void *next_store_take(size_t size);
bool next_store_has(const void *p);
/* What was asked for, of a block that it has. */
size_t next_store_size(const void *p);

/* How much of it is taken; and as it was before what was taken since, which nobody has any more. */
size_t next_store_used(void);
void next_store_back(size_t to);

#endif
