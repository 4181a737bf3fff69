/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which processes belong together: `npm start` is a tree of them. Pure: from sidecars, which say who started whom.
 */
#ifndef TOOLS_PROCESS_TREE_H
#define TOOLS_PROCESS_TREE_H

#include "tools/read/locate.h"

/* Whether entry `i` is a descendant of the process, which may have no sidecar. */
bool process_descends(const struct locate_entry *entries, size_t i, pid_t pid,
		      uint64_t start_ticks);

struct process_row {
	size_t entry;
	unsigned depth; /* 0: of no other's family */
};

/*
 * All entries, each followed by its children, in the order in which they are given; those that cannot be read are
 * left out. `rows` has room for `n`. Returns how many. Files may say what they like: each entry comes once.
 */
size_t process_tree_order(const struct locate_entry *entries, size_t n,
			  struct process_row *rows);

#endif
