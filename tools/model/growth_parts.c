/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is worth a word of a part of resident memory.
 */
#include "tools/model/growth_parts.h"

#include "tools/model/growth_course.h"
#include "tools/model/growth_facts.h"
#include "tools/model/growth_heap.h"
#include "tools/model/growth_rules.h"

#define MB (UINT64_C(1) << 20)

/* Of what does not grow, so much has to be said of, and the half of all. */
#define LARGE_BYTES (64 * MB)

/* A rise that is noise. */
#define LEAST_RISE 0.05

#define FEW_POINTS 4

/* Lines of small blocks that tell something of all. */
#define FEW_SMALL_BYTES (8 * MB)

/* What a leak of the next allocator's is not: so much of it is free. */
#define FREE_SHARE 2

bool
growth_retained(const struct resident *now, uint64_t peak_live)
{
	return now->cached_bytes >= 32 * MB && now->cached_bytes >= now->rss_bytes / 4 &&
	       now->live_bytes < peak_live / 2;
}

/* A rise that so few looks cannot prove is none that there is not; two tell that for half of the time there was none. */
static bool
is_short(const struct growth_window *w, bool rises, double least)
{
	double late = w->live[GROWTH_CELLS - 1] - w->live[GROWTH_CELLS / 2];
	bool flat = w->points > 1 && w->first_s < (w->begin_s + w->end_s) / 2 &&
		    late < least / 4;

	return !flat && (w->points < FEW_POINTS ||
			 (!rises && w->points < 2 * FEW_POINTS &&
			  w->live[GROWTH_CELLS - 1] - w->live[0] > least));
}

/* By how much more it has to be seen, at the pace of its looks until now. */
static double
enough_s(const struct growth_window *w)
{
	double span = w->end_s - w->begin_s, n = (double)w->points;
	double pace = n > 0 && span > n ? span / n : 1;

	return (2 * FEW_POINTS - n > 1 ? 2 * FEW_POINTS - n : 1) * pace;
}

/* More than in all of the first half, up to now: by a step after which another one may come in as long a time. */
static bool
is_higher(const struct growth_window *w, double least)
{
	double most = growth_window_most(w, GROWTH_CELLS / 2),
	       last = w->live[GROWTH_CELLS - 1];

	return last - most > (least > last / 8 ? least : last / 8);
}

/* Whether V8's heap rises in what collections leave is asked only where it is asked for. */
static unsigned
facts_of(const struct resident *now, uint64_t bytes, const struct growth_windows *w,
	 const struct growth_script *script, double *slope)
{
	double least = LEAST_RISE * (double)now->rss_bytes;
	struct growth_course c = growth_course(w, false, least < 8 * MB ? 8 * MB : least);
	unsigned is = 0;

	*slope = c.slope_bytes_per_s;
	if (is_short(&w->of[w->n - 1], (c.is & COURSE_RISES) != 0, least))
		is |= FACT_FEW_POINTS;
	if (bytes >= 32 * MB && bytes >= now->rss_bytes / 8)
		is |= FACT_LARGE;
	if ((c.is & COURSE_RISES) != 0)
		is |= FACT_GROWN;
	if ((c.is & COURSE_LEANS) != 0)
		is |= FACT_LEANS;
	if (is_higher(&w->of[w->n - 1], least < 8 * MB ? 8 * MB : least))
		is |= FACT_HIGHER;
	if (script == NULL)
		return is;
	return growth_heap_facts(now->rss_bytes, bytes, w, script, is, slope);
}

enum growth_verdict
growth_judge_next(enum growth_verdict by_size, struct growth_small s, uint64_t major_gcs)
{
	if (by_size != GROWTH_HELD)
		return by_size;
	if (s.peak < FEW_SMALL_BYTES)
		return major_gcs > 0 ? GROWTH_HELD : GROWTH_UNDECIDED;
	if (s.held >= s.peak / 8)
		return GROWTH_HELD;
	return s.undecided >= s.peak / 8 && s.undecided >= (s.live - s.held) / 2
		       ? GROWTH_UNDECIDED
		       : GROWTH_GC_LAG;
}

static const struct growth_rule rules[] = {
	{"part-short", FACT_FEW_POINTS, 0, GROWTH_UNDECIDED, NULL},
	{"part-small", 0, FACT_LARGE, GROWTH_PLATEAU, NULL},
	/* A few large steps up: nothing says that there will be another. */
	{"part-leans", FACT_LEANS, FACT_GROWN, GROWTH_UNDECIDED, NULL},
	{"part-higher", FACT_HIGHER, FACT_GROWN, GROWTH_UNDECIDED, NULL},
	{"part-flat", 0, FACT_GROWN, GROWTH_PLATEAU, NULL},
	{"part", 0, FACT_GC_KNOWN, GROWTH_HELD, NULL},
	/* Of V8's heap: what is left by collections says more than its size. */
	{"script-unseen", 0, FACT_GC_SEEN, GROWTH_UNDECIDED, NULL},
	{"script-rises", FACT_RISES, 0, GROWTH_HELD, NULL},
	{"script", FACT_COMES_DOWN, 0, GROWTH_GC_LAG, NULL},
	{"script-unclear", 0, 0, GROWTH_UNDECIDED, NULL},
};

struct growth_part
growth_judge_part(const struct resident *now, enum weir_memory_part part,
		  const struct growth_windows *w, const struct growth_script *script)
{
	uint64_t bytes = now->parts_known ? now->part_bytes[part] : now->other_bytes;
	double slope;
	unsigned is = facts_of(now, bytes, w, script, &slope);
	uint64_t unused = 0;
	bool kept = part == WEIR_PART_OF_NEXT && resident_next_free(now, &unused) &&
		    unused > bytes / FREE_SHARE;
	bool grows = (is & FACT_FEW_POINTS) == 0 && (is & FACT_LARGE) != 0 &&
		     (is & FACT_GROWN) != 0;

	enum growth_verdict said = growth_rule_of(rules, is)->verdict;
	/* Pages of files go when memory is short: that more of them are here holds nothing. */
	if (part == WEIR_PART_OF_FILES && said == GROWTH_HELD)
		said = GROWTH_UNDECIDED;
	/* What may grow is worth a word sooner than what does not. */
	bool few = (is & FACT_FEW_POINTS) != 0;
	uint64_t large = said == GROWTH_UNDECIDED && (!few || script != NULL)
				 ? LARGE_BYTES / 2
				 : LARGE_BYTES;

	/* Of V8's heap a collection may have left less than half of all, and more than before. */
	uint64_t share = said == GROWTH_UNDECIDED && script != NULL && !few ? 4 : 2;

	return (struct growth_part){
		.worth = grows || (bytes >= large && bytes >= now->rss_bytes / share),
		.verdict = grows && kept ? GROWTH_RETAINED : said,
		.slope_bytes_per_s = grows ? slope : 0,
		.enough_s = (is & FACT_FEW_POINTS) != 0 ? enough_s(&w->of[w->n - 1]) : 0,
	};
}
