/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk itself: from frame pointer to frame pointer within the thread's stack, which is all that
 * it reads, and by unwind tables through native code that keeps none. No lock, no object of the
 * runtime's: about 0.1 us, once the code is known.
 */
#include "trace/walk.h"

#include <stdatomic.h>
#include <stddef.h>

#include "trace/code.h"
#include "trace/python.h"
#include "trace/unwind.h"
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
 * The return addresses within builtins whose functions were found to have no script. Such a frame
 * shows nothing, but each `await` makes a new function of one: left in, no two stacks of an
 * asynchronous program would be the same. Two that share a slot take turns in it.
 */
#define SCRIPTLESS 256
static _Atomic uint64_t scriptless[SCRIPTLESS];

static _Atomic uint64_t *
scriptless_slot(uint64_t pc)
{
	return &scriptless[(pc * 0x9e3779b97f4a7c15 >> 32) % SCRIPTLESS];
}

static bool
is_scriptless(uint64_t pc)
{
	return atomic_load_explicit(scriptless_slot(pc), memory_order_relaxed) == pc;
}

void
walk_scriptless(uint64_t pc)
{
	atomic_store_explicit(scriptless_slot(pc), pc, memory_order_relaxed);
}

/*
 * A frame of V8 has the context of its function below the frame pointer; one that is not a
 * function's (a stub, an entry, an exit) has a small integer there. Of builtins those are left out:
 * they stand between a function and what it called.
 */
static uint32_t
take_v8(uint64_t *words, const uint64_t *fp, uint64_t pc, bool builtin)
{
	if (!is_object(fp[V8_CONTEXT])) {
		words[0] = pc;
		return builtin ? 0 : 1;
	}
	words[1] = fp[V8_FUNCTION];
	if (!builtin) {
		words[0] = pc | WALK_V8 | WALK_CODE;
		return 2;
	}
	if (is_scriptless(pc))
		return 0;
	/* The interpreter is a builtin too. Others keep something else there. */
	if (is_object(fp[V8_BYTECODE]) && is_small_integer(fp[V8_OFFSET])) {
		words[0] = pc | WALK_V8 | WALK_BYTECODE;
		words[2] = fp[V8_BYTECODE];
		words[3] = fp[V8_OFFSET];
		return 4;
	}
	words[0] = pc | WALK_V8;
	return 2;
}

/* Two chains, since each step waits for its multiplication. A set bit of `but` leaves a word out. */
static uint64_t
hash_of(const uint64_t *words, uint32_t n, const uint64_t *but)
{
	uint64_t a = 0x9e3779b97f4a7c15, b = n;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t word = words[i] & ((but[i / 64] >> i % 64 & 1) - 1);

		if (i % 2 == 0)
			a = (a ^ word) * 0xd6e8feb86659fd93;
		else
			b = (b ^ word) * 0x9fb21c651e98df25;
	}
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

/* The frame at hand: where it goes on, its stack pointer and what its frame pointer holds. */
struct at {
	uint64_t pc, sp, fp, end;
	bool done;
};

static uint64_t
load(uint64_t address)
{
	return *(const uint64_t *)(uintptr_t)address;
}

static bool
within(const struct at *a, uint64_t address)
{
	return address >= a->sp && address <= a->end - 8 && (address & 7) == 0;
}

/* To the caller of a frame that has a frame pointer. False: it has none. */
static bool
step_by_fp(struct at *a)
{
	uint64_t fp = a->fp;

	if (!within(a, fp) || !within(a, fp + 8))
		return false;
	a->pc = load(fp + 8);
	a->fp = load(fp);
	a->sp = fp + 16;
	return true;
}

static bool
step_native(struct at *a)
{
	struct unwind_rule r = unwind_rule_at(a->pc);

	if (r.how == UNWIND_END) {
		a->done = true;
		return false;
	}
	if (r.how == UNWIND_UNKNOWN)
		return step_by_fp(a);
	uint64_t caller = (r.how == UNWIND_BY_SP ? a->sp : a->fp) + (uint64_t)r.offset;
	uint64_t saved = caller + (uint64_t)(int64_t)r.fp_offset;
	if (!within(a, caller - 8) || (r.fp_saved && !within(a, saved)))
		return false;
	a->pc = load(caller - 8);
	if (r.fp_saved)
		a->fp = load(saved);
	a->sp = caller;
	return true;
}

/* CPython's frames of one run of its evaluation loop; how many words. */
static uint32_t
take_python(uint64_t *words, struct python_walk *w, uint32_t max_frames)
{
	struct python_frame frames[WEIR_TRACE_MAX_DEPTH];
	size_t n = python_take(w, frames, max_frames);

	for (size_t i = 0; i < n; i++) {
		words[3 * i] = frames[i].code | WALK_PYTHON;
		words[3 * i + 1] = frames[i].instruction;
	}
	return (uint32_t)(3 * n);
}

/* What tells the code objects from later ones at the same addresses, read for all together. */
static void
identify_python(uint64_t *words, uint32_t n)
{
	uint64_t codes[PYTHON_AT_ONCE], identities[PYTHON_AT_ONCE];
	uint32_t at[PYTHON_AT_ONCE], n_codes = 0;

	for (uint32_t i = 0; i < n; i++) {
		if ((words[i] & WALK_PYTHON) != 0) {
			codes[n_codes] = WALK_PC(words[i]);
			at[n_codes++] = i + 2;
			i += 2;
		}
		if (n_codes == PYTHON_AT_ONCE || (i + 1 >= n && n_codes > 0)) {
			python_identify(codes, n_codes, identities);
			while (n_codes > 0) {
				n_codes--;
				words[at[n_codes]] = identities[n_codes];
			}
		}
	}
}

void
walk_take(struct walk_raw *raw, uintptr_t fp, uintptr_t pc)
{
	uint64_t closures[WALK_RAW_WORDS / 64 + 1] = {0}; /* words that may differ */
	static const struct code_v8 none;
	struct at a = {.pc = pc, .sp = fp + 16};
	struct python_walk python;
	bool in_python = false;
	uintptr_t end;
	uint32_t n = 0;

	walk_look();
	unwind_ahead();
	const struct code_v8 *v8 = walk_reads_v8() ? code_v8() : &none;
	raw->truncated = 1;
	raw->fp = fp;
	raw->pc = pc;
	if (!walk_stack_end(fp, &end)) {
		raw->words[n++] = pc;
		goto out;
	}
	a.end = end;
	a.fp = load(fp);
	for (uint32_t depth = 0; depth < WEIR_TRACE_MAX_DEPTH; depth++) {
		int span = code_v8_at(v8, a.pc);
		bool went;

		pc = a.pc;
		if (span >= 0 && within(&a, a.fp)) {
			uint32_t words =
				take_v8(&raw->words[n], (const uint64_t *)(uintptr_t)a.fp,
					pc, v8->is_builtins[span]);

			/*
			 * Code or bytecode says which function it is: a closure made anew
			 * for each request is the same one.
			 */
			if (words != 0 &&
			    (raw->words[n] & (WALK_BYTECODE | WALK_CODE)) != 0)
				closures[(n + 1) / 64] |= UINT64_C(1) << (n + 1) % 64;
			n += words;
			went = step_by_fp(&a);
		} else {
			raw->words[n++] = pc;
			if (walk_reads_python() && python_is_loop(pc)) {
				uint32_t room = WEIR_TRACE_MAX_DEPTH - 1 - depth;

				if (!in_python)
					python_begin(&python);
				in_python = true;
				uint32_t words =
					take_python(&raw->words[n], &python, room);
				n += words;
				depth += words / 3;
			}
			went = step_native(&a);
		}
		/* No address: what looked like a frame was none. It must not pass for V8's. */
		if (!went || a.pc == 0 || a.pc != WALK_PC(a.pc)) {
			/* The ABI has a frame pointer of zero where a program or thread starts. */
			raw->truncated =
				!a.done && a.pc != 0 && a.fp != 0 && !is_start(pc);
			break;
		}
	}
	if (in_python)
		identify_python(raw->words, n);
out:
	raw->n_words = n;
	raw->hash = hash_of(raw->words, n, closures);
}
