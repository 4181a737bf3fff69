/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of rules, of which the first row that holds decides: those of a site (growth_verdict.c), those
 * of a part of resident memory (growth_parts.c).
 */
#ifndef TOOLS_GROWTH_RULES_H
#define TOOLS_GROWTH_RULES_H

#include "tools/model/growth_verdict.h"

/* A row holds if all facts of `if_all` are so and none of `if_none` is; the last one always does. */
struct growth_rule {
	const char *name;
	unsigned if_all, if_none; /* of enum growth_fact */
	enum growth_verdict verdict;
	const char *says; /* NULL: what the verdict means */
};

static inline const struct growth_rule *
growth_rule_of(const struct growth_rule *r, unsigned is)
{
	while ((is & r->if_all) != r->if_all || (is & r->if_none) != 0)
		r++;
	return r;
}

#endif
