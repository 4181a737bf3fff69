/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making the tables. Record 0 of those whose index 0 means "none" exists from the start.
 */
#include "trace/tables.h"

#include <errno.h>

#include "pool/pages.h"

struct tables *tables;
_Atomic uint32_t tables_used[WEIR_N_TRACE_PARTS];
struct weir_lock tables_lock;

int
tables_make(void)
{
	size_t bytes =
		(sizeof(struct tables) + WEIR_PAGE_BYTES - 1) & ~(WEIR_PAGE_BYTES - 1);
	struct tables *t = weir_pages_system.meta(bytes);

	if (t == NULL)
		return -ENOMEM;
	tables_counted(WEIR_PART_STRINGS, 1);
	tables_counted(WEIR_PART_MODULES, 0);
	tables_counted(WEIR_PART_THREADS, 1);
	tables_counted(WEIR_PART_FRAMES, 1);
	tables_counted(WEIR_PART_NODES, 1);
	tables_counted(WEIR_PART_SITES0, 1);
	tables = t;
	return 0;
}
