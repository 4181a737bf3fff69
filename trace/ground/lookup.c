/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open-addressed tables, each never fuller than three quarters. The newest holds most, so it is searched first.
 */
#include "trace/ground/lookup.h"

#include <stddef.h>

#include "trace/ground/ledger.h"

static uint32_t
slots_of(int table)
{
	return 1024u << 2 * table;
}

static int
newest(const struct lookup *in)
{
	int table = LOOKUP_TABLES - 1;

	while (table >= 0 && in->slots[table] == NULL)
		table--;
	return table;
}

struct lookup_walk
lookup_start(const struct lookup *in, uint64_t hash)
{
	return (struct lookup_walk){
		.in = in,
		.hash = (uint32_t)hash,
		.slot = (uint32_t)hash,
		.table = newest(in),
	};
}

uint32_t
lookup_next(struct lookup_walk *w)
{
	for (; w->table >= 0; w->table--, w->slot = w->hash) {
		const uint32_t *slots = w->in->slots[w->table];
		uint32_t record = slots[w->slot++ & (slots_of(w->table) - 1)];

		if (record != 0)
			return record;
	}
	return 0;
}

/* Where there is room for one more; -1: nowhere. */
static int
with_room(struct lookup *in)
{
	int table = newest(in);

	if (table >= 0 && in->used < slots_of(table) / 4 * 3)
		return table;
	table++;
	if (table == LOOKUP_TABLES ||
	    !ledger_room(&in->slots[table], slots_of(table) * sizeof(uint32_t)))
		return -1;
	in->used = 0;
	return table;
}

bool
lookup_add(struct lookup *in, uint64_t hash, uint32_t record)
{
	int table = with_room(in);
	uint32_t slot = (uint32_t)hash;

	if (table < 0)
		return false;
	uint32_t *slots = in->slots[table], last = slots_of(table) - 1;
	while (slots[slot & last] != 0)
		slot++;
	slots[slot & last] = record;
	in->used++;
	return true;
}
