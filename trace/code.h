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
#define CODE_V8	     16

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
	uint16_t interned;
	_Atomic uint32_t fp_votes; /* trace/unwind.c */
};

/* Spans that run under V8's conventions: its JIT's, and its builtins. */
struct code_v8 {
	uint32_t n;
	uint32_t builtins; /* bit i: span i holds builtins */
	struct code_span spans[CODE_V8];
};

/* Reads the maps again, unless another thread does or that was less than a second ago. */
void code_refresh(void);

const struct code_v8 *code_v8(void);

/* The module that the address is in, or NULL. */
struct code_module *code_module_at(uint64_t address);

/* The module whose file name (without folders) begins like this, or NULL. */
struct code_module *code_module_named(const char *prefix);

/* Asked at each refresh where V8's builtins are within their file. Before the first refresh. */
void code_ask_for_builtins(struct code_span (*where)(void));

void code_after_fork(void);

static inline bool
code_in(const struct code_span *s, uint64_t address)
{
	return address - s->start < s->end - s->start;
}

#endif
