/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of pages that the kernel moves: skips where it does not. */
#ifndef TESTS_UNIT_MOVES_H
#define TESTS_UNIT_MOVES_H

#include <stdbool.h>
#include <sys/mman.h>

#include "pool/pages.h"
#include "tests/tap.h"

/* Under an emulator that does not move pages as Linux does, weir stops after the first try. */
static inline bool
moves_work(void)
{
	const size_t half = (size_t)1 << 20;
	char *from = mmap(NULL, 2 * half, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool both;

	if (from == MAP_FAILED)
		return false;
	from[0] = 1;
	both = weir_pages_system.move(from, from + half, half) == 0 &&
	       weir_pages_system.move(from + half, from, half) == 0;
	munmap(from, 2 * half);
	return both;
}

#define NEEDS_MOVES                                                                      \
	do {                                                                             \
		if (!moves_work())                                                       \
			SKIP("pages cannot be moved here");                              \
	} while (0)

#endif
