/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that only grow, and their open-addressed indices: a slot holds the number of a
 * record, 0 if it is free, and nothing is ever taken out.
 */
#include "trace/intern.h"

#include <string.h>

#include "trace/ledger.h"

#define STRING_MAX  1023
#define STRINGS_MAX (STRING_SLOTS / 4 * 3)

static _Atomic uint64_t drops[WEIR_N_TRACE_DROPS];
static uint32_t n_strings; /* texts, where ledger_used counts bytes */

void
intern_drop(enum weir_trace_drop what)
{
	atomic_fetch_add_explicit(&drops[what], 1, memory_order_relaxed);
}

uint64_t
intern_dropped(enum weir_trace_drop what)
{
	return atomic_load_explicit(&drops[what], memory_order_relaxed);
}

void
intern_forget_drops(void)
{
	for (int i = 0; i < WEIR_N_TRACE_DROPS; i++)
		atomic_store_explicit(&drops[i], 0, memory_order_relaxed);
}

static uint64_t
hash_bytes(const void *from, size_t n)
{
	const unsigned char *p = from;
	uint64_t hash = n, word;

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		hash = ledger_mix(hash, word);
	}
	word = 0;
	memcpy(&word, p, n);
	return ledger_mix(hash, word);
}

/* Where a text ends that is not to be longer than STRING_MAX. */
static size_t
cut(const char *text, size_t n)
{
	n = strnlen(text, n);
	if (n <= STRING_MAX)
		return n;
	n = STRING_MAX;
	while (n > 0 && (text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

uint32_t
intern_string(const char *text, size_t n)
{
	uint32_t used = ledger_count(WEIR_PART_STRINGS), at;

	n = cut(text, n);
	if (n == 0)
		return 0;
	uint32_t slot = (uint32_t)hash_bytes(text, n) & (STRING_SLOTS - 1);
	while ((at = ledger->string_slots[slot]) != 0) {
		if (n < CAPACITY_STRINGS - at &&
		    memcmp(ledger->strings + at, text, n) == 0 &&
		    ledger->strings[at + n] == '\0')
			return at;
		slot = (slot + 1) & (STRING_SLOTS - 1);
	}
	if (n_strings == STRINGS_MAX || CAPACITY_STRINGS - used < n + 1) {
		intern_drop(WEIR_DROP_strings);
		return 0;
	}
	memcpy(ledger->strings + used, text, n); /* a zero follows already */
	ledger->string_slots[slot] = used;
	n_strings++;
	ledger_counted(WEIR_PART_STRINGS, used + (uint32_t)n + 1);
	return used;
}

uint16_t
intern_module(const struct weir_trace_module *m)
{
	uint32_t used = ledger_count(WEIR_PART_MODULES);

	/* What was seen last is asked for most. */
	for (uint32_t i = used; i-- > 0;) {
		const struct weir_trace_module *known = &ledger->modules[i];

		if (known->start == m->start && known->end == m->end &&
		    known->path == m->path)
			return (uint16_t)(i + 1);
	}
	if (used == CAPACITY_MODULES) {
		intern_drop(WEIR_DROP_modules);
		return 0;
	}
	ledger->modules[used] = *m;
	ledger_counted(WEIR_PART_MODULES, used + 1);
	return (uint16_t)(used + 1);
}

uint32_t
intern_thread(const struct weir_trace_thread *t)
{
	uint32_t used = ledger_count(WEIR_PART_THREADS);

	if (used == CAPACITY_THREADS) {
		intern_drop(WEIR_DROP_threads);
		return 0;
	}
	ledger->threads[used] = *t;
	ledger_counted(WEIR_PART_THREADS, used + 1);
	return used;
}

uint32_t
intern_frame(const struct weir_trace_frame *f)
{
	_Static_assert(sizeof(*f) == 32, "no padding to compare");
	uint32_t used = ledger_count(WEIR_PART_FRAMES), i;
	uint32_t slot = (uint32_t)hash_bytes(f, sizeof(*f)) & (FRAME_SLOTS - 1);

	while ((i = ledger->frame_slots[slot]) != 0) {
		if (memcmp(&ledger->frames[i], f, sizeof(*f)) == 0)
			return i;
		slot = (slot + 1) & (FRAME_SLOTS - 1);
	}
	if (used == CAPACITY_FRAMES) {
		intern_drop(WEIR_DROP_frames);
		return 0;
	}
	ledger->frames[used] = *f;
	ledger->frame_slots[slot] = used;
	ledger_counted(WEIR_PART_FRAMES, used + 1);
	return used;
}

uint32_t
intern_node(uint32_t parent, uint32_t frame)
{
	uint32_t used = ledger_count(WEIR_PART_NODES), i;
	uint32_t slot = (uint32_t)ledger_mix(parent, frame) & (NODE_SLOTS - 1);

	while ((i = ledger->node_slots[slot]) != 0) {
		if (ledger->nodes[i].parent == parent && ledger->nodes[i].frame == frame)
			return i;
		slot = (slot + 1) & (NODE_SLOTS - 1);
	}
	if (used == CAPACITY_NODES) {
		intern_drop(WEIR_DROP_nodes);
		return 0;
	}
	ledger->nodes[used] = (struct weir_trace_node){.parent = parent, .frame = frame};
	ledger->node_slots[slot] = used;
	ledger_counted(WEIR_PART_NODES, used + 1);
	return used;
}
