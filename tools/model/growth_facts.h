/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be said of a site before it is judged: each fact a yes or a no, for the table of
 * growth_verdict.c and nobody else. Pure.
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
	FACT_GROWN = 1 << 7,	  /* by more than noise */
	FACT_GC_KNOWN = 1 << 8,	  /* collections are seen; if not, what lives is judged */
	FACT_PROVEN = 1 << 9,	  /* it survives them, or they are not seen */
	FACT_COMES_DOWN = 1 << 10, /* to a quarter of its peak, or few were seen */
	FACT_RISES = 1 << 11,	   /* what they leave */
	FACT_OFTEN = 1 << 12,	   /* ... as many of them have shown */
	FACT_STOPPED = 1 << 13,	   /* ... not in the last third, though it was at work */
};

struct growth_facts {
	unsigned is;		  /* of enum growth_fact */
	size_t n;		  /* of its points, those while it was at work */
	double slope_bytes_per_s; /* if it rises */
	double stays, survived;	  /* as in struct growth_finding */
};

/*
 * Whether a site rises is not looked for where it is gone or quiet, nor whether that has stopped where
 * it is kept: that is what costs.
 */
struct growth_facts growth_facts(const struct growth_evidence *e);

#endif
