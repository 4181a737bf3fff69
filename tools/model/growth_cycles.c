/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A full run of the collector proves what it leaves. Before one there is a proof as well: garbage takes an object that refers to
 * others for each few blocks, so where hardly any of those came, there is none.
 */
#include "tools/model/growth_cycles.h"

/* As for V8: so little has survived that the rest may be garbage. */
#define UNPROVEN 0.3

/* Blocks that one object of a cycle keeps, at most. */
#define BLOCKS_AT_ONCE 8

#define FEW_BLOCKS 8

enum {
	IS_HELD = 1,	 /* by the rules for all runtimes */
	IS_PROVEN = 2,	 /* it has been through a full run, or can be no cycle */
	IS_TAKEN = 4,	 /* most of it was freed since there was such a run */
	IS_STANDING = 8, /* no more is resident than a while ago */
};

static const struct growth_rule rules[] = {
	{"stands", IS_HELD | IS_STANDING, 0, GROWTH_UNDECIDED,
	 "more of it is seen than before, but the process does not grow any more: it may "
	 "have come in place of what was not seen"},
	{"cycles", IS_HELD, IS_PROVEN, GROWTH_UNDECIDED,
	 "grows, and no full run of the garbage collector has looked at most of it: what "
	 "only refers to itself waits for one"},
	{"cycles-taken", IS_TAKEN, IS_HELD, GROWTH_GC_LAG,
	 "it came down since the garbage collector ran: garbage that refers to itself "
	 "waits for it"},
};

#define N_RULES (sizeof(rules) / sizeof(rules[0]))

const struct growth_rule *
growth_cycles_rule(size_t i)
{
	return i < N_RULES ? &rules[i] : NULL;
}

static bool
is_proven(const struct growth_evidence *e)
{
	double aged = (double)e->age_bytes[1] + (double)e->age_bytes[2] +
		      (double)e->age_bytes[3];

	return (e->major_gcs > 0 && aged >= UNPROVEN * (double)e->live_bytes) ||
	       e->containers * BLOCKS_AT_ONCE < (double)e->live_count;
}

/* What comes and goes all the time is never much; a cache keeps a part. */
static bool
is_taken(const struct growth_evidence *e)
{
	uint64_t mean = e->alloc_count > 0 ? e->alloc_bytes / e->alloc_count : 0;

	return e->major_gcs > 0 && e->live_bytes < e->peak_bytes / 4 &&
	       e->freed_count >= FEW_BLOCKS && e->peak_bytes >= FEW_BLOCKS * mean;
}

const struct growth_rule *
growth_cycles(const struct growth_evidence *e, enum growth_verdict by_rules)
{
	unsigned is = (by_rules == GROWTH_HELD ? IS_HELD : 0) |
		      (e->stands ? IS_STANDING : 0) | (is_proven(e) ? IS_PROVEN : 0) |
		      (is_taken(e) ? IS_TAKEN : 0);

	for (size_t i = 0; e->cycles && by_rules != GROWTH_RELEASED && i < N_RULES; i++)
		if ((is & rules[i].if_all) == rules[i].if_all &&
		    (is & rules[i].if_none) == 0)
			return &rules[i];
	return NULL;
}
