/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules: a table, of which the first row that holds decides. Called for each site that is shown;
 * doc/growth.md says in words what is decided here, and tests/unit/test_growth_verdict.c has a case
 * for each row.
 */
#include "tools/model/growth_verdict.h"

#include "tools/model/growth_cycles.h"
#include "tools/model/growth_facts.h"
#include "tools/model/growth_rules.h"

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
growth_verdict_meaning(enum growth_verdict v)
{
	return words_of(v)->meaning;
}

const char *
growth_verdict_next(enum growth_verdict v)
{
	return words_of(v)->next;
}

#define JUST_ROSE                                                                        \
	"more of it than ever came a moment ago: whether that goes on is not known yet"

static const struct growth_rule rules[] = {
	{"carried", FACT_BEHIND | FACT_CARRIED, 0, GROWTH_HELD, NULL},
	{"behind", FACT_BEHIND, FACT_RISES, GROWTH_UNDECIDED,
	 "more has been mapped since the process last wrote who maps what: look again in "
	 "some "
	 "seconds"},
	{"gone", FACT_GONE, 0, GROWTH_RELEASED, NULL},
	{"quiet", FACT_QUIET, 0, GROWTH_PLATEAU, NULL},
	/* A ring that has just filled: the rise is of then, and most is replaced since. */
	{"filled", FACT_RISES | FACT_REPLACED, FACT_OFTEN | FACT_CLIMBS, GROWTH_UNDECIDED,
	 NULL},
	{"rises", FACT_RISES, 0, GROWTH_HELD, NULL},
	{"one-grows", FACT_ONE, 0, GROWTH_HELD,
	 "one block that is copied as it grows: each copy is larger, and one survives "
	 "each garbage collection"},
	{"slows", FACT_SLOWS, 0, GROWTH_UNDECIDED,
	 "rises, but ever slower: a cache that fills does, and so does the day's load"},
	{"rose", FACT_STOPPED | FACT_ROSE, 0, GROWTH_UNDECIDED, JUST_ROSE},
	{"outlasts", FACT_OUTLASTS, FACT_KEPT | FACT_CLIMBS, GROWTH_UNDECIDED,
	 "more of it has survived garbage collections lately than ever before: whether "
	 "that goes on is not known yet"},
	{"stopped", FACT_STOPPED, FACT_YOUNG | FACT_SWELLS, GROWTH_PLATEAU, NULL},
	/* No new block, and none that goes: a Wasm memory. */
	{"enlarges", FACT_FEW_BLOCKS | FACT_CLIMBS | FACT_ENLARGED, 0, GROWTH_HELD, NULL},
	/* The points show no rise: the blocks tell. */
	{"few-flat", FACT_FEW_BLOCKS, FACT_FEW_POINTS | FACT_HIGHER, GROWTH_PLATEAU,
	 NULL},
	{"few", FACT_FEW_BLOCKS, 0, GROWTH_UNDECIDED, "seen too few times to tell"},
	{"kept-short", FACT_KEPT | FACT_FEW_POINTS, FACT_GROWN, GROWTH_UNDECIDED, NULL},
	{"kept-rose", FACT_KEPT | FACT_LATELY, FACT_GROWN, GROWTH_UNDECIDED, JUST_ROSE},
	{"kept-flat", FACT_KEPT, FACT_GROWN, GROWTH_PLATEAU, NULL},
	{"kept-unseen", FACT_KEPT | FACT_GC_KNOWN, FACT_GC_SEEN, GROWTH_UNDECIDED,
	 "grows, but no garbage collection has been seen: what frees it may wait for "
	 "one, or for the event loop"},
	{"kept-unproven", FACT_KEPT, FACT_PROVEN, GROWTH_UNDECIDED,
	 "grows, but most of it is younger than the last garbage collection"},
	{"kept", FACT_KEPT, 0, GROWTH_HELD, NULL},
	{"climbs", FACT_CLIMBS, 0, GROWTH_HELD, NULL},
	{"leans", FACT_LEANS, 0, GROWTH_UNDECIDED,
	 "higher than it was, but it goes up and down too much to tell"},
	{"replaced-unseen", FACT_REPLACED, FACT_GC_KNOWN | FACT_ROSE, GROWTH_PLATEAU,
	 NULL},
	{"swells", FACT_REPLACED | FACT_SWELLS, 0, GROWTH_UNDECIDED,
	 "its blocks grow larger and larger: one that is copied as it grows, or garbage"},
	{"garbage-unseen", FACT_REPLACED | FACT_UNSEEN, 0, GROWTH_UNDECIDED,
	 "rises under garbage, and too few garbage collections were seen to tell whether "
	 "it "
	 "is some: the next one tells"},
	{"lifted", FACT_REPLACED | FACT_COMES_DOWN | FACT_LIFTED, FACT_KEEPS,
	 GROWTH_UNDECIDED,
	 "garbage collections leave more of it than before, but it goes up and down too "
	 "much to tell"},
	{"garbage-short", FACT_REPLACED | FACT_FEW_POINTS, 0, GROWTH_UNDECIDED, NULL},
	{"garbage", FACT_REPLACED | FACT_COMES_DOWN, FACT_KEEPS, GROWTH_GC_LAG, NULL},
	{"young", FACT_YOUNG, 0, GROWTH_UNDECIDED,
	 "hardly any of it has been through a garbage collection"},
	{"rose-again", FACT_REPLACED | FACT_ROSE, 0, GROWTH_UNDECIDED, JUST_ROSE},
	{"replaced", FACT_REPLACED, 0, GROWTH_PLATEAU, NULL},
	{"short", FACT_FEW_POINTS, 0, GROWTH_UNDECIDED, NULL},
	{"higher", FACT_GROWN | FACT_FAR, 0, GROWTH_UNDECIDED,
	 "higher than it was, and not evenly: whether that goes on is not known yet"},
	{"flat", 0, 0, GROWTH_PLATEAU, NULL},
};

#define N_RULES (sizeof(rules) / sizeof(rules[0]))

const char *
growth_rule_name(size_t i)
{
	return i < N_RULES ? rules[i].name : NULL;
}

static const char *
said_by(const char *rule)
{
	const struct growth_rule *r;

	for (size_t i = 0; i < N_RULES; i++)
		if (rules[i].name == rule)
			return rules[i].says;
	for (size_t i = 0; (r = growth_cycles_rule(i)) != NULL; i++)
		if (r->name == rule)
			return r->says;
	return NULL;
}

const char *
growth_finding_meaning(const struct growth_finding *f)
{
	const char *says = f->rule != NULL ? said_by(f->rule) : NULL;

	if (says != NULL)
		return says;
	if (f->verdict == GROWTH_HELD && f->queued)
		return "grows: messages that nobody has read yet";
	return f->verdict == GROWTH_HELD && !f->gc_known
		       ? "grows, and hardly any of it is freed"
		       : words_of(f->verdict)->meaning;
}

struct growth_finding
growth_judge(const struct growth_evidence *e)
{
	const struct growth_facts f = growth_facts(e);
	const struct growth_rule *by_all = growth_rule_of(rules, f.is);
	const struct growth_rule *of_cycles = growth_cycles(e, by_all->verdict);
	const struct growth_rule *r = of_cycles != NULL ? of_cycles : by_all;
	struct growth_finding found = {
		.verdict = r->verdict,
		.rule = r->name,
		.stays = f.stays,
		.survived = f.survived,
		.climb = growth_climb(e->windows, e->gc_known),
		.gc_known = e->gc_known,
		.unseen = (e->gc_known && (f.is & FACT_SETTLED) == 0) ||
			  (of_cycles != NULL && r->verdict == GROWTH_UNDECIDED),
		.queued = e->queued,
	};

	if (r->verdict == GROWTH_HELD) {
		found.early = growth_active_until(e) - e->first_s < GROWTH_EARLY_S;
		found.slope_bytes_per_s = f.slope_bytes_per_s;
	}
	return found;
}
