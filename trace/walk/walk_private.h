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
#include <stddef.h>
#include <stdint.h>

#include "trace/runtimes/v8.h"
#include "trace/walk/walk.h"
#include "weir/trace.h"

#define WALK_V8		 (UINT64_C(1) << 63)
#define WALK_BYTECODE	 (UINT64_C(1) << 62) /* two more: bytecode array, offset */
#define WALK_PYTHON	 (UINT64_C(1) << 61) /* code object; two more: instruction, identity */
#define WALK_CODE	 (UINT64_C(1) << 60) /* the address alone says which function it is */
#define WALK_PC(word)	 ((word) & (WALK_CODE - 1))
#define WALK_FRAME_WORDS 4

/* The words of a frame of V8 from words[i] on; the index after them. */
static inline uint32_t
walk_frame_at(const struct walk_raw *raw, uint32_t i, struct v8_frame *f)
{
	uint64_t word = raw->words[i++];

	*f = (struct v8_frame){.pc = WALK_PC(word), .function = raw->words[i++]};
	if ((word & WALK_BYTECODE) != 0) {
		f->bytecode = raw->words[i++];
		f->offset = raw->words[i++];
	}
	return i;
}

/*
 * What a walk reads: words of the calling thread's stack, from its own frame upwards. No load of it can
 * fault, wherever a frame pointer that is none may point.
 */
struct walk_stack {
	uint64_t low, end;	   /* nothing else is read */
	uint64_t known, known_end; /* pages that were seen to be readable in this walk */
	bool own;  /* the stack that the C library made: it stays while we run on it */
	bool sure; /* each step so far went by a table or by V8's rules, none by a guess */
};

/* `fp`: of a frame of the caller's thread, which is live. */
void walk_stack_begin(struct walk_stack *s, uintptr_t fp);

/* The top of the calling thread's own stack, known to be readable from `fp` up; 0: it is another one, or not known. */
uintptr_t walk_stack_own_top(uintptr_t fp);

/* So many words from there on, where they lie or copied to `room`; NULL if they cannot be read. */
const uint64_t *walk_stack_doubted(struct walk_stack *s, uint64_t from, unsigned n,
				   uint64_t *room);

static inline const uint64_t *
walk_stack_read(struct walk_stack *s, uint64_t from, unsigned n, uint64_t *room)
{
	if (from % 8 != 0 || from < s->low || from > s->end - 8 * n)
		return NULL;
	return s->own && s->sure ? (const uint64_t *)(uintptr_t)from
				 : walk_stack_doubted(s, from, n, room);
}

/* Looks at the runtime, once; true: just now. A thread that comes meanwhile goes on without. */
bool walk_look(void);

bool walk_has_looked(void);

/* What it found does not hold: this tier is left, for this reason, a text that stays. Under the trace's lock. */
void walk_lower(enum weir_trace_tier tier, const char *reason);

/* Whether frames of V8 are to be taken as such. */
bool walk_reads_v8(void);

/* The same of CPython's. */
bool walk_reads_python(void);

/* The memory that decoders read, under the trace's lock. */
struct checked *walk_memory(void);

/* The reader of V8's frames, under the trace's lock. */
const struct v8_reader *walk_v8(void);

/* What waits for what the calling thread's JavaScript does now, innermost first; how many. */
struct v8_waiting;
struct v8_layout;
struct weir_symtab;
void walk_waiting_init(const struct v8_layout *l, const struct weir_symtab *t);
uint32_t walk_waiting(struct v8_waiting *to);

/* The functions of scripts that this object has, or an object of its; how many. */
uint32_t walk_callbacks(uint64_t object, struct v8_waiting *to);

/* The self-test of lines, on the first stacks, until it is decided; whether lines may be called exact. */
void walk_try_lines(const struct walk_raw *raw);
bool walk_lines_fit(void);

/* Told of each stack with frames of V8: whether one of them could be read with its script. */
void walk_judge(bool readable);

/* Told of the return address of a frame that is a builtin's own: its function has no script. */
void walk_scriptless(uint64_t pc);

#endif
