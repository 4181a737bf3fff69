/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stacks that are known again without a walk (trace/walk/walk_again.c): never one for another.
 */
#include "tests/tap.h"
#include "trace/native/code.h"
#include "trace/native/unwind.h"
#include "trace/walk/walk.h"
#include "trace/walk/walk_again.h"

#define DEEP 6

static unsigned again, anew, wrong;

static __attribute__((noinline)) void
look(void)
{
	uintptr_t fp = (uintptr_t)__builtin_frame_address(0);
	uintptr_t pc = (uintptr_t)__builtin_return_address(0);
	uint64_t receiver, known = walk_again(fp, pc);

	uint64_t is = walk_hash(fp, pc, &receiver);
	anew += known == 0;
	again += known != 0;
	wrong += known != 0 && known != is;
}

static void left(unsigned turns, unsigned depth);
static void right(unsigned turns, unsigned depth);

/* Same depth, same places, other callers. */
#define STEP(name)                                                                       \
	static __attribute__((noinline)) void name(unsigned turns, unsigned depth)       \
	{                                                                                \
		if (depth == 0)                                                          \
			look();                                                          \
		else if (turns & 1)                                                      \
			left(turns >> 1, depth - 1);                                     \
		else                                                                     \
			right(turns >> 1, depth - 1);                                    \
		__asm__ volatile("" : : : "memory"); /* no call is the last thing */     \
	}
STEP(left)
STEP(right)

TEST(no_stack_passes_for_another)
{
	code_refresh();
	for (int round = 0; round < 4; round++)
		for (unsigned turns = 0; turns < 1u << DEEP; turns++)
			for (volatile int twice = 0; twice < 2; twice++)
				left(turns, DEEP);
	CHECK_EQ(wrong, 0);
	CHECK(anew >= 4 << (DEEP - 1));
	/* Without tables each step is a guess, as musl's own in front of main. */
#if defined(__x86_64__) && defined(__GLIBC__)
	CHECK(again >= 4 << DEEP);
#endif
}

TEST(what_was_found_by_old_rules_is_not_known)
{
	unsigned seen[5];

	for (volatile int i = 0; i < 5; i++) {
		if (i == 3)
			unwind_forget(false);
		left(1, DEEP);
		seen[i] = again;
	}
#if defined(__x86_64__) && defined(__GLIBC__)
	CHECK_EQ(seen[1], seen[0] + 1);
	CHECK_EQ(seen[4], seen[3] + 1);
#endif
	CHECK_EQ(seen[3], seen[2]);
}

#define TAP_TESTS                                                                        \
	T(no_stack_passes_for_another)                                                   \
	T(what_was_found_by_old_rules_is_not_known)
TAP_MAIN()
