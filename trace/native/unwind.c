/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the entry for an address by the sorted table that linkers write (.eh_frame_hdr), with
 * checked reads: a library may be unmapped just then. A rule takes one word of the cache, address and
 * answer together, so that a reader never sees half of one.
 */
#include "trace/native/unwind.h"

#include <stdatomic.h>
#include <string.h>

#include "trace/ground/checked.h"
#include "trace/native/code.h"

#define SLOTS	    2048 /* their index is what the tag leaves out of an address */
#define SLOT_BITS   11
#define WAYS	    4	/* addresses that are kept in one slot */
#define CIE	    128 /* bytes: none has had more than 48 */
#define FDE	    256 /* of an entry at a time */
#define MAX_ENTRIES (1 << 22)
#define AT_ONCE	    64 /* rows of the table */
#define ENOUGH	    64 /* rules alike, for a module to be one with frame pointers */
#define NEVER	    (UINT32_MAX / 2) /* votes that others are about to add make it no less */
#define LARGE	    (1 << 22)

static _Atomic uint64_t remembered[SLOTS][WAYS];
static _Atomic bool remembers;
static _Atomic uint32_t forgotten; /* so many times */

/*
 * In front of it the rules used last, in one page that is fetched ahead of a walk: a program that
 * fills large buffers finds nothing in the processor's caches, and a walk would wait for memory
 * at each frame.
 */
#define RECENT	    512
#define RECENT_BITS 9
static _Atomic uint64_t recent[RECENT] __attribute__((aligned(4096)));

/*
 * A rule in 26 bits, behind what its place leaves out of the address: 2 how, 14 offset / 8, 1 saved, 9 for
 * how far below the caller's stack pointer its frame pointer is, / 8.
 */
#define RULE_BITS 26

static bool
fits(const struct unwind_rule *r)
{
	return r->offset % 8 == 0 && r->offset >= 0 && r->offset / 8 < 1 << 14 &&
	       r->fp_offset % 8 == 0 && r->fp_offset <= 0 && r->fp_offset / -8 < 1 << 9;
}

static uint64_t
pack(const struct unwind_rule *r)
{
	return (uint64_t)r->how << 24 | (uint64_t)r->offset / 8 << 10 |
	       (uint64_t)r->fp_saved << 9 | (uint64_t)(r->fp_offset / -8);
}

static struct unwind_rule
unpack(uint64_t word)
{
	return (struct unwind_rule){
		.how = (enum unwind_how)(word >> 24 & 3),
		.offset = (int32_t)(word >> 10 & 0x3fff) * 8,
		.fp_saved = word >> 9 & 1,
		.fp_offset = (int32_t)(word & 0x1ff) * -8,
	};
}

static void
remember(_Atomic uint64_t *to, uint64_t address_part, uint64_t packed)
{
	atomic_store_explicit(to, address_part << RULE_BITS | packed,
			      memory_order_relaxed);
}

/* The header: version, three encodings, where .eh_frame is, and how many entries. */
struct header {
	uint8_t version, frame_encoding, count_encoding, table_encoding;
	int32_t frame;
	uint32_t n;
};

/*
 * The tables of the executable, which is never unmapped, are read as they lie: a binary search by
 * system calls is what a starting process would notice.
 */
static bool
peek(const struct code_span *lasting, uint64_t address, void *to, size_t n)
{
	if (address - lasting->start > lasting->end - lasting->start ||
	    n > lasting->end - address)
		return checked_peek(address, to, n);
	memcpy(to, (const void *)(uintptr_t)address, n);
	return true;
}

/* The address of the last entry whose code starts at or before pc; 0: none. */
static uint64_t
find_entry(const struct code_span *lasting, uint64_t header, uint64_t pc)
{
	static const uint8_t usual[4] = {1, 0x1b, 0x03, 0x3b};
	struct header h;
	int32_t rows[AT_ONCE][2];
	uint64_t table = header + sizeof(h);
	uint32_t low = 0, high;

	if (!peek(lasting, header, &h, sizeof(h)) || memcmp(&h, usual, 4) != 0 ||
	    h.n == 0 || h.n > MAX_ENTRIES)
		return 0;
	for (high = h.n; high - low > AT_ONCE;) {
		uint32_t middle = low + (high - low) / 2;

		if (!peek(lasting, table + middle * sizeof(rows[0]), rows,
			  sizeof(rows[0])))
			return 0;
		if ((int64_t)(pc - header) < rows[0][0])
			high = middle;
		else
			low = middle;
	}
	if (!peek(lasting, table + low * sizeof(rows[0]), rows,
		  (high - low) * sizeof(rows[0])))
		return 0;
	uint32_t i = high - low - 1;
	while (i > 0 && (int64_t)(pc - header) < rows[i][0])
		i--;
	return header + (uint64_t)(int64_t)rows[i][1];
}

static bool
read_more(const void *lasting, uint64_t address, void *to, size_t n)
{
	return peek(lasting, address, to, n);
}

/* The entry for a module's code, if it has room. */
static size_t
read_cie(const struct code_span *lasting, uint64_t address, uint8_t *to)
{
	uint32_t length;

	if (!peek(lasting, address, &length, sizeof(length)) || length > CIE - 4 ||
	    !peek(lasting, address, to, length + 4))
		return 0;
	return length + 4;
}

/* A large module all of whose code has frame pointers, as far as was seen: no need to look. */
static _Atomic uint64_t trusted; /* a code_word */

static const struct unwind_rule by_fp = {UNWIND_BY_FP, 16, true, -16};

static void
vote(struct code_module *m, const struct unwind_rule *r)
{
	bool usual = r->how == UNWIND_BY_FP && r->offset == 16 && r->fp_saved &&
		     r->fp_offset == -16;

	if (!usual)
		m->fp_votes = NEVER;
	else if (m->fp_votes < ENOUGH && ++m->fp_votes == ENOUGH &&
		 m->record.end - m->record.start > LARGE)
		trusted = code_word(m->record.start, m->record.end);
}

/* The registers' numbers are x86-64's; elsewhere walks go by frame pointers. */
#if defined(__x86_64__)
enum { READS_ENTRIES = true };
#else
enum { READS_ENTRIES = false };
#endif

static struct unwind_rule
find_rule(uint64_t pc)
{
	struct unwind_rule rule = {.how = UNWIND_UNKNOWN};
	struct code_module *m = code_module_at(pc);
	uint8_t window[FDE], cie[CIE];
	uint32_t back;

	if (m == NULL || m->eh_frame_header == 0)
		return rule;
	uint64_t at = find_entry(&m->lasting, m->eh_frame_header, pc - 1);
	if (at == 0 || !peek(&m->lasting, at + 4, &back, sizeof(back)))
		return rule;
	size_t cie_bytes = read_cie(&m->lasting, at + 4 - back, cie);
	struct unwind_fde fde = {at, read_more, &m->lasting, window, sizeof(window)};
	if (!unwind_parse(cie, cie_bytes, &fde, pc, &rule) || !fits(&rule))
		rule = (struct unwind_rule){.how = UNWIND_UNKNOWN};
	vote(m, &rule);
	return rule;
}

struct unwind_rule
unwind_rule_at(uint64_t pc)
{
	if (!READS_ENTRIES)
		return (struct unwind_rule){.how = UNWIND_UNKNOWN};
	if (code_word_has(atomic_load_explicit(&trusted, memory_order_relaxed), pc))
		return by_fp;
	_Atomic uint64_t *last = &recent[pc % RECENT];
	uint64_t front = atomic_load_explicit(last, memory_order_relaxed);
	if (front >> RULE_BITS == pc >> RECENT_BITS)
		return unpack(front);
	_Atomic uint64_t *ways = remembered[pc % SLOTS];
	unsigned into = (unsigned)(pc >> SLOT_BITS) % WAYS;
	for (unsigned i = 0; i < WAYS; i++) {
		uint64_t word = atomic_load_explicit(&ways[i], memory_order_relaxed);

		if (word >> RULE_BITS == pc >> SLOT_BITS) {
			remember(last, pc >> RECENT_BITS, word & ((1 << RULE_BITS) - 1));
			return unpack(word);
		}
		if (word == 0)
			into = i;
	}
	uint32_t times = atomic_load(&forgotten);
	struct unwind_rule rule = find_rule(pc);
	if (rule.how == UNWIND_UNKNOWN || rule.how == UNWIND_END)
		rule = (struct unwind_rule){.how = rule.how};
	remember(&ways[into], pc >> SLOT_BITS, pack(&rule));
	remember(last, pc >> RECENT_BITS, pack(&rule));
	/*
	 * A module may have come since the rule was looked for, or the table in which it was found have been written to. In
	 * one order of all with unwind_forget: either that is seen here, or what was remembered is seen there.
	 */
	atomic_store(&remembers, true);
	if (atomic_load(&forgotten) != times) {
		atomic_store_explicit(&ways[into], 0, memory_order_relaxed);
		atomic_store_explicit(last, 0, memory_order_relaxed);
	}
	return rule;
}

uint32_t
unwind_times(void)
{
	return atomic_load_explicit(&forgotten, memory_order_relaxed);
}

void
unwind_forget(bool all)
{
	atomic_fetch_add(&forgotten, 1);
	if (!all)
		return;
	atomic_store_explicit(&trusted, 0, memory_order_relaxed);
	if (!atomic_exchange(&remembers, false))
		return;
	for (size_t i = 0; i < SLOTS; i++)
		for (unsigned k = 0; k < WAYS; k++)
			atomic_store_explicit(&remembered[i][k], 0, memory_order_relaxed);
	for (size_t i = 0; i < RECENT; i++)
		atomic_store_explicit(&recent[i], 0, memory_order_relaxed);
}

void
unwind_ahead(void)
{
	for (size_t i = 0; READS_ENTRIES && i < RECENT; i += 64 / sizeof(recent[0]))
		__builtin_prefetch((const void *)&recent[i]);
}
