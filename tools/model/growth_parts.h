/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which part of resident memory grows, and what that means. Pure: values in, a verdict out; called by
 * growth_memory.c.
 */
#ifndef TOOLS_GROWTH_PARTS_H
#define TOOLS_GROWTH_PARTS_H

#include "tools/model/growth_lefts.h"
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

/* What lines of small blocks have of the next allocator's part: at most, now, and by their verdicts. */
struct growth_small {
	double peak, live, held, undecided;
};

/* Of a runtime that collects garbage: what is held by its size alone may wait for that, as the lines tell. */
enum growth_verdict growth_judge_next(enum growth_verdict by_size, struct growth_small s,
				      uint64_t major_gcs);

/* Of V8's heap, what was in use after full collections: over time, and after each. */
struct growth_script {
	struct growth_windows used;
	struct growth_lefts lefts;
};

/* `w`: the part over time. `script`: of V8's heap; else NULL. */
struct growth_part growth_judge_part(const struct resident *now,
				     enum weir_memory_part part,
				     const struct growth_windows *w,
				     const struct growth_script *script);

#endif
