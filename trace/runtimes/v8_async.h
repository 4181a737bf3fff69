/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who waits for the work that V8 does now: from the microtask that runs, along the promises that wait for
 * it, to the async functions that are suspended at an `await`. As V8's own async stack traces go, but read
 * as data, by copies that cannot fault, without a lock and without a call into V8. What does not have the
 * type that it should have ends the chain: nothing is guessed.
 */
#ifndef TRACE_V8_ASYNC_H
#define TRACE_V8_ASYNC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "trace/runtimes/v8_layout.h"

#define V8_MAX_ASYNC	  16 /* frames of a chain */
#define V8_FUNCTION_BYTES 64 /* of a function that are read */

/* Types and places that only chains need; `root` is searched when a microtask runs. */
struct v8_async {
	const struct v8_layout *layout;
	bool known; /* all that follows is of this version */
	int32_t function_context, handler;
	int32_t type_promise, type_reaction, type_capability, type_fulfill, type_reject;
	int32_t type_function, type_generator, type_request;
	int32_t uncompiled_start, types_uncompiled[4];
	_Atomic int32_t root,
		searches; /* the microtask that runs, from the isolate on; 0: not found */
};

/* A function that waits. */
struct v8_waiting {
	uint64_t shared;
	int32_t offset; /* of the bytecode that suspended it, -1: it is called when all is done */
	int32_t start; /* its position in the script if it was never compiled, else 0 */
};

/* `l` must stay. */
void v8_async_init(struct v8_async *a, const struct v8_layout *l,
		   const struct weir_symtab *t);

/*
 * The functions that wait for what the isolate, which is the calling thread's, does now, innermost first;
 * how many. At most 16 links of 8 reads each; a search, of which there are 64 at most, takes 0.2 ms.
 */
uint32_t v8_async_chain(struct v8_async *a, uint64_t isolate,
			struct v8_waiting to[V8_MAX_ASYNC]);

/*
 * The functions of scripts that are properties of an object, or of an object that is one: where a request of the
 * runtime's keeps its callback. At most 16 properties each are looked at.
 */
uint32_t v8_async_callbacks(const struct v8_async *a, uint64_t object,
			    struct v8_waiting to[V8_MAX_ASYNC]);

#endif
