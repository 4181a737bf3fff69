/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For an allocator whose calloc calls the malloc that all see (musl's does, and its aligned forms likewise): that is weir's, and each
 * such call would come twice.
 */
#ifndef PRELOAD_NEXT_BY_MALLOC_H
#define PRELOAD_NEXT_BY_MALLOC_H

struct weir_next;

/* From now on the other ways to a block go straight to its malloc and its aligned_alloc. */
void next_by_malloc(struct weir_next *n);

#endif
