/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether what was found is believed: a self-test on the first stacks. A runtime whose frames turn out unreadable
 * loses its tier.
 */
#include "trace/walk/walk.h"
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
walk_lines_untried(void)
{
	return lines == UNTRIED;
}

bool
walk_lines_fit(void)
{
	return lines == FIT;
}

/* Few frames that are no calls may be among them. */
void
walk_lines_tried(unsigned fits, unsigned misfits)
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

void
walk_judge(bool readable)
{
	proven |= readable;
	if (proven || ++unreadable < ATTEMPTS)
		return;
	walk_lower(WEIR_TIER_NATIVE,
		   "self-test failed: V8's frames do not read as those of this version");
}
