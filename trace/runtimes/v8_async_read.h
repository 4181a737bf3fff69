/* SPDX-License-Identifier: Apache-2.0 */
/*
 * V8's objects as data: words, types and functions, by copies that cannot fault. For the two that follow them,
 * v8_async.c and v8_async_callbacks.c.
 */
#ifndef TRACE_V8_ASYNC_READ_H
#define TRACE_V8_ASYNC_READ_H

#include <stddef.h>

#include "trace/ground/checked.h"
#include "trace/runtimes/v8_async.h"

#define ASYNC_AT_ONCE	     32 /* objects */
#define ASYNC_NO_TYPE	     0xffff
#define ASYNC_MAP_BYTES	     16
#define ASYNC_FUNCTION_WORDS (V8_FUNCTION_BYTES / 8)
#define ADDRESS_END	     (UINT64_C(1) << 56)

static inline bool
async_is_object(uint64_t word)
{
	return (word & 3) == 1 && word < ADDRESS_END;
}

static inline bool
async_is_smi(uint64_t word)
{
	return (word & 0xffffffff) == 0;
}

static inline int32_t
async_smi(uint64_t word)
{
	return (int32_t)(word >> 32);
}

static inline bool
async_read_words(uint64_t object, uint64_t *to, size_t n)
{
	return async_is_object(object) && checked_peek(object - 1, to, 8 * n);
}

/* The types of objects whose maps are known: ASYNC_NO_TYPE of what cannot be read. */
void async_read_types(const struct v8_async *a, const uint64_t *maps, size_t n,
		      uint16_t *types);

uint16_t async_type_of(const struct v8_async *a, uint64_t object);

/* Reads an object that must be of that type. */
bool async_read_typed(const struct v8_async *a, uint64_t object, int32_t type,
		      uint64_t *to, size_t n);

/* What a reaction's or a task's handler is. */
struct async_handler {
	uint64_t shared;
	bool builtin;
	uint64_t context, native; /* its own, and the one before */
	uint64_t generator;	  /* what it resumes, */
	bool is_function;	  /* an async function, no async generator; */
	uint64_t promise;	  /* or the promise that it resolves; 0: none */
};

/* What the function, of a reaction, a task or a property, is; false: it is none. */
bool async_read_handler(const struct v8_async *a, uint64_t function,
			struct async_handler *h);

/* That function of a script, which is called when all is done. */
struct v8_waiting async_callback(const struct v8_async *a, uint64_t shared);

#endif
