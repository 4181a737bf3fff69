/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code ranges of the known callers, and the memory of answers.
 */
#include "preload/ground/kind.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "trace/ground/symtab.h"
#include "weir/stats.h"

static const struct {
	enum weir_kind kind;
	bool unit;
	const char *symbol;
} known[] = {
#define X(kind, symbol)	   {WEIR_KIND_##kind, false, symbol},
#define UNIT(kind, symbol) {WEIR_KIND_##kind, true, symbol},
#include "preload/ground/kinds.def"
#undef X
#undef UNIT
};
#define N_KNOWN (sizeof(known) / sizeof(known[0]))

/*
 * Functions of the same source file that are not exported lie up to this far before and behind the
 * exported ones: 7.8 KB in Node 20, less in later versions. The other code that lies there allocates
 * nothing.
 */
#define UNIT_BEFORE 8192
#define UNIT_BEHIND 1024

static struct range {
	uintptr_t start, end;
	enum weir_kind kind;
} ranges[N_KNOWN + 1], *unit = &ranges[0]; /* row 0: the one unit there is */
static size_t n_ranges;

/* Address and answer in one word, so that a reader without a lock never sees half of one. */
#define SLOTS	   64
#define KIND_SHIFT 56
static _Atomic uint64_t remembered[SLOTS];

static void
widen(struct range *r, uintptr_t start, uintptr_t end, enum weir_kind kind)
{
	if (r->end == 0 || start - UNIT_BEFORE < r->start)
		r->start = start - UNIT_BEFORE;
	if (end + UNIT_BEHIND > r->end)
		r->end = end + UNIT_BEHIND;
	r->kind = kind;
}

void
kind_init(void)
{
	struct weir_symtab table;

	if (weir_symtab_of_executable(&table) != 0)
		return;
	n_ranges = 1;
	for (size_t i = 0; i < N_KNOWN; i++) {
		uintptr_t start;
		size_t bytes;

		if (weir_symtab_find(&table, known[i].symbol, &start, &bytes) != 0)
			continue;
		if (known[i].unit)
			widen(unit, start, start + bytes, known[i].kind);
		else
			ranges[n_ranges++] =
				(struct range){start, start + bytes, known[i].kind};
	}
}

static uint32_t
look_up(uintptr_t address)
{
	for (size_t i = 0; i < n_ranges; i++)
		/* A return address lies behind its call: at the end, if that comes last. */
		if (address > ranges[i].start && address <= ranges[i].end)
			return ranges[i].kind;
	return WEIR_KIND_OTHER;
}

uint32_t
kind_of(const void *return_address)
{
	uintptr_t address = (uintptr_t)return_address;
	_Atomic uint64_t *slot = &remembered[(address >> 4 ^ address >> 12) % SLOTS];
	uint64_t word = atomic_load_explicit(slot, memory_order_relaxed);

	if (n_ranges <= 1 && unit->end == 0)
		return WEIR_KIND_OTHER;
	if ((word & (((uint64_t)1 << KIND_SHIFT) - 1)) == address)
		return (uint32_t)(word >> KIND_SHIFT);
	uint32_t kind = look_up(address);
	atomic_store_explicit(slot, (uint64_t)kind << KIND_SHIFT | address,
			      memory_order_relaxed);
	return kind;
}
