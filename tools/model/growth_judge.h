/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The groups of a model judged. For growth_model.c alone.
 */
#ifndef TOOLS_GROWTH_JUDGE_H
#define TOOLS_GROWTH_JUDGE_H

#include "tools/model/growth_model.h"

/* Fills `finding` and `eta_s` of the groups, whose sums are made, and the model's. */
void growth_judge_groups(struct growth_model *m, struct growth_places *places,
			 const uint32_t *group_of);

#endif
