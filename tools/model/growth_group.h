/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grouping of growth_model.h.
 */
#ifndef TOOLS_GROWTH_GROUP_H
#define TOOLS_GROWTH_GROUP_H

#include "tools/model/growth_model.h"

/*
 * Groups of all sites but 0, with name, largest site, blame and number of sites filled; the array
 * and the names are the caller's. `group_of` has room for each site; its word 0 is not set.
 */
struct growth_group *growth_group_sites(struct growth_places *places, enum growth_by by,
					size_t *n_groups, uint32_t *group_of);

void growth_group_free(struct growth_group *groups, size_t n);

#endif
