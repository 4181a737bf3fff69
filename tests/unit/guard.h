/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buffers between two pages that must not be touched: what reads or writes one byte too many,
 * at either end, does not get away with it.
 */
#ifndef TESTS_UNIT_GUARD_H
#define TESTS_UNIT_GUARD_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define GUARD_PAGE 4096

struct guard {
	uint8_t *first; /* usable bytes */
	size_t bytes;
};

static inline struct guard
guard_new(size_t bytes)
{
	size_t usable = (bytes + GUARD_PAGE - 1) / GUARD_PAGE * GUARD_PAGE;
	uint8_t *p = mmap(NULL, usable + 2 * GUARD_PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED ||
	    mprotect(p + GUARD_PAGE, usable, PROT_READ | PROT_WRITE) != 0) {
		perror("guard pages");
		exit(1);
	}
	return (struct guard){p + GUARD_PAGE, usable};
}

/* n bytes that end where the page ends, or that begin where it begins. */
static inline uint8_t *
guard_at(const struct guard *g, size_t n, int at_end)
{
	return at_end ? g->first + g->bytes - n : g->first;
}

/* The same numbers each time, so that a failure can be repeated. */
static inline uint32_t
guard_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

#endif
