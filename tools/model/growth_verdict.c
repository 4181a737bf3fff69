/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules: a table, of which the first row that holds decides. Called for each site that is shown;
 * doc/growth.md says in words what is decided here, and tests/unit/test_growth_verdict.c has a case
 * for each row.
 */
#include "tools/model/growth_verdict.h"

#include "tools/model/growth_facts.h"

struct words {
	const char *name, *meaning, *next;
};

static const struct words *
words_of(enum growth_verdict v)
{
	static const struct words all[] = {
#define X(id, name, meaning, next) {name, meaning, next},
		GROWTH_VERDICTS(X)
#undef X
	};

	return &all[(unsigned)v < GROWTH_N_VERDICTS ? v : GROWTH_UNDECIDED];
}

const char *
growth_verdict_name(enum growth_verdict v)
{
	return words_of(v)->name;
}

const char *
growth_verdict_meaning(enum growth_verdict v, bool gc_known)
{
	return v == GROWTH_HELD && !gc_known ? "grows, and hardly any of it is freed"
					     : words_of(v)->meaning;
}

const char *
growth_verdict_next(enum growth_verdict v)
{
	return words_of(v)->next;
}

/* A row holds if all facts of `if_all` are so and none of `if_none` is. */
static const struct rule {
	const char *name;
	unsigned if_all, if_none;
	enum growth_verdict verdict;
} rules[] = {
	{"gone", FACT_GONE, 0, GROWTH_RELEASED},
	{"quiet", FACT_QUIET, 0, GROWTH_PLATEAU},
	{"stopped", FACT_STOPPED, 0, GROWTH_PLATEAU},
	/* A ring that has just filled: the rise is of then, and most is replaced since. */
	{"filled", FACT_RISES | FACT_REPLACED, FACT_OFTEN, GROWTH_UNDECIDED},
	{"rises", FACT_RISES, 0, GROWTH_HELD},
	/* The points show no rise: the blocks tell. */
	{"few-flat", FACT_FEW_BLOCKS, FACT_FEW_POINTS | FACT_HIGHER, GROWTH_PLATEAU},
	{"few", FACT_FEW_BLOCKS, 0, GROWTH_UNDECIDED},
	{"kept-short", FACT_KEPT | FACT_FEW_POINTS, FACT_GROWN, GROWTH_UNDECIDED},
	{"kept-flat", FACT_KEPT, FACT_GROWN, GROWTH_PLATEAU},
	{"kept-unproven", FACT_KEPT, FACT_PROVEN, GROWTH_UNDECIDED},
	{"kept", FACT_KEPT, 0, GROWTH_HELD},
	{"replaced-unseen", FACT_REPLACED, FACT_GC_KNOWN, GROWTH_PLATEAU},
	{"garbage", FACT_REPLACED | FACT_COMES_DOWN, 0, GROWTH_GC_LAG},
	{"replaced", FACT_REPLACED, 0, GROWTH_PLATEAU},
	{"short", FACT_FEW_POINTS, 0, GROWTH_UNDECIDED},
	{"flat", 0, 0, GROWTH_PLATEAU},
};

#define N_RULES (sizeof(rules) / sizeof(rules[0]))

const char *
growth_rule_name(size_t i)
{
	return i < N_RULES ? rules[i].name : NULL;
}

struct growth_finding
growth_judge(const struct growth_evidence *e)
{
	const struct growth_facts f = growth_facts(e);
	const struct rule *r = rules;

	/* The last row always holds. */
	while ((f.is & r->if_all) != r->if_all || (f.is & r->if_none) != 0)
		r++;
	struct growth_finding found = {
		.verdict = r->verdict,
		.rule = r->name,
		.stays = f.stays,
		.survived = f.survived,
	};

	if (r->verdict == GROWTH_HELD) {
		found.early = e->active_until_s - e->first_s < GROWTH_EARLY_S;
		found.slope_bytes_per_s = (f.is & FACT_RISES) != 0
						  ? f.slope_bytes_per_s
						  : growth_slope(e->points, f.n, false);
	}
	return found;
}
