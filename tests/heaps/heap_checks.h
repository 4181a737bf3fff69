/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must be equal after an operation on two heaps. Called by heap_pairs.c; the first difference
 * ends the program with a line that says how to see it again.
 */
#ifndef TESTS_HEAPS_HEAP_CHECKS_H
#define TESTS_HEAPS_HEAP_CHECKS_H

#include <stdbool.h>

#include "tests/heaps/heap_pairs.h"

#define CHECKS_PRESET 4242 /* no error has this number */
#define CHECKS_HUGE                                                                      \
	((size_t)1 << 20) /* alignments from here on cost theirs more than ours */

_Noreturn void checks_differ(const struct pairs *r, const char *what);

void checks_fill(struct pair *b);

/* The first `keep` bytes, laid out for a block of b->size. */
void checks_content(const struct pairs *r, const struct pair *b, size_t keep);

void checks_zero(const struct pairs *r, const unsigned char *p, size_t size,
		 size_t usable);

/* Two results and the errno each left behind; true if both are blocks. */
bool checks_same(struct pairs *r, struct pair *b, int our_errno, int their_errno,
		 size_t align);

/* A block that both have: what may be written must be there to be written. */
void checks_usable(const struct pairs *r, const struct pair *b);

#endif
