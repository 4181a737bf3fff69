/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdicts on all stories, for a few seeds of each: no more may be wrong than the limits that
 * judge_worlds holds a thousand seeds to allow.
 */
#include "tests/growth/world.h"
#include "tests/tap.h"

#define SEEDS 20

static void
judge_all(struct stories set)
{
	unsigned wrong = 0, accused = 0;

	for (unsigned i = 0; i < set.n; i++) {
		const struct story *s = &set.all[i];
		unsigned here = 0;

		for (unsigned seed = 1; seed <= SEEDS; seed++) {
			struct growth_finding f = world_judge(s, seed);

			CHECK(f.verdict != GROWTH_HELD || f.slope_bytes_per_s > 0);
			if ((s->right & 1u << f.verdict) != 0)
				continue;
			here++;
			accused += f.verdict == GROWTH_HELD;
			printf("# %s, seed %u: %s (%s)\n", s->name, seed,
			       growth_verdict_name(f.verdict), f.rule);
		}
		wrong += here;
		/* One of a thousand may be among the first; three are none of chance. */
		CHECK(here < 3);
	}
	CHECK(set.n > 30);
	CHECK(wrong * 200 < set.n * SEEDS);
	CHECK(accused * 400 < set.n * SEEDS);
}

TEST(what_a_review_found)
{
	judge_all(stories_known());
}

TEST(what_programs_do)
{
	judge_all(stories_own());
}

TEST(what_is_asked_of_first)
{
	judge_all(stories_young());
}

/* Two pairs of collections, ten seconds apart, decide in a process of minutes; no innocent is held. */
TEST(what_is_asked_for_decides)
{
	struct stories sets[] = {stories_known(), stories_own(), stories_young()};
	unsigned n = 0;

	for (unsigned k = 0; k < 3; k++)
		for (unsigned i = 0; i < sets[k].n; i++) {
			const struct story *s = &sets[k].all[i];
			bool leaks = (s->right & HELD) != 0;
			unsigned wrong = 0;

			if (!world_is_asked(s))
				continue;
			for (unsigned seed = 1; seed <= SEEDS; seed++) {
				struct growth_finding f = world_judge_asked(s, seed);

				wrong += (f.verdict == GROWTH_HELD) != leaks;
			}
			if (wrong > 1)
				printf("# %s\n", s->name);
			CHECK(wrong <= 1);
			n++;
		}
	CHECK(n >= 20);
}

TEST(a_rise_is_told_with_its_time_and_its_pace)
{
	struct stories known = stories_known();
	unsigned seen = 0;

	for (unsigned i = 0; i < known.n; i++) {
		struct growth_finding f;

		if (strcmp(known.all[i].name, "1 MB/s in the last 1 h of 24") != 0)
			continue;
		f = world_judge(&known.all[i], 1);
		seen++;
		CHECK(f.climb.bytes > 3.4 * GB && f.climb.bytes < 3.6 * GB);
		CHECK(f.climb.from_s > 0.9 * HOUR && f.climb.from_s < 1.1 * HOUR);
		CHECK(f.climb.to_s < 5 * MIN);
		CHECK(f.slope_bytes_per_s > 0.95 * MB && f.slope_bytes_per_s < 1.05 * MB);
	}
	CHECK_EQ(seen, 1);
}

#define TAP_TESTS                                                                        \
	T(what_a_review_found)                                                           \
	T(what_programs_do)                                                              \
	T(what_is_asked_of_first)                                                        \
	T(what_is_asked_for_decides)                                                     \
	T(a_rise_is_told_with_its_time_and_its_pace)
TAP_MAIN()
