/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making the tables. Record 0 of those whose index 0 means "none" exists from the start.
 */
#include "trace/ledger.h"

#include <errno.h>

#include "pool/pages.h"

struct ledger *ledger;
_Atomic uint32_t ledger_used[WEIR_N_TRACE_PARTS];
struct weir_lock ledger_lock;

int
ledger_make(void)
{
	size_t bytes =
		(sizeof(struct ledger) + WEIR_PAGE_BYTES - 1) & ~(WEIR_PAGE_BYTES - 1);
	struct ledger *t = weir_pages_system.meta(bytes);

	if (t == NULL)
		return -ENOMEM;
	ledger_counted(WEIR_PART_STRINGS, 1);
	ledger_counted(WEIR_PART_MODULES, 0);
	ledger_counted(WEIR_PART_THREADS, 1);
	ledger_counted(WEIR_PART_FRAMES, 1);
	ledger_counted(WEIR_PART_NODES, 1);
	ledger_counted(WEIR_PART_SITES0, 1);
	ledger = t;
	return 0;
}
