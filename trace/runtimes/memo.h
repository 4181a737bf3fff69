/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What frames of V8 were decoded to, by place and by what all closures of a function share. After a major collection
 * other objects may lie at the same addresses: what a function is, is read anew then. Under the trace's lock.
 */
#ifndef TRACE_MEMO_H
#define TRACE_MEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/runtimes/v8.h"

/* Where a function was: until the next major collection the same words are the same place. */
struct memo_spot {
	uint64_t code, offset; /* bytecode and the offset within; or return address, 0 */
	uint64_t generation;
	uint32_t isolate;
};

struct memo {
	struct memo_spot spot; /* seen at last */
	uint64_t place, used;  /* bytecode offset, or return address; collections seen */
	uint64_t identity[V8_IDENTITY_WORDS];
	bool named; /* one of them has a file */
	bool own;   /* one of them is the program's */
	bool files; /* the outermost is the runtime's for files */
	uint32_t n, frames[V8_MAX_INLINED];
};

/* NULL: it has not been read since the last major collection, or others took its place since. */
struct memo *memo_at(const struct memo_spot *s);

/* Where it is remembered, or is to be: memo_matches tells which. */
struct memo *memo_of(const uint64_t *identity, uint64_t place);
bool memo_matches(const struct memo *r, const uint64_t *identity, uint64_t place);

/* It is found by memo_at from now on. */
void memo_keep_at(struct memo *r, const struct memo_spot *s);

/* Nothing is found by its spot any more. */
void memo_forget_spots(void);

#endif
