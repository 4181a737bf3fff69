/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPython's frames from its own structures, which differ from version to version: known are those of
 * 3.11 to 3.13. One frame of machine code, of the evaluation loop, stands for several of Python's.
 * Everything is read with checks; nothing of CPython's is called but what names the thread's state.
 */
#ifndef TRACE_PYTHON_H
#define TRACE_PYTHON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/ground/checked.h"
#include "trace/ground/symtab.h"

struct python_layout {
	uint32_t version; /* 0x030b for 3.11 */
	uint16_t state_frame,
		cframe_frame; /* cframe_frame 0xffff: there is none between */
	uint16_t frame_code, frame_instruction, frame_previous;
	uint16_t frame_owner,
		frame_entry; /* frame_entry 0: entries are frames of C's own */
	uint16_t code_line, code_file, code_name, code_lines, code_start;
	uint16_t ascii, compact; /* where a string's characters are */
};

/* What a frame on the stack is, unread. */
struct python_frame {
	uint64_t code, instruction;
	uint64_t identity; /* changes if another function comes to lie there */
};

#define PYTHON_NAME_BYTES 256
#define PYTHON_FILE_BYTES 1024
struct python_place {
	char function[PYTHON_NAME_BYTES];
	char file[PYTHON_FILE_BYTES];
	uint32_t line, column; /* 0: unknown */
	uint32_t definition_line;
};

/* 0; -ENOENT: no CPython; -ENOTSUP: a version that is not known. *version is that of CPython. */
int python_init(const struct weir_symtab *t, uint32_t *version);

/* Whether this is a return address into the evaluation loop. Any thread. */
bool python_is_loop(uint64_t pc);

/*
 * A walk over the calling thread's frames: the next one, 0 at the end; and where reads go. To the buffer
 * that one walk has at a time, which with CPython's lock is each, or to a small one.
 */
#define PYTHON_ROOM  2560
#define PYTHON_SMALL 128
struct python_walk {
	uint64_t next;
	uint64_t start, end; /* of the bytes that are there */
	uint8_t *bytes;
	size_t room;
	uint8_t small[PYTHON_SMALL];
};
void python_begin(struct python_walk *w);
void python_end(struct python_walk *w);

/*
 * The next frame of the innermost run of the loop that has some left, without its identity. False: there
 * is none. *more becomes false with the last of a run.
 */
bool python_take(struct python_walk *w, struct python_frame *to, bool *more);

/* The identities of so many code objects, 0 where they cannot be read. */
#define PYTHON_AT_ONCE 32
void python_identify(struct python_walk *w, const uint64_t *codes, size_t n,
		     uint64_t *identities);

void python_after_fork(void);

/* 0, or -EFAULT if it is no code object. Under the lock of `m`. */
int python_decode(struct checked *m, const struct python_frame *f,
		  struct python_place *to);

/* The line and column of an offset in code units, by a location table (PEP 626, PEP 657). */
bool python_line(struct checked *m, uint64_t table, uint32_t bytes, uint32_t offset,
		 uint32_t *line, uint32_t *column);

#endif
