/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one object that most of a snapshot hangs on. Pure.
 */
#ifndef TOOLS_HOLDERS_MOST_H
#define TOOLS_HOLDERS_MOST_H

#include "tools/model/holders.h"

/*
 * h->most, from the groups and `shape_of`: of a node of the tree its step + 1, or 0. Without memory for it there is
 * none.
 */
void holders_find_most(struct holders *h, struct heapsnap *s,
		       const struct heapsnap_tree *tree, const struct heapsnap_targets *t,
		       const uint32_t *shape_of);

#endif
