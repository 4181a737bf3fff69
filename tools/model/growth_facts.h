/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be said of a site, or of the process, before it is judged: each fact a yes or a no, for the
 * tables of growth_verdict.c and nobody else. Pure.
 */
#ifndef TOOLS_GROWTH_FACTS_H
#define TOOLS_GROWTH_FACTS_H

#include "tools/model/growth_verdict.h"

enum growth_fact {
	FACT_GONE = 1 << 0,	  /* all but nothing of it is left */
	FACT_QUIET = 1 << 1,	  /* for longer than it was at work */
	FACT_FEW_POINTS = 1 << 2, /* no order of their values would be rare */
	FACT_FEW_BLOCKS = 1 << 3, /* that none was freed would mean nothing */
	FACT_KEPT = 1 << 4,	  /* hardly a block was freed */
	FACT_REPLACED = 1 << 5,	  /* most were */
	FACT_HIGHER = 1 << 6,	  /* more lives than at the beginning */
	FACT_GROWN = 1 << 7,	  /* by more than noise, and it has a slope */
	FACT_GC_KNOWN = 1 << 8,	  /* collections are seen; if not, what lives is judged */
	FACT_GC_SEEN = 1 << 9,	  /* there was one since its first block */
	FACT_PROVEN = 1 << 10,	  /* it survives them, or they are not seen */
	FACT_COMES_DOWN = 1 << 11, /* to a quarter of its peak, or few were seen */
	FACT_RISES = 1 << 12,	   /* what they leave, for all of a window */
	FACT_OFTEN = 1 << 13,	   /* ... as many of them have shown */
	FACT_SLOWS = 1 << 14,	   /* rises, ever slower */
	FACT_STOPPED = 1 << 15,	   /* has risen, not in the last third */
	FACT_LEANS = 1 << 16,	   /* is higher, and nothing proves that it rises */
	FACT_YOUNG = 1 << 17,	   /* what lives has survived nothing */
	FACT_KEEPS = 1 << 18,	   /* collections always leave about as much of it */
	FACT_SWELLS = 1 << 19, /* few blocks, larger than those before; few collections */
	FACT_CLIMBS = 1 << 21, /* what lives rises, and most of what came still does */
	FACT_ONE = 1 << 20, /* one block, copied as it grows: through many collections */
	FACT_UNSEEN =
		1
		<< 22, /* what lives rises under garbage, and no collection left a floor */
	FACT_LIFTED = 1 << 23,	 /* collections leave more than they did, if not evenly */
	FACT_BEHIND = 1 << 24,	 /* more has been mapped since the last row */
	FACT_ROSE = 1 << 25,	 /* by a quarter above all of the first two thirds */
	FACT_FAR = 1 << 26,	 /* a fifth of what lives came in the later half */
	FACT_LATELY = 1 << 27,	 /* by a quarter above all of it, in its last cell */
	FACT_OUTLASTS = 1 << 28, /* more has survived lately than ever before */
	FACT_SETTLED = 1 << 30,	 /* one collection more would tell nothing */
	FACT_ENLARGED = 1 << 29, /* its blocks, where they are */
	FACT_CARRIED = -0x7fffffff -
		       1, /* 1 << 31: what has been mapped since is its own, and grows */
	FACT_LARGE = 1 << 19, /* ... a large part is nobody's */
};

struct growth_facts {
	unsigned is;		  /* of enum growth_fact */
	double slope_bytes_per_s; /* if it rises, or has grown */
	double stays, survived;	  /* as in struct growth_finding */
	size_t window;		  /* that rises */
};

/* What costs, the course of what lives, is only looked at where the floors leave a question. */
struct growth_facts growth_facts(const struct growth_evidence *e);

/* The last new block, or the end if one of them was made larger all the time since. */
double growth_active_until(const struct growth_evidence *e);

#endif
