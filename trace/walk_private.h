/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the walker share: the calling thread's stack, and the words of a raw stack.
 *
 * A frame of native code is one word, its return address. A frame of V8's is that address with
 * WALK_V8 set and the words of V8's frame that name the function, unread: only the decoder, with
 * checked reads, follows them. A frame of CPython's follows the native one of its evaluation loop.
 */
#ifndef TRACE_WALK_PRIVATE_H
#define TRACE_WALK_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#define WALK_V8		 (UINT64_C(1) << 63)
#define WALK_BYTECODE	 (UINT64_C(1) << 62) /* two more: bytecode array, offset */
#define WALK_PYTHON	 (UINT64_C(1) << 61) /* code object; two more: instruction, identity */
#define WALK_CODE	 (UINT64_C(1) << 60) /* the address alone says which function it is */
#define WALK_PC(word)	 ((word) & (WALK_CODE - 1))
#define WALK_FRAME_WORDS 4

/* The calling thread's stack around `sp`: false if nobody knows where it ends. */
bool walk_stack_end(uintptr_t sp, uintptr_t *end);

/* Looks at the runtime, once; true: just now. A thread that comes meanwhile goes on without. */
bool walk_look(void);

/* Whether frames of V8 are to be taken as such. */
bool walk_reads_v8(void);

/* The same of CPython's. */
bool walk_reads_python(void);

/* The memory that decoders read, under the trace's lock. */
struct checked *walk_memory(void);

/* The reader of V8's frames, under the trace's lock. */
const struct v8_reader *walk_v8(void);

/* Told of each stack with frames of V8: whether one of them could be read with its script. */
void walk_judge(bool readable);

/* Told of the return address of a frame that is a builtin's own: its function has no script. */
void walk_scriptless(uint64_t pc);

#endif
