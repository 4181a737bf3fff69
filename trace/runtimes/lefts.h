/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What V8's full collections left before anything was written of the process: a heap that is first looked at when it is large was
 * small before, and how it came there these tell. No lock, no system call.
 */
#ifndef TRACE_LEFTS_H
#define TRACE_LEFTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The last ones; of more, those before are not kept. */
#define LEFTS 32

struct left {
	uint64_t ns, heap_bytes, external_bytes;
	uint64_t majors, main_majors; /* so many it was, with those before */
};

/* Nothing is kept any more once they have been taken. */
bool lefts_wanted(void);

/* A collection is over, on its thread. */
void lefts_note(const struct left *l);

/* All that are kept, the first one first: how many. By one thread, once. */
size_t lefts_take(struct left to[LEFTS]);

/* As at the beginning. */
void lefts_forget(void);

#endif
