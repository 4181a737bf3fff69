/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Within the V8 decoder: tagged words, typed reads, and what its parts do for each other. A read
 * that fails makes 0 and the memory's sticky `failed`; v8_decode looks at it before it believes.
 */
#ifndef TRACE_V8_PRIVATE_H
#define TRACE_V8_PRIVATE_H

#include <stddef.h>

#include "trace/runtimes/v8.h"

#define V8_NO_TYPE 0xffff

static inline bool
v8_is_object(uint64_t word)
{
	return (word & 3) == 1;
}

static inline bool
v8_is_smi(uint64_t word)
{
	return (word & 0xffffffff) == 0;
}

static inline int32_t
v8_smi(uint64_t word)
{
	return (int32_t)(word >> 32);
}

static inline uint64_t
v8_field(const struct v8_reader *r, uint64_t object, int32_t offset)
{
	return checked_u64(r->memory, object - 1 + (uint64_t)(int64_t)offset);
}

/* The instance type, or V8_NO_TYPE: no object, or its map is none (it moved, or is garbage). */
uint16_t v8_type(const struct v8_reader *r, uint64_t object);

static inline bool
v8_is_string(const struct v8_reader *r, uint64_t object)
{
	return v8_type(r, object) < r->layout->type_string_end;
}

/* A string that is not empty. */
bool v8_has_text(const struct v8_reader *r, uint64_t object);

/* A byte array's bytes: their address and how many, 0 if it is none. */
uint64_t v8_bytes(const struct v8_reader *r, uint64_t object, uint32_t *n);

/* UTF-8 of a string, cut to max - 1 bytes, zero-terminated. 0 or -EFAULT. */
int v8_string(const struct v8_reader *r, uint64_t string, char *to, size_t max);

/* The characters of a flat string: their address, how many, and bytes of each (0: not flat). */
uint64_t v8_characters(const struct v8_reader *r, uint64_t string, uint32_t *n,
		       unsigned *width);

/* Of a script: its name and whether it is the runtime's own; the line and column of a position. */
void v8_script_name(const struct v8_reader *r, uint64_t script, struct v8_place *to);
int v8_script_line(const struct v8_reader *r, uint64_t script, int32_t position,
		   uint32_t *line, uint32_t *column);

/*
 * Of a function: all but the line of the call. Its script is kept in *script. 0; -ENOENT: it is a
 * builtin, which has none; or -EFAULT.
 */
int v8_shared_place(const struct v8_reader *r, uint64_t shared, struct v8_place *to,
		    uint64_t *script);

/* A source position of V8's: the place in the script, -1 unknown, and which inlining it is in. */
struct v8_position {
	int32_t script_offset;
	int32_t inlining;    /* -1: none */
	int32_t code_offset; /* of the code that the table names for it */
};

/* From the word that V8 packs it into. */
static inline void
v8_position_of(uint64_t packed, struct v8_position *to)
{
	to->script_offset = (int32_t)(packed >> 1 & 0x3fffffff) - 1;
	to->inlining = (int32_t)(packed >> 31 & 0xffff) - 1;
}

/* Unsigned numbers of a table, seven bits a byte, one after the other. */
struct v8_cursor {
	const struct v8_reader *r;
	uint64_t at;
	uint32_t left;
};
bool v8_next(struct v8_cursor *c, uint64_t *value);
bool v8_next_byte(struct v8_cursor *c, uint64_t *value);

/* What a position table says of an offset of code. 0 or -ENOENT. */
int v8_position_at(const struct v8_reader *r, uint64_t table, int32_t offset,
		   struct v8_position *to);

/* Machine code on V8's heap. */
struct v8_code {
	uint64_t safepoints; /* its table of them, behind the instructions */
	uint64_t
		positions; /* its position table, or, of baseline code, its bytecode offset table */
	uint64_t data;	/* its deoptimization data, or its bytecode */
	int32_t offset; /* of the return address */
	bool baseline, optimized, maglev;
};
int v8_code_at(const struct v8_reader *r, uint64_t pc, struct v8_code *to);

/* Of an array of V8's; 0: it has no such element. */
uint64_t v8_element(const struct v8_reader *r, uint64_t array, int32_t i);

/* A function in the midst of its bytecode. */
struct v8_running {
	uint64_t shared;
	int32_t bytecode_offset;
};

/* What the deoptimization data says of the call that optimised code is in. */
struct v8_deopt {
	int32_t pc; /* where that call returns to, had it not been deoptimised meanwhile */
	uint32_t
		n; /* functions that the frame stands for, outermost first; 0: not known */
	bool earlier; /* as it was before the call, which may be further on: of a fast call of C, say */
	struct v8_running running[V8_MAX_INLINED];
};

/* 0, or -ENOENT: no such call. */
int v8_deopt_at(const struct v8_reader *r, const struct v8_code *c, struct v8_deopt *to);

/* The bytecode of a function, 0: it has none now. */
uint64_t v8_bytecode_of(const struct v8_reader *r, uint64_t shared);

/* Where in the script that offset of bytecode is, -1: not known. *fits: the table names just that offset. */
int32_t v8_bytecode_position(const struct v8_reader *r, uint64_t bytecode, int32_t offset,
			     bool *fits);

/* A function that a frame stands for. */
struct v8_found {
	uint64_t shared;
	int32_t position; /* in its script, -1 unknown */
	int32_t start; /* where it begins, if it has no scope that says so; 0: not known */
	bool inlined, tested, fits, earlier;
};

/* All functions of a frame of optimised code, outermost first: found[0], whose function is given, and more. */
size_t v8_optimized(const struct v8_reader *r, const struct v8_code *code,
		    struct v8_found found[V8_MAX_INLINED]);

/* The script and position of inlining `i`, and the one that it is in. 0 or -ENOENT. */
int v8_inlined(const struct v8_reader *r, const struct v8_code *c, int32_t i,
	       uint64_t *shared, struct v8_position *caller);

/* The offset of the bytecode that baseline code was at. 0 or -ENOENT. */
int v8_baseline_offset(const struct v8_reader *r, uint64_t bytecode, uint64_t table,
		       int32_t pc_offset, int32_t *offset);

#endif
