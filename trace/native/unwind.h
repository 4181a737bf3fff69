/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How to get from a frame of native code to its caller's, for code that keeps no frame pointer: by
 * the tables that C++ exceptions are unwound with (.eh_frame), read where the loader mapped them. A
 * part of what libunwind does, and none of what makes it unfit for an allocator: no lock, no
 * allocation, no symbol that a host's exceptions could bind to. On x86-64 only.
 */
#ifndef TRACE_UNWIND_H
#define TRACE_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum unwind_how {
	UNWIND_UNKNOWN, /* no table says anything: perhaps there is a frame pointer */
	UNWIND_END,	/* nobody called this */
	UNWIND_BY_SP,	/* caller's stack pointer = sp + offset */
	UNWIND_BY_FP,	/* = fp + offset */
};

/* The return address is below the caller's stack pointer. */
struct unwind_rule {
	enum unwind_how how;
	int32_t offset;
	bool fp_saved;
	int32_t fp_offset; /* of the caller's frame pointer, from the caller's stack pointer */
};

/* The rule at a return address; a few us the first time, then a word of a cache. */
struct unwind_rule unwind_rule_at(uint64_t pc);

/* What is looked for just now is not to be remembered, for the tables of code changed; nor, with `all`, what was: code has come. */
void unwind_forget(bool all);

/* A number that is another one after that. */
uint32_t unwind_times(void);

/*
 * An entry in memory, which is read piece by piece: those of interpreters' loops are of kilobytes, and no stack of a
 * thread has room for them.
 */
struct unwind_fde {
	uint64_t address;
	bool (*read)(const void *from, uint64_t address, void *to, size_t n);
	const void *from;
	uint8_t *window;
	size_t room;
};

#define UNWIND_FDE_MOST (1 << 16) /* bytes: the longest of GCC's own has 20,000 */

/* The parser. False: not understood, or not about pc. */
bool unwind_parse(const uint8_t *cie, size_t cie_bytes, const struct unwind_fde *fde,
		  uint64_t pc, struct unwind_rule *to);

/* Has what unwind_rule_at looks at first brought into the processor's cache. */
void unwind_ahead(void);

#endif
