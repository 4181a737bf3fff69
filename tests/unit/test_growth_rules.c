/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of rules: each decides some series, and stands where it is to be asked.
 */
#include "tests/tap.h"
#include "tests/unit/growth_series.h"
#include "tools/model/growth_verdict.h"

/* Collections leave more than they did, and up and down. */
static double
ragged_rise(double t)
{
	static const double left[] = {0, 5, 1, 5, 14, 2, 14, 5};

	return left[(int)t / 5 % 8] * MB;
}

static double
over_ragged(double t)
{
	return ragged_rise(t) + 20 * MB;
}

/* Collections leave this and that, and lately more than ever. */
static double
late_rise(double t)
{
	static const double left[] = {9, 1, 9, 1, 9, 1, 40, 20};

	return left[(int)t / 5 % 8] * MB;
}

static double
over_late(double t)
{
	return late_rise(t) + 20 * MB;
}

/* Collections leave next to nothing for minutes; what came in the last seconds is there since. */
static double
tail(double t)
{
	return (1 + (t < 188 ? 0 : 3 * (t - 188))) * MB;
}

static double
over_tail(double t)
{
	return tail(t) + (double)((int)t % 3) * 10 * MB;
}

/* A block each two seconds. */
static double
stairs(double t)
{
	return (double)((int)t / 2 * 4) * MB;
}

/* One case for each rule, in their order; 1000 blocks of which `freed` were, all survived if not `young`. */
static const struct row {
	const char *rule;
	enum growth_verdict verdict;
	size_t n;
	double (*live)(double t), (*trough)(double t);
	uint64_t freed;
	bool few_blocks, young, no_gc, gone, unseen, swells, behind, lately, carried;
	double active_until_s; /* 0: to the end */
	size_t gc_s;	       /* seconds from one collection to the next, 0: one */
} rows[] = {
	{"carried", GROWTH_HELD, 20, constant, constant, .behind = true, .carried = true},
	{"behind", GROWTH_UNDECIDED, 20, constant, constant, .behind = true},
	{"gone", GROWTH_RELEASED, 20, line, line, .gone = true},
	{"quiet", GROWTH_PLATEAU, 40, bend, bend, .active_until_s = 10},
	{"filled", GROWTH_UNDECIDED, 7, line, line, .freed = 800},
	{"rises", GROWTH_HELD, 40, line, line, .freed = 800},
	{"one-grows", GROWTH_HELD, 40, copies, copies, .freed = 900, .swells = true},
	{"slows", GROWTH_UNDECIDED, 80, filling, filling, .freed = 800},
	{"rose", GROWTH_UNDECIDED, 40, late_step, late_step, .freed = 600},
	{"outlasts", GROWTH_UNDECIDED, 200, over_tail, tail, .freed = 900, .gc_s = 3},
	{"stopped", GROWTH_PLATEAU, 40, bend, bend, .freed = 600},
	{"enlarges", GROWTH_HELD, 20, line, zero, .few_blocks = true, .gc_s = 10},
	{"few-flat", GROWTH_PLATEAU, 20, constant, constant, .few_blocks = true},
	{"few", GROWTH_UNDECIDED, 3, line, line, .few_blocks = true},
	{"kept-short", GROWTH_UNDECIDED, 3, constant, constant, .freed = 0},
	{"kept-rose", GROWTH_UNDECIDED, 20, constant, constant, .lately = true},
	{"kept-flat", GROWTH_PLATEAU, 20, constant, constant, .freed = 0},
	{"kept-unseen", GROWTH_UNDECIDED, 20, line, zero, .young = true, .unseen = true,
	 .gc_s = 100},
	{"kept-unproven", GROWTH_UNDECIDED, 20, line, zero, .young = true, .gc_s = 10},
	{"kept", GROWTH_HELD, 20, line, zero, .freed = 0, .gc_s = 10},
	{"climbs", GROWTH_HELD, 20, line, zero, .freed = 150, .gc_s = 10},
	{"leans", GROWTH_UNDECIDED, 70, waves, waves, .freed = 800},
	{"replaced-unseen", GROWTH_PLATEAU, 20, saw, saw, .freed = 900, .no_gc = true},
	{"swells", GROWTH_UNDECIDED, 12, saw, saw_floor, .freed = 900, .swells = true},
	{"garbage-unseen", GROWTH_UNDECIDED, 30, kept_under_saw, zero, .freed = 900,
	 .unseen = true, .gc_s = 100},
	{"lifted", GROWTH_UNDECIDED, 40, over_ragged, ragged_rise, .freed = 900,
	 .gc_s = 5},
	{"garbage-short", GROWTH_UNDECIDED, 3, line, zero, .freed = 900},
	{"garbage", GROWTH_GC_LAG, 20, saw, saw_floor, .freed = 900},
	{"young", GROWTH_UNDECIDED, 40, line, zero, .freed = 300, .young = true},
	{"rose-again", GROWTH_UNDECIDED, 40, over_late, late_rise, .freed = 900,
	 .gc_s = 5},
	{"replaced", GROWTH_PLATEAU, 40, constant, constant, .freed = 900},
	{"short", GROWTH_UNDECIDED, 3, line, line, .freed = 300},
	{"higher", GROWTH_UNDECIDED, 40, over_late, late_rise, .freed = 300, .gc_s = 5},
	{"flat", GROWTH_PLATEAU, 20, constant, constant, .freed = 300},
};

/* What a rule is not for: the rule that decides instead. */
static const struct row others[] = {
	{"rises", GROWTH_HELD, 40, line, line, .freed = 800, .behind = true},
	{"young", GROWTH_UNDECIDED, 40, bend, zero, .freed = 300, .young = true},
	{"few", GROWTH_UNDECIDED, 3, constant, constant, .few_blocks = true},
	{"short", GROWTH_UNDECIDED, 3, constant, constant, .freed = 300},
	{"flat", GROWTH_PLATEAU, 20, saw, saw, .freed = 300, .no_gc = true},
	{"flat", GROWTH_PLATEAU, 12, saw, saw_floor, .freed = 300, .swells = true},
	{"flat", GROWTH_PLATEAU, 40, over_ragged, ragged_rise, .freed = 300, .gc_s = 5},
	{"flat", GROWTH_PLATEAU, 40, constant, constant, .freed = 300, .lately = true},
	{"few", GROWTH_UNDECIDED, 20, stairs, zero, .few_blocks = true, .gc_s = 10},
	/* What is young has outlasted nothing. */
	{"replaced", GROWTH_PLATEAU, 200, over_tail, tail, .freed = 900, .young = true,
	 .gc_s = 3},
	/* Most was freed, and what lives has survived one. */
	{"climbs", GROWTH_HELD, 30, kept_under_saw, zero, .freed = 900, .gc_s = 10},
};

static struct growth_finding
judge(const struct row *r)
{
	struct growth_evidence e;

	fill_gc(r->n, r->live, r->trough, r->gc_s > 0 ? r->gc_s : 1);
	e = evidence(r->n);
	e.major_gcs = r->unseen ? 0 : r->n;
	e.peak_bytes = (uint64_t)(60 * MB);
	e.live_bytes = r->gone ? 0 : (r->lately ? 2 : 1) * e.live_bytes;
	e.alloc_count = r->few_blocks ? 7 : 1000;
	e.freed_count = r->freed;
	e.age_bytes[r->young ? 0 : 3] = e.live_bytes;
	e.gc_known = !r->no_gc;
	e.behind = r->behind;
	e.carried_bytes_per_s = r->carried ? 1e6 : 0;
	/* Of 1 MB each, or of a tenth of what one is now. */
	e.live_count = r->swells ? 2 : e.live_bytes >> 20;
	e.alloc_bytes = r->swells ? 20 * e.live_bytes : 1000u << 20;
	if (r->active_until_s > 0)
		e.active_until_s = r->active_until_s;
	return growth_judge(&e);
}

TEST(each_rule_has_its_case)
{
	size_t n = sizeof(rows) / sizeof(rows[0]);

	for (size_t i = 0; i < n; i++) {
		struct growth_finding f = judge(&rows[i]);

		CHECK_STR(f.rule, rows[i].rule);
		CHECK_STR(f.rule, growth_rule_name(i));
		CHECK_EQ(f.verdict, rows[i].verdict);
		CHECK((f.slope_bytes_per_s > 0) == (rows[i].verdict == GROWTH_HELD));
	}
	CHECK(growth_rule_name(n) == NULL);
}

TEST(what_a_rule_is_not_for_is_anothers)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct growth_finding f = judge(&others[i]);

		CHECK_STR(f.rule, others[i].rule);
		CHECK_EQ(f.verdict, others[i].verdict);
	}
}

#define TAP_TESTS T(each_rule_has_its_case) T(what_a_rule_is_not_for_is_anothers)
TAP_MAIN()
