/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A promise that is pending has reactions; what waits with `await` is a reaction whose handler is a builtin
 * closure with the suspended function in its context. Those of Promise.all, and the functions that resolve
 * another promise, have that promise there.
 */
#include "trace/runtimes/v8_async.h"

#include "trace/runtimes/v8_async_read.h"

#define MAX_LINKS 32 /* promises on the way, most of which show no function */
#define SEARCHES  64
#define SEARCHED  32768 /* bytes of an isolate: its roots are at the begin */
#define EXECUTING (-2)

/* Words of V8's objects. */
enum {
	PROMISE_REACTIONS = 3,
	PROMISE_FLAGS,
	PROMISE_WORDS,
	REACTION_WORDS = 6,
	TASK_WORDS = 6,
	GENERATOR_FUNCTION = 3,
	GENERATOR_OFFSET = 6,
	GENERATOR_CONTINUATION = 8,
	GENERATOR_PROMISE = 10, /* of an async generator: its requests */
	GENERATOR_WORDS,
	REQUEST_PROMISE = 4,
	REQUEST_WORDS,
};
#define STATUS_MASK 3 /* of a promise's flags; 0: pending */

/* What an async function, or the oldest request of an async generator, is to settle. */
static uint64_t
promise_of(const struct v8_async *a, const uint64_t g[GENERATOR_WORDS], bool is_function)
{
	uint64_t request[REQUEST_WORDS];

	if (is_function)
		return g[GENERATOR_PROMISE];
	return async_read_typed(a, g[GENERATOR_PROMISE], a->type_request, request,
				REQUEST_WORDS)
		       ? request[REQUEST_PROMISE]
		       : 0;
}

/* False: it does not wait. */
static bool
read_waiting(const uint64_t g[GENERATOR_WORDS], int32_t data, uint64_t shared,
	     struct v8_waiting *to)
{
	if (!async_is_smi(g[GENERATOR_CONTINUATION]) ||
	    async_smi(g[GENERATOR_CONTINUATION]) < 0 ||
	    !async_is_smi(g[GENERATOR_OFFSET]))
		return false;
	/* As in a frame of the interpreter's: from the bytecode array's begin on. */
	*to = (struct v8_waiting){.shared = shared,
				  .offset = async_smi(g[GENERATOR_OFFSET]) - (data - 1)};
	return to->offset >= 0;
}

/* The only one that waits for a promise: its handler, and the promise that it settles; false: none, or many. */
static bool
read_reaction(const struct v8_async *a, uint64_t promise, uint64_t *handler,
	      uint64_t *settled)
{
	uint64_t p[PROMISE_WORDS], reaction[REACTION_WORDS];
	int first = a->handler / 8 - 2; /* the next reaction, then the two handlers */

	if (!async_read_typed(a, promise, a->type_promise, p, PROMISE_WORDS) ||
	    !async_is_smi(p[PROMISE_FLAGS]) ||
	    (async_smi(p[PROMISE_FLAGS]) & STATUS_MASK) != 0 ||
	    !async_read_typed(a, p[PROMISE_REACTIONS], a->type_reaction, reaction,
			      REACTION_WORDS) ||
	    !async_is_smi(reaction[first]))
		return false;
	*handler = reaction[first + 2];
	*settled = reaction[first + 3];
	return true;
}

/* One link outwards: the promise to go on with, 0: none. */
static uint64_t
step(const struct v8_async *a, uint64_t promise, struct v8_waiting *to, bool *waits)
{
	uint64_t handler, settled, g[GENERATOR_WORDS], f[ASYNC_FUNCTION_WORDS];
	struct async_handler h;

	*waits = false;
	if (!read_reaction(a, promise, &handler, &settled))
		return 0;
	if (!async_read_handler(a, handler, &h))
		return settled;
	if (!h.builtin) {
		*waits = true;
		*to = async_callback(a, h.shared);
		return settled;
	}
	if (h.promise != 0)
		return h.promise;
	if (h.generator == 0)
		return settled;
	if (!async_read_words(h.generator, g, GENERATOR_WORDS) ||
	    !async_read_words(g[GENERATOR_FUNCTION], f, ASYNC_FUNCTION_WORDS) ||
	    !read_waiting(g, a->layout->bytecode_data, f[a->layout->function_shared / 8],
			  to) ||
	    async_type_of(a, to->shared) != a->layout->type_shared)
		return 0;
	*waits = true;
	return promise_of(a, g, h.is_function);
}

static bool
is_task(const struct v8_async *a, uint16_t type)
{
	return type == a->type_fulfill || type == a->type_reject;
}

/* In so many words of an isolate: how many are tasks that run, and where the last one is. */
static unsigned
tasks_in(const struct v8_async *a, const uint64_t *words, int32_t *where)
{
	uint64_t maps[ASYNC_AT_ONCE];
	uint16_t types[ASYNC_AT_ONCE];
	unsigned n = 0;

	for (int i = 0; i < ASYNC_AT_ONCE; i++)
		if (!async_read_words(words[i], &maps[i], 1))
			maps[i] = 0;
	async_read_types(a, maps, ASYNC_AT_ONCE, types);
	for (int i = 0; i < ASYNC_AT_ONCE; i++) {
		if (!is_task(a, types[i]))
			continue;
		*where = 8 * i;
		n++;
	}
	return n;
}

/* Believed if there is just one: no other root holds such an object. */
static int32_t
search(struct v8_async *a, uint64_t isolate)
{
	uint64_t words[ASYNC_AT_ONCE];
	int32_t where, found = 0;
	unsigned n = 0;

	if (atomic_fetch_add(&a->searches, 1) >= SEARCHES) {
		atomic_store(&a->searches, SEARCHES);
		return 0;
	}
	for (int32_t at = 0; at < SEARCHED && n < 2; at += sizeof(words)) {
		if (!checked_peek(isolate + (uint64_t)at, words, sizeof(words)))
			break;
		unsigned more = tasks_in(a, words, &where);
		if (more > 0)
			found = at + where;
		n += more;
	}
	if (n != 1)
		return 0;
	atomic_store(&a->root, found);
	return found;
}

/* The promise that what runs now is to settle; 0: no microtask runs, or it settles none. */
static uint64_t
settled_now(struct v8_async *a, uint64_t isolate)
{
	uint64_t task, t[TASK_WORDS], g[GENERATOR_WORDS];
	int32_t root = atomic_load_explicit(&a->root, memory_order_relaxed);
	uint16_t type = ASYNC_NO_TYPE;
	struct async_handler h;

	if (root == 0 && (root = search(a, isolate)) == 0)
		return 0;
	if (!checked_peek(isolate + (uint64_t)root, &task, 8) ||
	    !async_read_words(task, t, TASK_WORDS))
		return 0;
	async_read_types(a, t, 1, &type);
	if (!is_task(a, type))
		return 0;
	if (!async_read_handler(a, t[a->handler / 8], &h) || !h.builtin ||
	    h.generator == 0)
		return h.promise != 0 ? h.promise : t[a->handler / 8 + 1];
	/* A task has the closure's context, or its realm's. */
	uint64_t context = t[a->handler / 8 - 1];
	if ((context != h.context && context != h.native) ||
	    !async_read_words(h.generator, g, GENERATOR_WORDS) ||
	    !async_is_smi(g[GENERATOR_CONTINUATION]) ||
	    async_smi(g[GENERATOR_CONTINUATION]) != EXECUTING)
		return 0;
	return promise_of(a, g, h.is_function);
}

uint32_t
v8_async_chain(struct v8_async *a, uint64_t isolate, struct v8_waiting to[V8_MAX_ASYNC])
{
	uint32_t n = 0;

	if (!a->known || isolate == 0)
		return 0;
	uint64_t promise = settled_now(a, isolate);
	for (int i = 0; i < MAX_LINKS && promise != 0 && n < V8_MAX_ASYNC; i++) {
		bool waits;

		promise = step(a, promise, &to[n], &waits);
		n += waits;
	}
	return n;
}
