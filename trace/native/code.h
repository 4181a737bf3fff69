/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose code an address is: a file's, a JIT's, or V8's builtins, which run outside of their file's
 * own segments. Learnt from /proc/self/maps and from the ELF headers in memory, so that the loader's
 * lock is never taken. Lookups are lock-free; what is seen during a refresh may be one refresh old.
 */
#ifndef TRACE_CODE_H
#define TRACE_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "weir/trace.h"

#define CODE_MODULES 256
#define CODE_V8	     4096 /* each worker of Node has some */

struct code_span {
	uint64_t start, end;
};

/* An executable mapping of a file. Filled once, before it can be found. */
struct code_module {
	struct weir_trace_module record; /* but for the path */
	const char *path;
	uint32_t path_bytes;
	uint64_t header; /* address of the ELF header, 0: not mapped where the code is */
	uint64_t eh_frame_header; /* address of .eh_frame_hdr, 0: none */
	struct code_span lasting; /* around that, of the executable: never unmapped */
	uint16_t interned;
	_Atomic uint32_t fp_votes; /* trace/native/unwind.c */
};

/* Spans that run under V8's conventions: its JIT's, and its builtins. */
struct code_v8 {
	uint32_t n;
	bool is_builtins[CODE_V8];
	struct code_span spans[CODE_V8]; /* by address */
};

/* Reads the maps again, unless another thread does or that was just done. */
void code_refresh(void);

/*
 * The same for who knows that there is more than was read: waits for another thread, within bounds. False: they were
 * not read since the call, for want of time.
 */
bool code_refresh_now(void);

/* A library was unloaded: what is found at an address may be another's. So many times that has happened. */
void code_unloaded(void);
uint64_t code_unloads(void);

/* Whether one was since the maps were read last. */
bool code_is_old(void);

/* Whether somebody's code is known to be there. */
bool code_knows(uint64_t address);

const struct code_v8 *code_v8(void);

/* The module that the address is in, or NULL. */
struct code_module *code_module_at(uint64_t address);

/* The module whose file name (without folders) begins like this, or NULL. */
struct code_module *code_module_named(const char *prefix);

/* Asked at each refresh where V8's builtins are within their file. Before the first refresh. */
void code_ask_for_builtins(struct code_span (*where)(void));

void code_after_fork(void);

/* The index of the span that the address is in, or -1. */
static inline int
code_v8_at(const struct code_v8 *v8, uint64_t address)
{
	uint32_t low = 0, high = v8->n < CODE_V8 ? v8->n : CODE_V8;

	if (high == 0 || address < v8->spans[0].start ||
	    address >= v8->spans[high - 1].end)
		return -1;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (address < v8->spans[middle].start)
			high = middle;
		else
			low = middle;
	}
	return address < v8->spans[low].end ? (int)low : -1;
}

static inline bool
code_in(const struct code_span *s, uint64_t address)
{
	return address - s->start < s->end - s->start;
}

/* Whole pages from start to end in one word, so that a reader without a lock never sees half of it. 0: none. */
static inline uint64_t
code_word(uint64_t start, uint64_t end)
{
	bool fits = end >> 48 == 0 && (end - start) >> 40 == 0;

	return fits ? start >> 12 << 28 | (end - start) >> 12 : 0;
}

static inline bool
code_word_has(uint64_t word, uint64_t address)
{
	return address - (word >> 28 << 12) < (word & ((1 << 28) - 1)) << 12;
}

#endif
