/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which closure of a builtin is which is told by what its context holds: the numbers of builtins change with each
 * version.
 */
#include "trace/runtimes/v8_async_read.h"

#include <string.h>

#define FIELD_FUNCTION_DATA 8 /* of a SharedFunctionInfo */

/* A context's slots begin with its scope, the one before and its extension. */
enum {
	CONTEXT_LENGTH = 1,
	CONTEXT_PREVIOUS = 3,
	CONTEXT_EXTENSION,
	CONTEXT_NEXT,
	CONTEXT_LAST,
	CONTEXT_WORDS,
	CAPABILITY_PROMISE = 1,
};

void
async_read_types(const struct v8_async *a, const uint64_t *maps, size_t n,
		 uint16_t *types)
{
	uint8_t bytes[ASYNC_AT_ONCE][ASYNC_MAP_BYTES];
	uint64_t at[ASYNC_AT_ONCE];

	for (size_t i = 0; i < n; i++) {
		at[i] = async_is_object(maps[i]) ? maps[i] - 1 : 0;
		types[i] = ASYNC_NO_TYPE;
	}
	for (size_t i = 0; i < n; i++) {
		size_t got = checked_peek_many(at + i, n - i, ASYNC_MAP_BYTES, bytes);

		for (size_t k = 0; k < got; k++)
			memcpy(&types[i + k], bytes[k] + a->layout->map_type,
			       sizeof(types[0]));
		i += got;
	}
}

uint16_t
async_type_of(const struct v8_async *a, uint64_t object)
{
	uint64_t map;
	uint16_t type = ASYNC_NO_TYPE;

	if (async_read_words(object, &map, 1))
		async_read_types(a, &map, 1, &type);
	return type;
}

bool
async_read_typed(const struct v8_async *a, uint64_t object, int32_t type, uint64_t *to,
		 size_t n)
{
	uint16_t is = ASYNC_NO_TYPE;

	if (async_read_words(object, to, n))
		async_read_types(a, to, 1, &is);
	return is == type;
}

static bool
has_script(const struct v8_async *a, uint64_t shared)
{
	uint64_t script;

	return !checked_peek(shared - 1 + (uint64_t)a->layout->shared_script, &script,
			     8) ||
	       async_type_of(a, script) == a->layout->type_script;
}

/* By the objects in the closure's context, whose first own slot is the extension's. */
static void
read_builtin(const struct v8_async *a, uint64_t context, struct async_handler *h)
{
	uint64_t c[CONTEXT_WORDS], slots[2], maps[2], capability[2];
	uint16_t types[2];

	if (!async_read_words(context, c, CONTEXT_WORDS) ||
	    !async_is_smi(c[CONTEXT_LENGTH]) || async_smi(c[CONTEXT_LENGTH]) < 3)
		return;
	h->context = context;
	h->native = c[CONTEXT_PREVIOUS];
	slots[0] = c[CONTEXT_EXTENSION];
	slots[1] = async_smi(c[CONTEXT_LENGTH]) > 3 ? c[CONTEXT_NEXT] : 0;
	for (int i = 0; i < 2; i++)
		if (!async_read_words(slots[i], &maps[i], 1))
			maps[i] = 0;
	async_read_types(a, maps, 2, types);
	if (types[0] == a->type_function || types[0] == a->type_generator) {
		h->generator = slots[0];
		h->is_function = types[0] == a->type_function;
	} else if (types[0] == a->type_promise && async_smi(c[CONTEXT_LENGTH]) > 3) {
		h->promise = slots[0];
	} else if (types[1] == a->type_capability &&
		   async_read_words(slots[1], capability, 2)) {
		h->promise = capability[CAPABILITY_PROMISE];
	}
}

bool
async_read_handler(const struct v8_async *a, uint64_t function, struct async_handler *h)
{
	const struct v8_layout *l = a->layout;
	uint64_t f[ASYNC_FUNCTION_WORDS];
	uint16_t type = ASYNC_NO_TYPE;

	memset(h, 0, sizeof(*h));
	if (async_read_words(function, f, ASYNC_FUNCTION_WORDS))
		async_read_types(a, f, 1, &type);
	if (type < l->type_function || type > l->type_function_last)
		return false;
	h->shared = f[l->function_shared / 8];
	if (async_type_of(a, h->shared) != l->type_shared)
		return false;
	h->builtin = !has_script(a, h->shared);
	if (h->builtin)
		read_builtin(a, f[a->function_context / 8], h);
	return true;
}

/* What is there instead of bytecode knows where the function begins. */
struct v8_waiting
async_callback(const struct v8_async *a, uint64_t shared)
{
	struct v8_waiting w = {.shared = shared, .offset = -1};
	uint64_t data;

	if (!checked_peek(shared - 1 + FIELD_FUNCTION_DATA, &data, 8))
		return w;
	uint16_t type = async_type_of(a, data);
	for (int i = 0; i < 4; i++)
		if (type == a->types_uncompiled[i])
			checked_peek(data - 1 + (uint64_t)a->uncompiled_start, &w.start,
				     sizeof(w.start));
	return w;
}
