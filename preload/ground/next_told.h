/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the next allocator has, beyond the calls of next.h. Its functions are found once, and need not be there.
 */
#ifndef PRELOAD_NEXT_TOLD_H
#define PRELOAD_NEXT_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "preload/ground/libc.h"

/* Before main: what the functions below call. */
void next_told_init(void);

/* These need not exist in a next allocator; what they do without it is said in next_told.c. */
int next_malloc_trim(size_t pad);
struct mallinfo2 next_mallinfo2(void);

/*
 * What of glibc's heaps is in use, and what is free; false where another allocator has the blocks. It walks all that is
 * free, under the locks that malloc waits for. By one thread.
 */
struct next_told {
	uint64_t used_bytes, free_bytes;
};
bool next_told(struct next_told *t);
bool next_tells(void);

/* Of a library that serves blocks in glibc's place: what it maps is for them. */
bool next_has_code(uintptr_t pc);

#endif
