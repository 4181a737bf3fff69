/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Size classes ("grades") of the pool: an ascending table of capacities, each a multiple of
 * 4096 bytes. Pure.
 */
#ifndef POLICY_GRADES_H
#define POLICY_GRADES_H

#include <stddef.h>
#include <stdint.h>

#define WEIR_GRADES_MAX	 64
#define WEIR_GRADE_MIN	 8192u
#define WEIR_GRADE_TOP	 (1ull << 30) /* no class above 1 GB */
#define WEIR_GRADE_NONE	 WEIR_GRADES_MAX
#define WEIR_GRADE_ALIGN 4096u

struct weir_grades {
	uint32_t n;
	uint64_t bytes[WEIR_GRADES_MAX];
	/*
	 * first[b]: the first class whose capacity exceeds 2^(b-1), so that a lookup starts
	 * at most a few steps from its answer. Filled by whoever fills `bytes`.
	 */
	uint8_t first[65];
};

/* Four classes a doubling (two where 4096 bytes is the step), 8 KB to 10 MB. */
void weir_grades_graded(struct weir_grades *g);

/* The ten classes of the source documents: 8K ... 512K doubling, 1M, 2M, 10M. */
void weir_grades_ten(struct weir_grades *g);

/*
 * "graded", "ten", or "64K:1M:10M": sizes from 8K to 1G, rounded up to 4096, each larger than
 * the one before. Returns 0, or -EINVAL (not sizes), -ERANGE (out of bounds, not ascending or
 * more than WEIR_GRADES_MAX), leaving *g alone.
 */
int weir_grades_parse(struct weir_grades *g, const char *text, size_t len);

/* Rounds every class up to whole pages of this machine, a power of two; of classes that become equal, one stays. */
void weir_grades_fit(struct weir_grades *g, uint64_t page);

/* The smallest class that holds `bytes`, or WEIR_GRADE_NONE if none does. */
static inline uint32_t
weir_grade_of(const struct weir_grades *g, uint64_t bytes)
{
	uint32_t b = bytes > 1 ? 64 - (uint32_t)__builtin_clzll(bytes - 1) : 0;
	uint32_t i = g->first[b];

	while (i < g->n && g->bytes[i] < bytes)
		i++;
	return i < g->n ? i : WEIR_GRADE_NONE;
}

#endif
