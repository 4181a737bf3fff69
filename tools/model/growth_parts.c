/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is worth a word of a part of resident memory.
 */
#include "tools/model/growth_parts.h"

#define MB (UINT64_C(1) << 20)

/* Of what does not grow, so much has to be said of, and the half of all. */
#define LARGE_BYTES (64 * MB)

/* A rise that is noise. */
#define LEAST_RISE 0.05

bool
growth_retained(const struct resident *now, uint64_t peak_live)
{
	return now->cached_bytes >= 32 * MB && now->cached_bytes >= now->rss_bytes / 4 &&
	       now->live_bytes < peak_live / 2;
}

/* The last third of the time still brings some of its share. */
static bool
goes_on(const struct growth_point *p, size_t n)
{
	size_t tail = n - 1 - n / 3;
	double all = p[n - 1].live - p[0].live, last = p[n - 1].live - p[tail].live;

	return last * (p[n - 1].t_s - p[0].t_s) >= all * (p[n - 1].t_s - p[tail].t_s) / 4;
}

static bool
grows(const struct resident *now, uint64_t bytes, const struct growth_point *p, size_t n)
{
	double least = LEAST_RISE * (double)now->rss_bytes;

	if (least < 8 * MB)
		least = 8 * MB;
	return n >= GROWTH_MIN_POINTS && bytes >= 32 * MB &&
	       bytes >= now->rss_bytes / 8 && growth_trend(p, n, false) > 0 &&
	       growth_slope(p, n, false) * (p[n - 1].t_s - p[0].t_s) >= least &&
	       goes_on(p, n);
}

struct growth_part
growth_judge_part(const struct resident *now, enum weir_memory_part part,
		  const struct growth_point *points, size_t n)
{
	uint64_t bytes = now->parts_known ? now->part_bytes[part] : now->other_bytes;
	struct growth_part found = {
		.worth = bytes >= LARGE_BYTES && bytes >= now->rss_bytes / 2,
		.verdict = n < GROWTH_MIN_POINTS ? GROWTH_UNDECIDED : GROWTH_PLATEAU,
	};

	if (grows(now, bytes, points, n)) {
		found.worth = true;
		found.verdict = GROWTH_HELD;
		found.slope_bytes_per_s = growth_slope(points, n, false);
	}
	return found;
}

enum growth_verdict
growth_judge_script(const struct growth_point *used, size_t n)
{
	double span;

	if (n < GROWTH_MIN_POINTS)
		return GROWTH_UNDECIDED;
	span = used[n - 1].t_s - used[0].t_s;
	return growth_trend(used, n, false) > 0 && growth_slope(used, n, false) * span >=
							   LEAST_RISE * used[n - 1].live
		       ? GROWTH_HELD
		       : GROWTH_GC_LAG;
}
