/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chains of promises in memory made here as V8 lays it out, with the constants of no version: who waits is found,
 * and nothing is said where something is not as it should be.
 */
#include <string.h>

#include "tests/tap.h"
#include "trace/runtimes/v8_async.h"

enum type {
	MAP = 1,
	FUNCTION,
	SHARED,
	SCRIPT,
	PROMISE,
	REACTION,
	CAPABILITY,
	FULFILL,
	REJECT,
	ASYNC_FUNCTION,
	ASYNC_GENERATOR,
	REQUEST,
	CONTEXT,
	ODDBALL,
	UNCOMPILED,
	TYPES
};
#define HEADER 50 /* of a bytecode array */

static uint64_t heap[4096], maps[TYPES];
static size_t used;
static uint64_t isolate[8192]; /* as far as it is searched, and more */
static struct v8_layout layout;
static struct v8_async async;
static struct v8_waiting waiting[V8_MAX_ASYNC];

static uint64_t *
words(uint64_t object)
{
	return (uint64_t *)(uintptr_t)(object - 1);
}

static uint64_t
make(enum type type, size_t n)
{
	uint64_t object = (uintptr_t)&heap[used] + 1;

	used += n;
	words(object)[0] = maps[type];
	return object;
}

static uint64_t
smi(int32_t value)
{
	return (uint64_t)(uint32_t)value << 32;
}

static void
begin(int32_t handler)
{
	memset(heap, 0, sizeof(heap));
	memset(isolate, 0, sizeof(isolate));
	used = 0;
	for (int i = MAP; i < TYPES; i++) {
		uint16_t type = (uint16_t)i;

		maps[i] = make(MAP, 4);
		memcpy((char *)words(maps[i]) + 12, &type, sizeof(type));
	}
	layout = (struct v8_layout){.map_type = 12,
				    .function_shared = 24,
				    .shared_script = 32,
				    .type_function = FUNCTION,
				    .type_function_last = FUNCTION,
				    .type_shared = SHARED,
				    .type_script = SCRIPT,
				    .bytecode_data = HEADER};
	memset(&async, 0, sizeof(async));
	async.layout = &layout;
	async.known = true;
	async.function_context = 32;
	async.handler = handler;
	async.type_promise = PROMISE;
	async.type_reaction = REACTION;
	async.type_capability = CAPABILITY;
	async.type_fulfill = FULFILL;
	async.type_reject = REJECT;
	async.type_function = ASYNC_FUNCTION;
	async.type_generator = ASYNC_GENERATOR;
	async.type_request = REQUEST;
	async.uncompiled_start = 16;
	for (int i = 0; i < 4; i++)
		async.types_uncompiled[i] = UNCOMPILED;
}

static uint64_t
function(bool script, uint64_t context)
{
	uint64_t f = make(FUNCTION, 8), shared = make(SHARED, 8);

	words(shared)[4] = make(script ? SCRIPT : ODDBALL, 4);
	words(f)[3] = shared;
	words(f)[4] = context;
	return f;
}

static uint64_t
promise(void)
{
	uint64_t p = make(PROMISE, 6);

	words(p)[4] = smi(4);
	return p;
}

/* An async function that is suspended there. */
static uint64_t
generator(int32_t offset)
{
	uint64_t g = make(ASYNC_FUNCTION, 12);

	words(g)[3] = function(true, 0);
	words(g)[6] = smi(HEADER - 1 + offset);
	words(g)[8] = smi(1);
	words(g)[10] = promise();
	return g;
}

static uint64_t
shared_of(uint64_t g)
{
	return words(words(g)[3])[3];
}

static uint64_t
promise_of(uint64_t g)
{
	return words(g)[10];
}

/* A builtin closure with these two in its context. */
static uint64_t
closure(uint64_t first, uint64_t second, int32_t length)
{
	uint64_t c = make(CONTEXT, 8);

	words(c)[1] = smi(length);
	words(c)[3] = make(CONTEXT, 4);
	words(c)[4] = first;
	words(c)[5] = second;
	return function(false, c);
}

static void
react(uint64_t to, uint64_t handler, uint64_t settles)
{
	uint64_t r = make(REACTION, 6), *w = words(r) + async.handler / 8;

	w[0] = handler;
	w[1] = settles != 0 ? settles : make(ODDBALL, 2);
	w[-1] = make(ODDBALL, 2);
	w[-2] = 0;
	if (async.handler == 32)
		w[-3] = make(ODDBALL, 2);
	words(to)[3] = r;
}

static void
await(uint64_t to, uint64_t g)
{
	react(to, closure(g, 0, 3), 0);
}

/* That one runs now. */
static uint64_t
run(uint64_t g)
{
	uint64_t f = closure(g, 0, 3), task = make(FULFILL, 6);

	words(g)[8] = smi(-2);
	words(task)[async.handler / 8] = f;
	words(task)[async.handler / 8 - 1] = words(f)[4];
	isolate[777] = task;
	return task;
}

static uint32_t
chain(void)
{
	return v8_async_chain(&async, (uintptr_t)isolate, waiting);
}

TEST(functions_that_wait_for_each_other)
{
	for (int32_t handler = 24; handler <= 32; handler += 8) {
		begin(handler);
		uint64_t inner = generator(7), middle = generator(30),
			 outer = generator(12);

		CHECK_EQ(chain(), 0);
		run(inner);
		CHECK_EQ(chain(), 0);
		await(promise_of(inner), middle);
		await(promise_of(middle), outer);
		CHECK_EQ(chain(), 2);
		CHECK_EQ(async.root, 777 * 8);
		CHECK_EQ(waiting[0].shared, shared_of(middle));
		CHECK_EQ(waiting[0].offset, 30);
		CHECK_EQ(waiting[1].shared, shared_of(outer));
		CHECK_EQ(waiting[1].offset, 12);
	}
}

TEST(promises_between_them)
{
	begin(32);
	uint64_t inner = generator(7), outer = generator(12);
	uint64_t all = promise(), resolved = promise(), then = promise(),
		 last = promise();
	uint64_t capability = make(CAPABILITY, 4);

	words(capability)[1] = all;
	run(inner);
	react(promise_of(inner), closure(0, capability, 5), 0);
	react(all, closure(resolved, make(ODDBALL, 2), 5), 0);
	react(resolved, make(ODDBALL, 2), then);
	uint64_t called = function(true, 0);
	react(then, called, last);
	await(last, outer);
	CHECK_EQ(chain(), 2);
	CHECK_EQ(waiting[0].shared, words(called)[3]);
	CHECK_EQ(waiting[0].offset, -1);
	CHECK_EQ(waiting[0].start, 0);
	CHECK_EQ(waiting[1].shared, shared_of(outer));
	/* One that was never compiled knows where it begins. */
	uint64_t data = make(UNCOMPILED, 4);
	int32_t start = 345;
	memcpy((char *)words(data) + 16, &start, sizeof(start));
	words(words(called)[3])[1] = data;
	CHECK_EQ(chain(), 2);
	CHECK_EQ(waiting[0].start, 345);
}

TEST(async_generators_have_requests)
{
	begin(24);
	uint64_t inner = generator(7), outer = generator(12), request = make(REQUEST, 6);

	words(inner)[0] = maps[ASYNC_GENERATOR];
	words(request)[4] = promise();
	words(inner)[10] = request;
	run(inner);
	await(words(request)[4], outer);
	CHECK_EQ(chain(), 1);
	words(request)[0] = maps[ODDBALL];
	CHECK_EQ(chain(), 0);
}

TEST(nothing_is_guessed)
{
	begin(32);
	uint64_t inner = generator(7), outer = generator(12);
	uint64_t task = run(inner);

	await(promise_of(inner), outer);
	CHECK_EQ(chain(), 1);
	words(promise_of(inner))[4] = smi(5); /* settled */
	CHECK_EQ(chain(), 0);
	words(promise_of(inner))[4] = smi(4);
	uint64_t reaction = words(promise_of(inner))[3];
	words(reaction)[2] = make(REACTION, 6); /* another one waits as well */
	CHECK_EQ(chain(), 0);
	words(reaction)[2] = 0;
	words(outer)[8] = smi(-2); /* it runs, so it does not wait */
	CHECK_EQ(chain(), 0);
	words(outer)[8] = smi(1);
	words(inner)[8] = smi(3); /* it does not run */
	CHECK_EQ(chain(), 0);
	words(inner)[8] = smi(-2);
	CHECK_EQ(chain(), 1);
	words(task)[3] = make(CONTEXT, 4); /* of another realm */
	CHECK_EQ(chain(), 0);
	words(task)[0] = maps[ODDBALL]; /* no task */
	CHECK_EQ(chain(), 0);
	words(task)[0] = 0x1001; /* its map is nowhere */
	CHECK_EQ(chain(), 0);
	async.known = false;
	CHECK_EQ(chain(), 0);
}

TEST(what_refers_to_itself_ends)
{
	begin(32);
	uint64_t inner = generator(7), outer = generator(12);

	run(inner);
	await(promise_of(inner), outer);
	words(outer)[10] = promise_of(inner);
	CHECK_EQ(chain(), V8_MAX_ASYNC);
	react(promise_of(inner), make(ODDBALL, 2), promise_of(inner));
	CHECK_EQ(chain(), 0);
}

TEST(two_that_look_like_what_runs_are_none)
{
	begin(32);
	uint64_t inner = generator(7), outer = generator(12);

	isolate[99] = run(inner);
	await(promise_of(inner), outer);
	CHECK_EQ(chain(), 0);
	CHECK_EQ(async.root, 0);
	isolate[99] = 0;
	CHECK_EQ(chain(), 1);
}

#define TAP_TESTS                                                                        \
	T(functions_that_wait_for_each_other)                                            \
	T(promises_between_them)                                                         \
	T(async_generators_have_requests)                                                \
	T(nothing_is_guessed)                                                            \
	T(what_refers_to_itself_ends)                                                    \
	T(two_that_look_like_what_runs_are_none)
TAP_MAIN()
