/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether what was found is believed: a self-test on the first stacks. A runtime whose frames turn out unreadable
 * loses its tier.
 */
#include "trace/walk/walk.h"

#include "trace/ground/checked.h"
#include "trace/runtimes/v8.h"
#include "trace/walk/walk_private.h"

#define ATTEMPTS 16 /* stacks without one readable frame, before V8's tier is given up */

#define NO_FIT                                                                           \
	"self-test failed: bytecode is not where this version should have it, so that "  \
	"lines are those of the definition; a newer weir may know this version"

/* Under the trace's lock. */
static unsigned unreadable;
static bool proven;
static enum { UNTRIED, FIT, WRONG } lines;
static unsigned n_fits, n_misfits;

bool
walk_lines_fit(void)
{
	return lines == FIT;
}

/* Few frames that are no calls may be among them. */
static void
lines_tried(unsigned fits, unsigned misfits)
{
	n_fits += fits;
	n_misfits += misfits;
	if (n_fits >= 2 && n_fits > 2 * n_misfits)
		lines = FIT;
	else if (n_misfits >= 3 && n_misfits >= n_fits)
		lines = WRONG;
	if (lines == WRONG)
		walk_lower(WEIR_TIER_V8_PARTLY, NO_FIT);
}

static void
count_fit(void *context, const struct v8_place *p)
{
	unsigned *counts = context;

	if (p->tested)
		counts[p->fits]++;
}

/* Reads a stack for nothing but how well its lines fit: frames whose bytecode has a line, and those whose has not. */
void
walk_try_lines(const struct walk_raw *raw)
{
	unsigned counts[2] = {0, 0};

	if (lines != UNTRIED)
		return;
	for (uint32_t i = 0; i < raw->n_words;) {
		struct v8_frame f;

		if ((raw->words[i] & WALK_V8) == 0) {
			i++;
			continue;
		}
		i = walk_frame_at(raw, i, &f);
		walk_v8()->memory->failed = false;
		v8_decode(walk_v8(), &f, count_fit, counts);
	}
	lines_tried(counts[true], counts[false]);
}

void
walk_judge(bool readable)
{
	proven |= readable;
	if (proven || ++unreadable < ATTEMPTS)
		return;
	walk_lower(WEIR_TIER_NATIVE,
		   "self-test failed: V8's frames do not read as those of this version");
}
