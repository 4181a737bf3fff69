/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stack of native code that was walked before is known by the words of it that led the walk: the same words in the same
 * places lead it the same way. To compare them takes a fifth of the time of a walk, and no call. Not where a runtime
 * puts frames of its own on the stack.
 *
 * A note is written by one thread at a time, and read without a lock: its number is odd meanwhile, and another one
 * afterwards. Its words are atomic and relaxed; an acquire and a fence keep them between the two looks at the number.
 */
#include "trace/walk/walk_again.h"

#include <stdatomic.h>

#include "trace/native/code.h"
#include "trace/native/unwind.h"
#include "trace/walk/walk_private.h"

/* Few: threads that run at once seldom share one, and what another one took is made anew by one walk. */
#define NOTES		128
#define LOAD(of)	atomic_load_explicit(&(of), memory_order_relaxed)
#define STORE(of, what) atomic_store_explicit(&(of), what, memory_order_relaxed)

static struct walk_again_note notes[NOTES] __attribute__((aligned(64)));

/* Another one since other rules may hold for the same addresses. */
static uint32_t
rules(void)
{
	return unwind_times() + (uint32_t)code_unloads();
}

static struct walk_again_note *
note_of(uintptr_t fp, uintptr_t pc)
{
	uint64_t mixed = ((uint64_t)fp ^ (uint64_t)pc << 20) * 0x9fb21c651e98df25u;

	return &notes[mixed >> 57];
}

_Static_assert(NOTES == 1 << (64 - 57), "the upper bits choose one");

/* Whether its words are there again. Its places may be another note's by now: they are on the thread's own stack. */
static bool
is_there(const struct walk_again_note *note, uintptr_t fp, uintptr_t top)
{
	const uint64_t *words = (const uint64_t *)fp;
	size_t room = (top - fp) / sizeof(*words);
	uint32_t n = LOAD(note->n);

	for (uint32_t i = 0; i < n && i < WALK_AGAIN_WORDS; i++) {
		uint16_t at = LOAD(note->at[i]);

		if (at >= room || words[at] != LOAD(note->words[i]))
			return false;
	}
	return true;
}

uint64_t
walk_again(uintptr_t fp, uintptr_t pc)
{
	uintptr_t top = walk_stack_own_top(fp);

	if (top == 0 || walk_reads_v8() || walk_reads_python())
		return 0;
	const struct walk_again_note *note = note_of(fp, pc);
	uint32_t number = atomic_load_explicit(&note->number, memory_order_acquire);
	if (number % 2 != 0 || LOAD(note->fp) != fp || LOAD(note->pc) != pc ||
	    LOAD(note->top) != top || LOAD(note->rules) != rules() ||
	    !is_there(note, fp, top))
		return 0;
	uint64_t hash = LOAD(note->hash);
	atomic_thread_fence(memory_order_acquire);
	return LOAD(note->number) == number ? hash : 0;
}

void
walk_again_begin(struct walk_again_taken *t, uintptr_t fp, uintptr_t pc, bool may)
{
	struct walk_again_note *note = note_of(fp, pc);
	uint32_t number = LOAD(note->number);

	*t = (struct walk_again_taken){.fp = fp, .last = fp};
	t->last_word = *(const uint64_t *)fp;
	if (!may || walk_reads_v8() || walk_reads_python() || number % 2 != 0 ||
	    !atomic_compare_exchange_strong_explicit(&note->number, &number, number + 1,
						     memory_order_relaxed,
						     memory_order_relaxed))
		return;
	atomic_thread_fence(memory_order_release);
	t->note = note;
	t->number = number + 2;
	t->may = true;
	STORE(note->pc, pc);
	STORE(note->top, walk_stack_own_top(fp));
	STORE(note->rules, rules());
}

void
walk_again_by(struct walk_again_taken *t, uint64_t address, uint64_t word)
{
	uint64_t at = (address - t->fp) / sizeof(word);

	t->may = t->may && t->n < WALK_AGAIN_WORDS && at <= UINT16_MAX;
	if (!t->may)
		return;
	STORE(t->note->at[t->n], (uint16_t)at);
	STORE(t->note->words[t->n], word);
	t->n++;
}

void
walk_again_end(struct walk_again_taken *t, uint64_t hash)
{
	struct walk_again_note *note = t->note;

	if (note == NULL)
		return;
	STORE(note->fp, t->may ? t->fp : 0);
	STORE(note->n, t->n);
	STORE(note->hash, hash);
	atomic_store_explicit(&note->number, t->number, memory_order_release);
}
