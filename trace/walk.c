/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk itself: from frame pointer to frame pointer within the thread's stack, which is all that
 * it reads. No lock, no table, no object of the runtime's: about 0.1 us.
 */
#include "trace/walk.h"

#include <stddef.h>

#include "trace/code.h"
#include "trace/walk_private.h"

/* V8's frames, from the frame pointer: the same in all versions known, see trace/v8_layout.c. */
#define V8_CONTEXT  (-1)
#define V8_FUNCTION (-2)
#define V8_BYTECODE (-4)
#define V8_OFFSET   (-5)

static bool
is_object(uint64_t word)
{
	return (word & 3) == 1;
}

static bool
is_small_integer(uint64_t word)
{
	return (word & 0xffffffff) == 0;
}

/*
 * A frame that V8 marks as a stub's has a small integer where others have their context. The
 * builtins' are left out: they stand between a function and what it called.
 */
static uint32_t
take_v8(uint64_t *words, const uint64_t *fp, uint64_t pc, bool builtin)
{
	if (!is_object(fp[V8_CONTEXT])) {
		words[0] = pc;
		return builtin ? 0 : 1;
	}
	words[0] = pc | WALK_V8;
	words[1] = fp[V8_FUNCTION];
	/* Only the interpreter, a builtin, keeps these there; others keep what varies. */
	if (!builtin || !is_object(fp[V8_BYTECODE]) || !is_small_integer(fp[V8_OFFSET]))
		return 2;
	words[0] |= WALK_BYTECODE;
	words[2] = fp[V8_BYTECODE];
	words[3] = fp[V8_OFFSET];
	return 4;
}

static int
v8_span(const struct code_v8 *v8, uint64_t pc)
{
	for (uint32_t i = 0; i < v8->n; i++)
		if (code_in(&v8->spans[i], pc))
			return (int)i;
	return -1;
}

/* Two chains, since each step waits for its multiplication. */
static uint64_t
hash_of(const uint64_t *words, uint32_t n)
{
	uint64_t a = 0x9e3779b97f4a7c15, b = n;

	for (uint32_t i = 0; i + 1 < n; i += 2) {
		a = (a ^ words[i]) * 0xd6e8feb86659fd93;
		b = (b ^ words[i + 1]) * 0x9fb21c651e98df25;
	}
	if (n % 2 != 0)
		a = (a ^ words[n - 1]) * 0xd6e8feb86659fd93;
	a ^= a >> 32;
	b = (b ^ b >> 29) * 0x94d049bb133111eb;
	a = (a ^ b) * 0xbf58476d1ce4e5b9;
	a ^= a >> 31;
	return a != 0 ? a : 1;
}

/* Whether a return address ends a stack: in the code that starts programs and threads. */
static bool
is_start(uint64_t pc)
{
	static _Atomic uint64_t start, end;

	if (pc - start < end - start)
		return true;
	const struct code_module *m = code_module_named("libc.so");
	if (m == NULL)
		return false;
	end = m->record.end;
	start = m->record.start;
	return pc - start < end - start;
}

void
walk_take(struct walk_raw *raw, uintptr_t fp, uintptr_t pc)
{
	static const struct code_v8 none;

	walk_look();
	const struct code_v8 *v8 = walk_reads_v8() ? code_v8() : &none;
	uintptr_t end;
	uint32_t n = 0, depth = 0;

	raw->truncated = 1;
	raw->words[n++] = pc;
	if (walk_stack_end(fp, &end)) {
		/* The first frame is of the function called: what called it has its pc there. */
		for (n = 0, depth = 0; depth < WEIR_TRACE_MAX_DEPTH; depth++) {
			uintptr_t last = fp;
			int span;

			fp = *(const uintptr_t *)last;
			if (fp <= last || fp + 16 > end || (fp & 7) != 0) {
				raw->words[n++] = pc;
				raw->truncated = fp != 0 && !is_start(pc);
				break;
			}
			span = v8_span(v8, pc);
			if (span >= 0)
				n += take_v8(&raw->words[n], (const uint64_t *)fp, pc,
					     v8->builtins >> span & 1);
			else
				raw->words[n++] = pc;
			pc = ((const uintptr_t *)fp)[1];
			if (pc == 0) {
				raw->truncated = 0;
				break;
			}
		}
	}
	raw->n_words = n;
	raw->hash = hash_of(raw->words, n);
}
