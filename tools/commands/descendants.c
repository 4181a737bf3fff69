/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descendants by their sidecars. Called where one process was asked for; only reads.
 */
#include "tools/commands/descendants.h"

#include <stdlib.h>

#include "tools/model/process_tree.h"
#include "tools/read/locate.h"
#include "tools/read/script_name.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define LISTED 5

static uint64_t
rss_of(const struct locate_entry *e)
{
	return sidecar_counter(&e->sidecar, WEIR_C_rss_bytes);
}

/* The largest first. */
static int
by_size(const void *a, const void *b)
{
	uint64_t x = rss_of(*(const struct locate_entry *const *)a);
	uint64_t y = rss_of(*(const struct locate_entry *const *)b);

	return (x < y) - (x > y);
}

void
descendants_list(FILE *out, pid_t pid, uint64_t start_ticks, uint64_t rss_bytes,
		 const char *which)
{
	struct locate_place here = locate_here();
	struct locate_entry *all;
	size_t n = locate_all(&here, 0, &all), found = 0;
	const struct locate_entry **of = calloc(n + 1, sizeof(struct locate_entry *));

	if (of == NULL)
		tell_no_memory();
	for (size_t i = 0; i < n; i++)
		if (process_descends(all, i, pid, start_ticks) &&
		    all[i].life == LOCATE_RUNNING && rss_of(&all[i]) > rss_bytes)
			of[found++] = &all[i];
	qsort(of, found, sizeof(struct locate_entry *), by_size);
	if (found > 0)
		fprintf(out, "it started %zu process%s under weir%s:\n", found,
			found == 1 ? "" : "es", which);
	for (size_t i = 0; i < found && i < LISTED; i++) {
		char name[SCRIPT_NAME_BYTES], clean[4 * SCRIPT_NAME_BYTES];
		char bytes[SHOW_VALUE];

		fprintf(out, "  weir growth %-8d # %s, %s resident\n", (int)of[i]->pid,
			show_clean(clean, sizeof(clean),
				   script_name(&of[i]->sidecar, name)),
			show_bytes(bytes, rss_of(of[i])));
	}
	if (found > LISTED)
		fprintf(out, "  and %zu more: `weir stat` lists all\n", found - LISTED);
	free(of);
	locate_free(all, n);
}
