/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Series of a part of resident memory, for the tests of its verdict.
 */
#ifndef TESTS_UNIT_GROWTH_PARTS_SERIES_H
#define TESTS_UNIT_GROWTH_PARTS_SERIES_H

#include "tools/model/growth_parts.h"

#define MB (UINT64_C(1) << 20)

/* What is resident. */
static struct growth_windows windows;

/* Points of the seconds from..n-1 of n: of each second i the MB, and how many collections there were. */
#define FILL(w, from, n, mb, collections)                                                \
	do {                                                                             \
		growth_windows_begin(&(w), 0, (n)-1);                                    \
		for (int i = (from); i < (n); i++) {                                     \
			double filled = (mb) * (double)MB;                               \
			struct growth_point point = {i, filled, filled,                  \
						     (uint64_t)(collections)};           \
                                                                                         \
			growth_window_add(&(w).of[0], &point);                           \
		}                                                                        \
		growth_windows_end(&(w));                                                \
	} while (0)

/* `n` seconds; from `from` on, `step` more each, in MB; nothing more from `until` on. */
#define STEPS(w, n, from, step, until)                                                   \
	FILL(w, 0, n, (from) + (step) * (i < (until) ? i : (until)), i)

#endif
