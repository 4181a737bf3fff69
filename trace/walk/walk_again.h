/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Knows a stack of native code again without walking it: trace/walk/walk_again.c. The walker writes down which words led it;
 * trace/sites/capture.c asks.
 */
#ifndef TRACE_WALK_AGAIN_H
#define TRACE_WALK_AGAIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What walk_hash would say; 0: that is not known, walk. Makes no call. */
uint64_t walk_again(uintptr_t fp, uintptr_t pc);

#define WALK_AGAIN_WORDS 20

/* Written by one thread at a time, and read without a lock: walk_again.c. */
struct walk_again_note {
	_Atomic uint32_t number, n, rules;
	_Atomic uint64_t fp, pc, top, hash;
	_Atomic uint64_t words[WALK_AGAIN_WORDS];
	_Atomic uint16_t at[WALK_AGAIN_WORDS]; /* in words from fp */
};

/* Of a walk: where the words that lead it are written down. */
struct walk_again_taken {
	struct walk_again_note *note; /* NULL: nowhere */
	uint32_t number, n;
	bool may;
	uintptr_t fp, last; /* where the frame pointer at hand was saved, */
	uint64_t last_word; /* and what it is */
};

/* `may`: it is on the thread's own stack. */
void walk_again_begin(struct walk_again_taken *t, uintptr_t fp, uintptr_t pc, bool may);

/* The walk is over. */
void walk_again_end(struct walk_again_taken *t, uint64_t hash);

/* A word that leads the walk on. */
void walk_again_by(struct walk_again_taken *t, uint64_t address, uint64_t word);

/* The next frame is found by the frame pointer: which a frame has saved is of interest only then. */
static inline void
walk_again_by_fp(struct walk_again_taken *t)
{
	walk_again_by(t, t->last, t->last_word);
}

static inline void
walk_again_saved(struct walk_again_taken *t, uint64_t address, uint64_t word)
{
	t->last = address;
	t->last_word = word;
}

#endif
