/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which part of resident memory grows, and what that means. Pure: values in, a verdict out; called by
 * growth_memory.c.
 */
#ifndef TOOLS_GROWTH_PARTS_H
#define TOOLS_GROWTH_PARTS_H

#include "tools/model/growth_verdict.h"
#include "tools/model/resident.h"

struct growth_part {
	bool worth; /* large, and grows, or is most of what is resident */
	/*
	 * HELD: grows. Of V8's heap: what is in use after collections grows; GC_LAG: that does not;
	 * UNDECIDED: not known. PLATEAU: does not grow. RETAINED: grows, and more than half of it is free.
	 */
	enum growth_verdict verdict;
	double slope_bytes_per_s; /* 0: does not grow */
	double enough_s; /* UNDECIDED after too few looks: so many seconds on there are enough */
};

/* Free memory of weir's is large beside what lives, after a time when more lived. */
bool growth_retained(const struct resident *now, uint64_t peak_live);

/* `w`: the part over time. `used`, of V8's heap: what was in use after full collections; else NULL. */
struct growth_part growth_judge_part(const struct resident *now,
				     enum weir_memory_part part,
				     const struct growth_windows *w,
				     const struct growth_windows *used);

#endif
