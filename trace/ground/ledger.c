/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making the tables. Record 0 of those whose index 0 means "none" exists from the start.
 */
#include "trace/ground/ledger.h"

#include <errno.h>

#include "pool/pages.h"

struct ledger *ledger;
_Atomic uint32_t ledger_used[WEIR_N_TRACE_PARTS];
struct weir_lock ledger_lock;
static _Atomic uint64_t all_bytes;

bool
ledger_room(void **chunk, size_t bytes)
{
	if (*chunk != NULL)
		return true;
	bytes = weir_whole_pages(bytes);
	*chunk = weir_pages_system.meta(bytes);
	if (*chunk == NULL)
		return false;
	atomic_fetch_add_explicit(&all_bytes, bytes, memory_order_relaxed);
	return true;
}

uint64_t
ledger_bytes(void)
{
	return atomic_load_explicit(&all_bytes, memory_order_relaxed);
}

int
ledger_make(void)
{
	void *room = NULL;

	if (!ledger_room(&room, sizeof(struct ledger)))
		return -ENOMEM;
	struct ledger *t = room;
	if (!ledger_room(&t->strings[0], STRINGS_BYTES) ||
	    !ledger_room(&t->frames[0], FRAMES_BYTES) ||
	    !ledger_room(&t->nodes[0], NODES_BYTES) ||
	    !ledger_room(&t->sites[0], sizeof(struct ledger_sites)))
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
