/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the numbers of an allocation site mean: is its memory held, only waiting for the garbage
 * collector, a cache that has filled? Pure: values in, a verdict out; no clock, no file, no memory of
 * its own beyond the stack.
 */
#ifndef TOOLS_GROWTH_VERDICT_H
#define TOOLS_GROWTH_VERDICT_H

#include "tools/model/growth_course.h"

/* X(id, name, meaning, what to do next). */
#define GROWTH_VERDICTS(X)                                                               \
	X(HELD, "held", "grows, and what it allocates survives garbage collections",     \
	  "something keeps a reference: a heap snapshot names the holder")               \
	X(GC_LAG, "gc-lag",                                                              \
	  "garbage that the collector had not taken yet: it comes down again",           \
	  "no leak: allocate less or reuse buffers, or collect earlier")                 \
	X(PLATEAU, "plateau",                                                            \
	  "has grown and has stopped, or never grew: a cache, a pool",                   \
	  "no leak as long as it stays: check that the bound is the one you meant")      \
	X(RELEASED, "released", "hardly anything of it is left", "nothing to do")        \
	X(UNDECIDED, "undecided", "too short to tell, or no garbage collection since",   \
	  "let it run longer, or take two marks: weir snap, weir growth --diff")         \
	X(RETAINED, "retained-by-allocator",                                             \
	  "freed by the program, kept resident by the allocator",                        \
	  "weir purge gives it back; a smaller cache_max or decay_ms keeps it low")

enum growth_verdict {
#define X(id, name, meaning, next) GROWTH_##id,
	GROWTH_VERDICTS(X)
#undef X
		GROWTH_N_VERDICTS
};

const char *growth_verdict_name(enum growth_verdict v);
const char *growth_verdict_meaning(enum growth_verdict v);
const char *growth_verdict_next(enum growth_verdict v);

struct growth_evidence {
	const struct growth_windows *windows;
	bool gc_known; /* and frees it */
	bool cycles; /* a collector frees what refers to itself, all else goes at once */
	bool queued;
	bool behind; /* mapped by the program, and more is by now than its rows know of */
	double carried_bytes_per_s; /* ... of which most is its own, by the growth of all */
	uint64_t major_gcs;	    /* since the site's first allocation */
	uint64_t live_bytes, peak_bytes;
	uint64_t alloc_count, freed_count;
	uint64_t alloc_bytes, live_count;
	uint64_t age_bytes[4]; /* live: survived 0, 1, 2, 3 or more major GCs */
	double active_until_s; /* last allocation */
	double first_s;	       /* the first one, on the same clock */
	bool stands;	   /* the process has not grown lately, where its blocks are */
	double containers; /* came since and no collection of cycles has looked at them */
};

struct growth_finding {
	enum growth_verdict verdict;
	const char *rule; /* that decided it */
	bool early; /* held, but for so short a time that a cache would look the same */
	double slope_bytes_per_s;  /* of the troughs, 0 for what does not grow */
	double stays;		   /* rule of succession */
	double survived;	   /* share of the live bytes that survived a major GC */
	struct growth_climb climb; /* how far it has come, and when */
	bool gc_known;
	bool unseen; /* the next collection tells */
	bool queued; /* what waits to be taken: whoever does not take it holds it */
};

/* A cache that is still filling and a leak look the same; below this, a site may be either. */
#define GROWTH_EARLY_S 60

struct growth_finding growth_judge(const struct growth_evidence *e);

/* What the rule that decided it says; without a view of collections nothing of them. */
const char *growth_finding_meaning(const struct growth_finding *f);

/* The rules, from the first that is asked; NULL beyond them. */
const char *growth_rule_name(size_t i);

#endif
