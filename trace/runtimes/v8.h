/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the words of a V8 frame to function, script, line and column, for Node's V8 of 64 bits and
 * full pointers (Node 20 to 26). Reads V8's objects as data, by the constants that Node exports
 * (v8dbg_*) and a few per version; calls nothing of V8's. Each object's type is checked before its
 * fields are believed: what fails is no frame rather than a wrong one.
 */
#ifndef TRACE_V8_H
#define TRACE_V8_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/ground/checked.h"
#include "trace/runtimes/v8_layout.h"

#define V8_NAME_BYTES  256
#define V8_FILE_BYTES  1024
#define V8_MAX_INLINED 16 /* functions of one frame */

/* Of V8's bytecodes: without a prefix, after Wide, after ExtraWide. None: not known. */
#define V8_MAX_BYTECODES 256
struct v8_lengths {
	uint32_t n;
	uint8_t bytes[3][V8_MAX_BYTECODES];
};
void v8_lengths_read(struct v8_lengths *to, const struct v8_layout *l,
		     const struct weir_symtab *t);

struct v8_reader {
	const struct v8_layout *layout;
	const struct v8_lengths *lengths;
	struct checked *memory;
};

/* As walk_take found them. */
struct v8_frame {
	uint64_t pc;
	uint64_t function;
	uint64_t bytecode; /* 0: not an interpreter's frame */
	uint64_t offset;
};

struct v8_place {
	char function[V8_NAME_BYTES];
	char file[V8_FILE_BYTES];
	uint32_t line, column;	  /* of the call, or of the definition */
	uint32_t definition_line; /* 0: unknown */
	bool exact;		  /* line and column are of the call */
	bool earlier; /* only if a function of JavaScript was called: else that may be further on */
	bool runtime; /* node:internal/... */
	bool mapped;  /* its text names a source map: it may be made of another */
	bool optimized, inlined;
	/* Of a frame of the interpreter's: whether its bytecode is one that has a line, as a call has. */
	bool tested, fits;
};

/*
 * Calls `each` for the functions that the frame stands for, innermost first: several if the compiler
 * inlined some, none if it is a builtin. 0, or -EFAULT if it is no frame that can be read: then `each`
 * was not called, or not for the outer ones.
 */
int v8_decode(const struct v8_reader *r, const struct v8_frame *f,
	      void (*each)(void *context, const struct v8_place *place), void *context);

/*
 * The same of a function that waits (v8_async.h): the line is that of its `await`, or of the definition of one
 * that is to be called.
 */
struct v8_waiting;
int v8_decode_waiting(const struct v8_reader *r, const struct v8_waiting *w,
		      void (*each)(void *context, const struct v8_place *place),
		      void *context);

/* Forgets the lines counted in scripts so far. */
void v8_script_forget(void);

/* The words that tell a function from another that V8 put at the same address later. */
#define V8_IDENTITY_WORDS 7
int v8_identity(const struct v8_reader *r, uint64_t function,
		uint64_t words[V8_IDENTITY_WORDS]);

#endif
