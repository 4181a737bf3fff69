/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pids are used again, so an ancestor is one that had started before: the last of them.
 */
#include "tools/model/process_tree.h"

#include <stdlib.h>

#include "tools/text/tell.h"

/* Files may claim to be each other's parents: depth ends. */
#define DEEPEST WEIR_STATS_ANCESTORS

/* What is compared of an entry, which is large. */
struct member {
	pid_t pid;
	uint64_t start_ticks;
	size_t parent; /* n: none */
	bool listed;
};

struct order {
	const struct locate_entry *entries;
	struct member *members;
	size_t n, n_rows;
	struct process_row *rows;
};

/* The nearest ancestor among the others, or n. */
static size_t
parent_of(const struct order *o, size_t i)
{
	const struct weir_stats_header *h = &o->entries[i].sidecar.header;
	size_t found = o->n;

	for (size_t up = 0; found == o->n && up < WEIR_STATS_ANCESTORS; up++) {
		for (size_t k = 0; h->ancestors[up] > 0 && k < o->n; k++) {
			const struct member *m = &o->members[k];

			if (m->pid == h->ancestors[up] && m->pid != h->pid &&
			    m->start_ticks <= h->start_ticks &&
			    (found == o->n ||
			     m->start_ticks > o->members[found].start_ticks))
				found = k;
		}
	}
	return found;
}

bool
process_descends(const struct locate_entry *entries, size_t i, pid_t pid,
		 uint64_t start_ticks)
{
	const struct weir_stats_header *h = &entries[i].sidecar.header;

	if (entries[i].error != 0 || h->start_ticks < start_ticks)
		return false;
	for (size_t up = 0; up < WEIR_STATS_ANCESTORS; up++)
		if (h->ancestors[up] == pid)
			return true;
	return false;
}

static void
list(struct order *o, size_t entry, unsigned depth)
{
	o->members[entry].listed = true;
	o->rows[o->n_rows++] = (struct process_row){entry, depth};
	for (size_t k = 0; depth < DEEPEST && k < o->n; k++)
		if (o->members[k].parent == entry && !o->members[k].listed)
			list(o, k, depth + 1);
}

size_t
process_tree_order(const struct locate_entry *entries, size_t n, struct process_row *rows)
{
	struct order o = {entries, calloc(n + 1, sizeof(struct member)), n, 0, rows};

	if (o.members == NULL)
		tell_no_memory();
	for (size_t i = 0; i < n; i++) {
		/* One that cannot be read is nobody's parent, and not listed. */
		o.members[i].listed = entries[i].error != 0;
		o.members[i].pid =
			entries[i].error == 0 ? entries[i].sidecar.header.pid : -1;
		o.members[i].start_ticks = entries[i].sidecar.header.start_ticks;
	}
	for (size_t i = 0; i < n; i++)
		o.members[i].parent = entries[i].error == 0 ? parent_of(&o, i) : n;
	for (size_t i = 0; i < n; i++)
		if (!o.members[i].listed && o.members[i].parent == n)
			list(&o, i, 0);
	/* In a circle, or too deep. */
	for (size_t i = 0; i < n; i++)
		if (!o.members[i].listed)
			list(&o, i, DEEPEST);
	free(o.members);
	return o.n_rows;
}
