/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts on series whose answer is known.
 */
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/growth_series.h"
#include "tools/model/growth_verdict.h"

static struct growth_evidence
evidence(size_t n)
{
	return (struct growth_evidence){
		.windows = &windows,
		.gc_known = true,
		.major_gcs = n,
		.live_bytes = (uint64_t)last_live(),
		.peak_bytes = (uint64_t)last_live(),
		.alloc_count = 1000,
		.alloc_bytes = 1000u << 20,
		.live_count = (uint64_t)last_live() >> 20,
		.active_until_s = (double)n,
	};
}

static enum growth_verdict
verdict(const struct growth_evidence *e)
{
	return growth_judge(e).verdict;
}

/* One case for each rule, in their order; 1000 blocks of which `freed` were, all survived if not `young`. */
static const struct row {
	const char *rule;
	enum growth_verdict verdict;
	size_t n;
	double (*live)(double t), (*trough)(double t);
	uint64_t freed;
	bool few_blocks, young, no_gc, gone, unseen, swells;
	double active_until_s; /* 0: to the end */
	size_t gc_s;	       /* seconds from one collection to the next, 0: one */
} rows[] = {
	{"gone", GROWTH_RELEASED, 20, line, line, .gone = true},
	{"quiet", GROWTH_PLATEAU, 40, line, line, .active_until_s = 10},
	{"filled", GROWTH_UNDECIDED, 7, line, line, .freed = 800},
	{"rises", GROWTH_HELD, 40, line, line, .freed = 800},
	{"slows", GROWTH_UNDECIDED, 80, filling, filling, .freed = 800},
	{"stopped", GROWTH_PLATEAU, 40, bend, bend, .freed = 600},
	{"few-flat", GROWTH_PLATEAU, 20, constant, constant, .few_blocks = true},
	{"few", GROWTH_UNDECIDED, 3, line, line, .few_blocks = true},
	{"kept-short", GROWTH_UNDECIDED, 3, constant, constant, .freed = 0},
	{"kept-flat", GROWTH_PLATEAU, 20, constant, constant, .freed = 0},
	{"kept-unseen", GROWTH_UNDECIDED, 20, line, zero, .young = true, .unseen = true,
	 .gc_s = 100},
	{"kept-unproven", GROWTH_UNDECIDED, 20, line, zero, .young = true, .gc_s = 10},
	{"kept", GROWTH_HELD, 20, line, zero, .freed = 0, .gc_s = 10},
	{"leans", GROWTH_UNDECIDED, 70, waves, waves, .freed = 800},
	{"replaced-unseen", GROWTH_PLATEAU, 20, saw, saw, .freed = 900, .no_gc = true},
	{"swells", GROWTH_UNDECIDED, 12, saw, saw_floor, .freed = 900, .swells = true},
	{"garbage", GROWTH_GC_LAG, 20, saw, saw_floor, .freed = 900},
	{"young", GROWTH_UNDECIDED, 40, line, zero, .freed = 300, .young = true},
	{"replaced", GROWTH_PLATEAU, 40, constant, constant, .freed = 900},
	{"short", GROWTH_UNDECIDED, 3, line, line, .freed = 300},
	{"flat", GROWTH_PLATEAU, 20, constant, constant, .freed = 300},
};

TEST(each_rule_has_its_case)
{
	size_t n = sizeof(rows) / sizeof(rows[0]);

	for (size_t i = 0; i < n; i++) {
		const struct row *r = &rows[i];
		struct growth_evidence e;
		struct growth_finding f;

		fill_gc(r->n, r->live, r->trough, r->gc_s > 0 ? r->gc_s : 1);
		e = evidence(r->n);
		e.major_gcs = r->unseen ? 0 : r->n;
		e.peak_bytes = (uint64_t)(60 * MB);
		e.live_bytes = r->gone ? 0 : e.live_bytes;
		e.alloc_count = r->few_blocks ? 7 : 1000;
		e.freed_count = r->freed;
		e.age_bytes[r->young ? 0 : 3] = e.live_bytes;
		e.gc_known = !r->no_gc;
		/* Of 1 MB each, or of a tenth of what one is now. */
		e.live_count = r->swells ? 2 : e.live_bytes >> 20;
		e.alloc_bytes = r->swells ? 20 * e.live_bytes : 1000u << 20;
		if (r->active_until_s > 0)
			e.active_until_s = r->active_until_s;
		f = growth_judge(&e);
		CHECK_STR(f.rule, r->rule);
		CHECK_STR(f.rule, growth_rule_name(i));
		CHECK_EQ(f.verdict, r->verdict);
		CHECK((f.slope_bytes_per_s > 0) == (r->verdict == GROWTH_HELD));
	}
	CHECK(growth_rule_name(n) == NULL);
}

TEST(a_rising_floor_is_held)
{
	struct growth_evidence e;
	struct growth_finding f;

	fill(25, line, line);
	e = evidence(25);
	f = growth_judge(&e);
	CHECK_EQ(f.verdict, GROWTH_HELD);
	CHECK(f.slope_bytes_per_s > 1.9 * MB && f.slope_bytes_per_s < 2.1 * MB);
	/* From 5 to 53 MB, start-up aside. */
	CHECK(f.climb.bytes > 43 * MB && f.climb.bytes < 46 * MB);
	CHECK(f.climb.from_s > 20 && f.climb.to_s < 2);
	/* Nearly all of it is freed, and still the floor rises. */
	fill(100, rising_saw, rising_floor);
	e = evidence(100);
	e.freed_count = 990;
	f = growth_judge(&e);
	CHECK_EQ(f.verdict, GROWTH_HELD);
	CHECK(f.slope_bytes_per_s > 0.09 * MB && f.slope_bytes_per_s < 0.11 * MB);
}

TEST(what_grows_for_less_than_a_minute_may_be_a_cache)
{
	fill(100, line, line);
	struct growth_evidence e = evidence(100);

	CHECK_EQ(verdict(&e), GROWTH_HELD);
	CHECK(!growth_judge(&e).early);
	e.first_s = 99 - GROWTH_EARLY_S + 2;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	CHECK(growth_judge(&e).early);
	/* Of what does not grow there is nothing to wait for. */
	fill(20, constant, constant);
	e = evidence(20);
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	CHECK(!growth_judge(&e).early);
}

/* Seen seven times while it fills, though most blocks were replaced long since. */
TEST(a_ring_that_has_just_filled_is_not_held)
{
	fill(7, line, line);
	struct growth_evidence e = evidence(7);

	e.freed_count = 10;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	e.freed_count = 800;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	fill(40, line, line);
	e = evidence(40);
	e.freed_count = 800;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
}

TEST(a_floor_that_stays_is_not_held)
{
	struct growth_evidence e;

	fill(100, saw, saw_floor);
	e = evidence(100);
	e.freed_count = 990;
	e.peak_bytes = (uint64_t)(28 * MB);
	CHECK_EQ(verdict(&e), GROWTH_GC_LAG);
	CHECK(growth_judge(&e).slope_bytes_per_s == 0);
	fill(100, bend, bend);
	e = evidence(100);
	e.freed_count = 900;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	fill(30, bend, bend);
	e = evidence(30);
	e.freed_count = 600;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	/* A cache that turns over: what lives is young, and as much as ever. */
	fill(100, constant, constant);
	e = evidence(100);
	e.alloc_count = 20000;
	e.freed_count = 19980;
	e.age_bytes[0] = (uint64_t)(5 * MB);
	e.age_bytes[1] = (uint64_t)(15 * MB);
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

/* A floor of 40 MB and as much garbage again: a cache that replaces. */
static double
lru(double t)
{
	return (t < 10 ? 4 * t : 40) * MB + (double)((int)t % 5) * 10 * MB;
}

static double
lru_floor(double t)
{
	return (t < 15 ? t < 5 ? 0 : 4 * (t - 5) : 40) * MB;
}

TEST(a_cache_that_replaces_is_no_garbage)
{
	struct growth_evidence e;

	fill(40, lru, lru_floor);
	e = evidence(40);
	e.freed_count = 800;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

TEST(a_floor_seen_often_is_one_witness)
{
	struct growth_evidence e;

	/* Three collections in 40 rows: steps, which the sign test alone would call a rise. */
	fill_gc(40, lru, lru_floor, 14);
	e = evidence(40);
	e.freed_count = 800;
	e.peak_bytes = (uint64_t)(100 * MB);
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

TEST(a_rise_with_rare_collections_is_seen_in_what_was_not_freed)
{
	struct growth_evidence e;

	/* Two of them in the time: the floors have no course. */
	fill_gc(20, line, zero, 8);
	e = evidence(20);
	e.major_gcs = 2;
	e.age_bytes[0] = 50;
	e.age_bytes[1] = 150;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	CHECK(growth_judge(&e).slope_bytes_per_s > 1.8 * MB);
	CHECK(growth_judge(&e).slope_bytes_per_s < 2.2 * MB);
	e.age_bytes[0] = 1000;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	/* None at all, of an add-on's block say: what frees it may wait for one. */
	e.major_gcs = 0;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	CHECK_STR(growth_judge(&e).rule, "kept-unseen");
	CHECK(strstr(growth_finding_meaning(&(struct growth_finding){
			     .verdict = GROWTH_UNDECIDED, .rule = growth_judge(&e).rule}),
		     "event loop") != NULL);
}

TEST(a_leak_that_rests_is_still_one_but_not_for_ever)
{
	struct growth_evidence e;

	fill(13, bend, bend);
	e = evidence(13);
	e.active_until_s = 10;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	fill(40, bend, bend);
	e = evidence(40);
	e.active_until_s = 10;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

TEST(what_is_gone_is_released)
{
	struct growth_evidence e;

	fill(20, line, line);
	e = evidence(20);
	e.peak_bytes = 1u << 30;
	e.live_bytes = 1u << 20;
	CHECK_EQ(verdict(&e), GROWTH_RELEASED);
	e.live_bytes = 0;
	CHECK_EQ(verdict(&e), GROWTH_RELEASED);
}

TEST(few_points_let_the_counts_decide)
{
	struct growth_evidence e;

	fill(3, line, line);
	e = evidence(3);
	e.major_gcs = 1;
	e.age_bytes[0] = e.age_bytes[1] = 100;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	e.age_bytes[1] = 10;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	e.major_gcs = 0;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
	e.freed_count = 900;
	CHECK_EQ(verdict(&e), GROWTH_GC_LAG);
	e.gc_known = false;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	e.alloc_count = 3;
	CHECK_EQ(verdict(&e), GROWTH_UNDECIDED);
}

TEST(without_a_view_of_the_collector_live_bytes_are_judged)
{
	struct growth_evidence e;

	fill(20, line, line);
	e = evidence(20);
	e.gc_known = false;
	e.major_gcs = 0;
	CHECK_EQ(verdict(&e), GROWTH_HELD);
	fill(100, saw, saw);
	e = evidence(100);
	e.gc_known = false;
	e.freed_count = 990;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
	/* Two teeth are a trend to the sign test, but their floor is the same. */
	fill(20, saw, saw);
	e = evidence(20);
	e.gc_known = false;
	e.freed_count = 990;
	CHECK_EQ(verdict(&e), GROWTH_PLATEAU);
}

TEST(every_verdict_has_words)
{
	for (int i = 0; i < GROWTH_N_VERDICTS; i++) {
		enum growth_verdict v = (enum growth_verdict)i;

		CHECK(growth_verdict_name(v)[0] != '\0');
		CHECK(growth_verdict_meaning(v)[0] != '\0');
		CHECK(strstr(growth_finding_meaning(
				     &(struct growth_finding){.verdict = v}),
			     "survives") == NULL);
		CHECK(growth_verdict_next(v)[0] != '\0');
	}
	CHECK_STR(growth_verdict_name(GROWTH_N_VERDICTS), "undecided");
}

#define TAP_TESTS                                                                        \
	T(each_rule_has_its_case)                                                        \
	T(a_rising_floor_is_held)                                                        \
	T(what_grows_for_less_than_a_minute_may_be_a_cache)                              \
	T(a_ring_that_has_just_filled_is_not_held)                                       \
	T(a_floor_that_stays_is_not_held)                                                \
	T(a_cache_that_replaces_is_no_garbage)                                           \
	T(a_floor_seen_often_is_one_witness)                                             \
	T(a_rise_with_rare_collections_is_seen_in_what_was_not_freed)                    \
	T(a_leak_that_rests_is_still_one_but_not_for_ever)                               \
	T(what_is_gone_is_released)                                                      \
	T(few_points_let_the_counts_decide)                                              \
	T(without_a_view_of_the_collector_live_bytes_are_judged)                         \
	T(every_verdict_has_words)
TAP_MAIN()
