/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sites of a group hold, added up. For growth_model.c and growth_judge.c, and the report.
 */
#ifndef TOOLS_GROWTH_SUMS_H
#define TOOLS_GROWTH_SUMS_H

#include "tools/model/growth_model.h"

/* Fills the figures of `n` groups, of which `group_of` says a site's, by the sites as they are now. */
void growth_sums_sites(const struct trace_view *v, struct growth_group *groups, size_t n,
		       const uint32_t *group_of);

/* Those of the whole model. */
void growth_sums_totals(struct growth_model *m);

/* What was added in the model's window. */
void growth_sums_added(struct growth_model *m, const uint32_t *group_of);

/*
 * What is live in weir's own blocks; of `ago_ns` before the last write as far as a row tells, but no more than now. 0 of a
 * process that weir only looks at.
 */
uint64_t growth_sums_served(const struct trace_view *v, uint64_t ago_ns);

#endif
