/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk itself: from frame pointer to frame pointer within the thread's stack, which is all that
 * it reads, and by unwind tables through native code that keeps none. No lock, no object of the
 * runtime's: about 0.1 us, once the code is known.
 */
#include "trace/walk/walk.h"

#include <stdatomic.h>
#include <stddef.h>

#include "trace/native/code.h"
#include "trace/native/unwind.h"
#include "trace/runtimes/python.h"
#include "trace/runtimes/python_gc.h"
#include "trace/runtimes/runtime_entry.h"
#include "trace/runtimes/v8_isolates.h"
#include "trace/walk/walk_again.h"
#include "trace/walk/walk_private.h"
#include "trace/walk/walk_words.h"

/*
 * V8's frames, five words below the frame pointer and three above: the same in all versions known, see
 * trace/runtimes/v8_layout.c.
 */
enum v8_word {
	V8_OFFSET,
	V8_BYTECODE,
	V8_FUNCTION = 3,
	V8_CONTEXT,
	V8_CALLER,
	V8_PC,
	V8_RECEIVER, /* of a script's function; behind it are its arguments */
	V8_WORDS
};
#define V8_BELOW (8 * V8_CALLER)

/* The frame at hand: where it goes on, its stack pointer and what its frame pointer holds. */
struct at {
	uint64_t pc, sp, fp;
	bool done; /* nobody called it */
};

/* A walk: what is read, and what was taken so far. */
struct walk {
	struct walk_stack stack;
	struct walk_words taken;
	struct walk_again_taken again;
	bool in_python, in_js;
	uint32_t truncated;
	uint64_t receiver; /* of the outermost script so far */
	struct python_walk python;
	uint32_t n_codes;
	uint64_t codes[PYTHON_AT_ONCE]; /* not identified yet, */
	uint16_t at[PYTHON_AT_ONCE];	/* and where their identities belong */
};

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
 * they stand between a function and what it called. Code or bytecode says which function it is: a
 * closure made anew for each request is the same one.
 */
static void
take_v8(struct walk *w, uint64_t pc, const uint64_t *frame, bool builtin)
{
	if (!is_object(frame[V8_CONTEXT])) {
		if (!builtin)
			walk_words_put(&w->taken, pc, true);
		return;
	}
	w->in_js = true;
	if (!builtin) {
		w->receiver = frame[V8_RECEIVER];
		walk_words_put(&w->taken, pc | WALK_V8 | WALK_CODE, true);
		walk_words_put(&w->taken, frame[V8_FUNCTION], false);
	} else if (is_scriptless(pc)) {
		return;
	} else if (is_object(frame[V8_BYTECODE]) && is_small_integer(frame[V8_OFFSET])) {
		/* The interpreter is a builtin too. Others keep something else there. */
		w->receiver = frame[V8_RECEIVER];
		walk_words_put(&w->taken, pc | WALK_V8 | WALK_BYTECODE, true);
		walk_words_put(&w->taken, frame[V8_FUNCTION], false);
		walk_words_put(&w->taken, frame[V8_BYTECODE], true);
		walk_words_put(&w->taken, frame[V8_OFFSET], true);
	} else {
		walk_words_put(&w->taken, pc | WALK_V8, true);
		walk_words_put(&w->taken, frame[V8_FUNCTION], true);
	}
}

/* Whether a return address ends a stack: in the code that starts programs and threads. */
static bool
is_start(uint64_t pc)
{
	static _Atomic uint64_t known; /* a code_word */

	if (code_word_has(atomic_load_explicit(&known, memory_order_relaxed), pc))
		return true;
	/* Before glibc 2.34 the file is libc-2.31.so and so on. */
	static const char *const names[] = {"libc.so", "libc-2.", "ld-musl"};
	const struct code_module *m = NULL;
	for (int i = 0; m == NULL && i < 3; i++)
		m = code_module_named(names[i]);
	if (m == NULL)
		return false;
	atomic_store_explicit(&known, code_word(m->record.start, m->record.end),
			      memory_order_relaxed);
	return pc - m->record.start < m->record.end - m->record.start;
}

/* A return address without the signature that ARM's pointer authentication gives it. */
static uint64_t
unsigned_pc(uint64_t pc)
{
#ifdef __aarch64__
	register uint64_t x30 __asm__("x30") = pc;

	__asm__("hint 7" : "+r"(x30)); /* xpaclri: nothing on processors without */
	return x30;
#else
	return pc;
#endif
}

/* To the caller of a frame that has a frame pointer. False: it has none. */
static bool
step_by_fp(struct walk *w, struct at *a)
{
	uint64_t room[2];
	const uint64_t *frame;

	w->stack.sure = false;
	w->again.may = false; /* a guess is made anew each time */
	if (a->fp < a->sp || (frame = walk_stack_read(&w->stack, a->fp, 2, room)) == NULL)
		return false;
	*a = (struct at){.pc = unsigned_pc(frame[1]), .sp = a->fp + 16, .fp = frame[0]};
	return true;
}

static bool
step_native(struct walk *w, struct at *a)
{
	struct unwind_rule r = unwind_rule_at(a->pc);
	uint64_t room[2];
	const uint64_t *pc, *fp = &a->fp;

	if (r.how == UNWIND_END) {
		a->done = true;
		return false;
	}
	if (r.how == UNWIND_UNKNOWN)
		return step_by_fp(w, a);
	uint64_t caller = (r.how == UNWIND_BY_SP ? a->sp : a->fp) + (uint64_t)r.offset;
	uint64_t saved = caller + (uint64_t)(int64_t)r.fp_offset;
	if (r.how == UNWIND_BY_FP)
		walk_again_by_fp(&w->again);
	if (caller - 8 < a->sp ||
	    (pc = walk_stack_read(&w->stack, caller - 8, 1, &room[0])) == NULL)
		return false;
	if (r.fp_saved && (saved < a->sp || (fp = walk_stack_read(&w->stack, saved, 1,
								  &room[1])) == NULL)) {
		w->again.may = false;
		return false;
	}
	walk_again_by(&w->again, caller - 8, *pc);
	if (r.fp_saved)
		walk_again_saved(&w->again, saved, *fp);
	*a = (struct at){.pc = unsigned_pc(*pc), .sp = caller, .fp = *fp};
	return true;
}

/* A frame of V8's. False: its frame pointer is none. */
static bool
step_v8(struct walk *w, struct at *a, bool builtin)
{
	uint64_t room[V8_WORDS];
	const uint64_t *frame;

	if (a->fp < a->sp || (frame = walk_stack_read(&w->stack, a->fp - V8_BELOW,
						      V8_WORDS, room)) == NULL)
		return false;
	take_v8(w, a->pc, frame, builtin);
	*a = (struct at){.pc = unsigned_pc(frame[V8_PC]),
			 .sp = a->fp + 16,
			 .fp = frame[V8_CALLER]};
	return true;
}

/* What tells the code objects from later ones at the same addresses, read for several together. */
static void
identify_python(struct walk *w)
{
	uint64_t identities[PYTHON_AT_ONCE];

	python_identify(&w->python, w->codes, w->n_codes, identities);
	for (uint32_t i = 0; i < w->n_codes; i++) {
		walk_words_mix(&w->taken, identities[i]);
		if (w->taken.words != NULL)
			w->taken.words[w->at[i]] = identities[i];
	}
	w->n_codes = 0;
}

/* CPython's frames of one run of its evaluation loop; how many. */
static uint32_t
take_python(struct walk *w, uint32_t max)
{
	struct python_frame f;
	uint32_t n = 0;

	if (!w->in_python && !entry_stays())
		return 0;
	if (!w->in_python) {
		python_begin(&w->python);
		python_gc_find();
	}
	w->in_python = true;
	for (bool more = true; more && n < max && python_take(&w->python, &f, &more);
	     n++) {
		walk_words_put(&w->taken, f.code | WALK_PYTHON, true);
		walk_words_put(&w->taken, f.instruction, true);
		w->codes[w->n_codes] = f.code;
		w->at[w->n_codes++] = (uint16_t)w->taken.n;
		walk_words_put(&w->taken, 0, false);
		if (w->n_codes == PYTHON_AT_ONCE)
			identify_python(w);
	}
	return n;
}

static void
take_all(struct walk *w, struct at a)
{
	const struct code_v8 *v8 = walk_reads_v8() ? code_v8() : NULL;

	for (uint32_t depth = 0; depth < WEIR_TRACE_MAX_DEPTH; depth++) {
		int span = v8 != NULL ? code_v8_at(v8, a.pc) : -1;
		uint64_t pc = a.pc;
		bool went;

		if (span < 0 || !(went = step_v8(w, &a, v8->is_builtins[span]))) {
			walk_words_put(&w->taken, pc, true);
			if (walk_reads_python() && python_is_loop(pc))
				depth += take_python(w, WEIR_TRACE_MAX_DEPTH - 1 - depth);
			went = step_native(w, &a);
		}
		/* No address: what looked like a frame was none. It must not pass for V8's. */
		if (!went || a.pc == 0 || a.pc != WALK_PC(a.pc)) {
			/* The ABI has a frame pointer of zero where a program or thread starts. */
			w->truncated = !a.done && a.pc != 0 && a.fp != 0 && !is_start(pc);
			break;
		}
	}
}

/* A stack no longer than this, thread-local data included, has few frames: their rules are not fetched ahead. */
#define SHALLOW 8192

/* The frame at `fp` is live: its words need no check. */
static uint64_t
walk(struct walk *w, uint64_t *words, uintptr_t fp, uintptr_t pc)
{
	walk_look();
	w->in_python = w->in_js = false;
	w->n_codes = 0;
	w->receiver = 0;
	w->truncated = 1;
	walk_words_begin(&w->taken, words);
	walk_stack_begin(&w->stack, fp);
	walk_again_begin(&w->again, fp, pc, words == NULL && w->stack.own);
	if (w->stack.end - fp > SHALLOW)
		unwind_ahead();
	take_all(w, (struct at){.pc = pc, .sp = fp + 16, .fp = *(const uint64_t *)fp});
	if (w->n_codes > 0)
		identify_python(w);
	if (w->in_python)
		python_end(&w->python);
	if (w->in_js)
		isolates_runs_js();
	uint64_t hash = walk_words_hash(&w->taken);
	walk_again_end(&w->again, hash);
	return hash;
}

void
walk_take(struct walk_raw *raw, uintptr_t fp, uintptr_t pc)
{
	struct walk w;

	raw->hash = walk(&w, raw->words, fp, pc);
	raw->n_words = w.taken.n;
	raw->truncated = w.truncated;
	raw->receiver = w.receiver;
	raw->fp = fp;
	raw->pc = pc;
}

uint64_t
walk_hash(uintptr_t fp, uintptr_t pc, uint64_t *receiver)
{
	struct walk w;
	uint64_t hash = walk(&w, NULL, fp, pc);

	*receiver = w.receiver;
	return hash;
}
