/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often the verdict is wrong, story by story: judge_worlds [SEEDS [PART OF A NAME]]. Ends with 1 if
 * a story is judged wrongly in 2 % of its seeds or more, or an innocent one is held in 1 % of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/growth/world.h"

static bool
judge(const struct story *s, unsigned seeds, bool asked)
{
	unsigned n[GROWTH_N_VERDICTS] = {0}, wrong = 0, held;
	const char *rule[GROWTH_N_VERDICTS] = {0};
	struct growth_finding last = {0};
	bool innocent = (s->right & HELD) == 0, bad;
	/* What was asked for decides. */
	unsigned right = asked && !innocent ? HELD : s->right;

	for (unsigned seed = 1; seed <= seeds; seed++) {
		struct growth_finding f =
			asked ? world_judge_asked(s, seed) : world_judge(s, seed);

		last = f.verdict == GROWTH_HELD ? f : last;
		n[f.verdict]++;
		rule[f.verdict] = f.rule;
		wrong += (right & 1u << f.verdict) == 0;
	}
	held = n[GROWTH_HELD];
	bad = wrong * 50 >= seeds || (innocent && held * 100 >= seeds);
	printf("%s %-52s%s", bad ? "WRONG" : "     ", s->name, asked ? " asked:" : "");
	for (int v = 0; v < GROWTH_N_VERDICTS; v++)
		if (n[v] > 0)
			printf(" %s %.1f %% (%s)",
			       growth_verdict_name((enum growth_verdict)v),
			       100.0 * n[v] / seeds, rule[v]);
	if (held > 0)
		printf("; %.1f KB/s, %.1f MB from %.0f to %.0f s ago",
		       last.slope_bytes_per_s / KB, last.climb.bytes / MB,
		       last.climb.from_s, last.climb.to_s);
	printf("%s\n", innocent ? "" : "; a leak");
	return bad;
}

int
main(int argc, char **argv)
{
	unsigned seeds = argc > 1 ? (unsigned)atoi(argv[1]) : 1000, bad = 0, n = 0;
	struct stories sets[] = {stories_known(), stories_own(), stories_young()};

	for (unsigned k = 0; k < sizeof(sets) / sizeof(sets[0]); k++)
		for (unsigned i = 0; i < sets[k].n; i++) {
			const struct story *s = &sets[k].all[i];

			if (argc > 2 && strstr(s->name, argv[2]) == NULL)
				continue;
			n++;
			bad += judge(s, seeds, false);
			if (world_is_asked(s))
				bad += judge(s, seeds, true);
		}
	printf("%u stories, %u seeds each: %u beyond the limits\n", n, seeds, bad);
	return bad > 0;
}
