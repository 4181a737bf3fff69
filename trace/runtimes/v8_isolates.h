/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which isolates there are, and whose thread is whose: a row each, used again once its thread has ended. V8 is
 * asked for nothing but which isolate is the calling thread's.
 */
#ifndef TRACE_V8_ISOLATES_H
#define TRACE_V8_ISOLATES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "trace/ground/symtab.h"

/* The function that is asked which it is; who exports it is a V8. */
#define V8_CURRENT "_ZN2v87Isolate13TryGetCurrentEv"

/* What V8 hands back to us is a number: of several given for one isolate only the newest counts. */
struct isolate {
	_Atomic(void *) address; /* NULL: a free row */
	_Atomic uintptr_t number;
	_Atomic pid_t tid; /* of its thread */
	_Atomic bool told; /* V8 tells its collections */
	_Atomic uint64_t heap_bytes, external_bytes;
	_Atomic uint64_t generation; /* of its objects: isolates_generation */
	uint32_t asked;		     /* by its thread */
};

/* False: this V8 does not tell. */
bool isolates_init(const struct weir_symtab *t);

/* What V8 names as the calling thread's, which may be one of its own helpers; NULL: none, or no V8. */
void *isolates_named(const struct weir_symtab *t);
void *isolates_current(void);

/* Whether that is known to be the calling thread's; what was walked before may read better if it is a new one. */
bool isolates_is_new(void *address);

/* The maps have been read: of what runs JavaScript, its code is among them, and is_new is over. */
void isolates_are_mapped(void);

/* The calling thread's row, made if there is none: NULL: it is nobody's, or there is no room. */
struct isolate *isolates_enter(void *address, pid_t tid);

/* The calling thread's, if it has been seen to be its own. */
struct isolate *isolates_own(void);
void *isolates_own_address(void);

/* The row of an isolate, NULL: it has none, or what V8 was given for it is not the newest. */
struct isolate *isolates_row(void *address, uintptr_t number);

/* 1, 2, ... in order of appearance; 0: none. */
uint32_t isolates_number(const struct isolate *i);

/* That of the process's first thread; where that runs no script, the first that was seen. */
bool isolates_is_main(const struct isolate *i);

/* The thread runs JavaScript: it is none of V8's helpers. */
void isolates_runs_js(void);
bool isolates_runs_js_here(void); /* it was seen to */
bool isolates_is_owner(pid_t tid);

/* Of all of them, together. */
void isolates_sum(uint64_t *heap_bytes, uint64_t *external_bytes);

/*
 * For how long equal words on this thread mean the same stack, and equal addresses the same objects. What
 * tells V8's frames apart, code and bytecode, is old from birth: a minor GC, of which a server has one for
 * each large buffer, neither moves it nor gives its place to another. Where collections are not told (yet)
 * it is another number each time, and nothing is remembered. Of the thread's isolate alone: another's collection
 * moves nothing of it. After the walk: that says who runs JavaScript.
 */
uint64_t isolates_generation(void);
#define ISOLATES_NO_GENERATION (UINT64_C(1) << 63)

/* What isolates held whose thread has ended is history. Now and then, by one at a time. */
void isolates_forget_ended(void);

void isolates_after_fork(void);

#endif
