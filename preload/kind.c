/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code ranges of the known callers, and the memory of answers.
 */
#include "preload/kind.h"

#include <stdatomic.h>
#include <stddef.h>

#include "preload/symtab.h"
#include "weir/stats.h"

static const struct {
	enum weir_kind kind;
	const char *symbol;
} known[] = {
#define X(kind, symbol) {WEIR_KIND_##kind, symbol},
#include "preload/kinds.def"
#undef X
};
#define N_KNOWN (sizeof(known) / sizeof(known[0]))

static struct {
	uintptr_t start;
	size_t bytes;
	enum weir_kind kind;
} ranges[N_KNOWN];
static size_t n_ranges;

/* One word a slot, address and answer together, so that a reader never sees half of one. */
#define SLOTS	   64
#define KIND_SHIFT 56
static _Atomic uint64_t remembered[SLOTS];

void
kind_init(void)
{
	struct symtab table;

	if (symtab_of_executable(&table) != 0)
		return;
	for (size_t i = 0; i < N_KNOWN; i++) {
		uintptr_t start;
		size_t bytes;

		if (symtab_find(&table, known[i].symbol, &start, &bytes) != 0)
			continue;
		ranges[n_ranges].start = start;
		ranges[n_ranges].bytes = bytes;
		ranges[n_ranges].kind = known[i].kind;
		n_ranges++;
	}
}

static uint32_t
look_up(uintptr_t address)
{
	for (size_t i = 0; i < n_ranges; i++)
		/* The return address of a call in the last instruction is one past the end. */
		if (address - ranges[i].start - 1 < ranges[i].bytes)
			return ranges[i].kind;
	return WEIR_KIND_OTHER;
}

uint32_t
kind_of(const void *return_address)
{
	uintptr_t address = (uintptr_t)return_address;
	_Atomic uint64_t *slot = &remembered[(address >> 4 ^ address >> 12) % SLOTS];
	uint64_t word = atomic_load_explicit(slot, memory_order_relaxed);

	if (n_ranges == 0)
		return WEIR_KIND_OTHER;
	if ((word & (((uint64_t)1 << KIND_SHIFT) - 1)) == address)
		return (uint32_t)(word >> KIND_SHIFT);
	uint32_t kind = look_up(address);
	atomic_store_explicit(slot, (uint64_t)kind << KIND_SHIFT | address,
			      memory_order_relaxed);
	return kind;
}
