/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is worth a word of a part of resident memory.
 */
#include "tools/model/growth_parts.h"

#include "tools/model/growth_course.h"
#include "tools/model/growth_facts.h"
#include "tools/model/growth_rules.h"

#define MB (UINT64_C(1) << 20)

/* Of what does not grow, so much has to be said of, and the half of all. */
#define LARGE_BYTES (64 * MB)

/* A rise that is noise. */
#define LEAST_RISE 0.05

#define FEW_POINTS 4

bool
growth_retained(const struct resident *now, uint64_t peak_live)
{
	return now->cached_bytes >= 32 * MB && now->cached_bytes >= now->rss_bytes / 4 &&
	       now->live_bytes < peak_live / 2;
}

/* Whether V8's heap rises in what collections leave is asked only where it is asked for. */
static unsigned
facts_of(const struct resident *now, uint64_t bytes, const struct growth_windows *w,
	 const struct growth_windows *used, double *slope)
{
	double least = LEAST_RISE * (double)now->rss_bytes;
	struct growth_course c = growth_course(w, false, least < 8 * MB ? 8 * MB : least);
	unsigned is = 0;

	*slope = c.slope_bytes_per_s;
	if (w->of[w->n - 1].points < FEW_POINTS)
		is |= FACT_FEW_POINTS;
	if (bytes >= 32 * MB && bytes >= now->rss_bytes / 8)
		is |= FACT_LARGE;
	if ((c.is & COURSE_RISES) != 0)
		is |= FACT_GROWN;
	if (used == NULL)
		return is;
	is |= FACT_GC_KNOWN;
	if (used->of[used->n - 1].epochs < FEW_POINTS)
		return is;
	is |= FACT_GC_SEEN;
	least = LEAST_RISE * used->of[0].live[GROWTH_CELLS - 1];
	if ((growth_course(used, true, least).is & COURSE_RISES) != 0)
		is |= FACT_RISES;
	return is;
}

static const struct growth_rule rules[] = {
	{"part-short", FACT_FEW_POINTS, 0, GROWTH_UNDECIDED, NULL},
	{"part-small", 0, FACT_LARGE, GROWTH_PLATEAU, NULL},
	{"part-flat", 0, FACT_GROWN, GROWTH_PLATEAU, NULL},
	{"part", 0, FACT_GC_KNOWN, GROWTH_HELD, NULL},
	/* Of V8's heap: what is left by collections says more than its size. */
	{"script-unseen", 0, FACT_GC_SEEN, GROWTH_UNDECIDED, NULL},
	{"script-rises", FACT_RISES, 0, GROWTH_HELD, NULL},
	{"script", 0, 0, GROWTH_GC_LAG, NULL},
};

struct growth_part
growth_judge_part(const struct resident *now, enum weir_memory_part part,
		  const struct growth_windows *w, const struct growth_windows *used)
{
	uint64_t bytes = now->parts_known ? now->part_bytes[part] : now->other_bytes;
	double slope;
	unsigned is = facts_of(now, bytes, w, used, &slope);
	bool grows = (is & FACT_FEW_POINTS) == 0 && (is & FACT_LARGE) != 0 &&
		     (is & FACT_GROWN) != 0;

	return (struct growth_part){
		.worth = grows || (bytes >= LARGE_BYTES && bytes >= now->rss_bytes / 2),
		.verdict = growth_rule_of(rules, is)->verdict,
		.slope_bytes_per_s = grows ? slope : 0,
	};
}
