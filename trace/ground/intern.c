/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that only grow. Where the next chunk of one is refused, it is as if it were full.
 */
#include "trace/ground/intern.h"

#include <string.h>

#include "trace/ground/ledger.h"

#define STRING_MAX  1023
#define STRINGS_MAX (96u << 10)

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

/* Where n bytes and a zero go: no text is in two chunks. */
static uint32_t
text_place(size_t n)
{
	uint32_t used = ledger_count(WEIR_PART_STRINGS);

	if (LEDGER_REST(STRINGS_SHIFT, used) + n >= STRINGS_BYTES)
		used = (used | (STRINGS_BYTES - 1)) + 1;
	return used;
}

uint32_t
intern_string(const char *text, size_t n)
{
	uint32_t at;

	n = cut(text, n);
	if (n == 0)
		return 0;
	uint64_t hash = hash_bytes(text, n);
	struct lookup_walk w = lookup_start(&ledger->string_lookup, hash);
	while ((at = lookup_next(&w)) != 0)
		if (n < STRINGS_BYTES - LEDGER_REST(STRINGS_SHIFT, at) &&
		    memcmp(ledger_text(at), text, n) == 0 && ledger_text(at)[n] == '\0')
			return at;
	at = text_place(n);
	if (n_strings == STRINGS_MAX || at >= CAPACITY_STRINGS ||
	    !ledger_room(&ledger->strings[at >> STRINGS_SHIFT], STRINGS_BYTES) ||
	    !lookup_add(&ledger->string_lookup, hash, at)) {
		intern_drop(WEIR_DROP_strings);
		return 0;
	}
	memcpy(ledger_text(at), text, n); /* a zero follows already */
	n_strings++;
	ledger_counted(WEIR_PART_STRINGS, at + (uint32_t)n + 1);
	return at;
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
intern_frame(const struct weir_trace_frame *f)
{
	_Static_assert(sizeof(*f) == 32, "no padding to compare");
	uint32_t used = ledger_count(WEIR_PART_FRAMES), i;
	uint64_t hash = hash_bytes(f, sizeof(*f));
	struct lookup_walk w = lookup_start(&ledger->frame_lookup, hash);

	while ((i = lookup_next(&w)) != 0)
		if (memcmp(ledger_frame(i), f, sizeof(*f)) == 0)
			return i;
	if (used == CAPACITY_FRAMES ||
	    !ledger_room(&ledger->frames[used >> FRAMES_SHIFT], FRAMES_BYTES) ||
	    !lookup_add(&ledger->frame_lookup, hash, used)) {
		intern_drop(WEIR_DROP_frames);
		return 0;
	}
	*ledger_frame(used) = *f;
	ledger_counted(WEIR_PART_FRAMES, used + 1);
	return used;
}

uint32_t
intern_node(uint32_t parent, uint32_t frame)
{
	uint32_t used = ledger_count(WEIR_PART_NODES), i;
	uint64_t hash = ledger_mix(parent, frame);
	struct lookup_walk w = lookup_start(&ledger->node_lookup, hash);

	while ((i = lookup_next(&w)) != 0)
		if (ledger_node(i)->parent == parent && ledger_node(i)->frame == frame)
			return i;
	if (used == CAPACITY_NODES ||
	    !ledger_room(&ledger->nodes[used >> NODES_SHIFT], NODES_BYTES) ||
	    !lookup_add(&ledger->node_lookup, hash, used)) {
		intern_drop(WEIR_DROP_nodes);
		return 0;
	}
	*ledger_node(used) = (struct weir_trace_node){.parent = parent, .frame = frame};
	ledger_counted(WEIR_PART_NODES, used + 1);
	return used;
}
