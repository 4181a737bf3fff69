/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk through native code: with and without frame pointers, through a library's callback, on
 * another thread and on a stack of one's own. What the compiler knows is the oracle.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "tests/tap.h"
#include "trace/native/code.h"
#include "trace/native/unwind.h"
#include "trace/walk/walk.h"

#define NOINLINE  __attribute__((noinline))
#define MAX_DEPTH 16

static struct walk_raw raw;

/* The return addresses as each function knows its own, outermost first. */
static uintptr_t known[MAX_DEPTH];
static unsigned depth;

static NOINLINE void
take(void)
{
	walk_take(&raw, (uintptr_t)__builtin_frame_address(0),
		  (uintptr_t)__builtin_return_address(0));
	known[depth] = (uintptr_t)__builtin_return_address(0);
}

/* The first words are what is known, innermost first; nothing is between. */
static void
check_known(void)
{
	REQUIRE(raw.n_words > depth);
	for (unsigned i = 0; i <= depth; i++)
		CHECK_EQ(raw.words[i], known[depth - i]);
}

/* Frames of all sizes, some that use the frame pointer's register for something else. */
static NOINLINE int
down(unsigned n, int (*next)(unsigned, int), int seed)
{
	volatile char room[64 + 48 * 7];
	int sum = seed;

	known[depth++] = (uintptr_t)__builtin_return_address(0);
	memset((char *)room, seed, sizeof(room));
	if (n > 0)
		sum += next(n - 1, sum);
	else
		take();
	for (size_t i = 0; i < sizeof(room); i++)
		sum += room[i];
	return sum;
}

static NOINLINE int
step(unsigned n, int seed)
{
	volatile int zero = 0;
	char *odd = __builtin_alloca(32 + 16 * n);

	known[depth++] = (uintptr_t)__builtin_return_address(0);
	memset(odd, (int)n, 32);
	int got = n > 0 ? down(n - 1, step, seed + zero) : (take(), seed);
	return got + odd[zero];
}

static int first_of_qsort;

static NOINLINE int
compare(const void *a, const void *b)
{
	if (!first_of_qsort) {
		first_of_qsort = 1;
		depth = 0;
		known[depth++] = (uintptr_t)__builtin_return_address(0);
		take();
	}
	return *(const int *)a - *(const int *)b;
}

TEST(through_functions_of_all_kinds)
{
	depth = 0;
	CHECK(down(6, step, 3) != 0);
	CHECK(depth >= 6);
	check_known();
	CHECK_EQ(raw.truncated, 0);
}

TEST(to_the_start_of_the_program)
{
	depth = 0;
	take();
	/* This test, tap_run, main, and what the C library calls it from. */
	CHECK(raw.n_words >= 3 && raw.n_words < 12);
	CHECK_EQ(raw.truncated, 0);
	CHECK(raw.hash != 0);
}

TEST(through_a_callback_of_the_library)
{
	int numbers[] = {3, 1, 2};

	qsort(numbers, 3, sizeof(numbers[0]), compare);
	check_known();
	CHECK(raw.n_words >= 5);
	CHECK_EQ(raw.truncated, 0);
}

TEST(equal_stacks_are_equal)
{
	uint64_t hashes[2];
	volatile int twice = 2; /* not unrolled: it is one place */

	for (int i = 0; i < twice; i++) {
		depth = 0;
		take();
		hashes[i] = raw.hash;
	}
	CHECK(hashes[0] == hashes[1]);
	depth = 0;
	take();
	CHECK(raw.hash != hashes[0]);
}

TEST(a_hash_needs_no_words)
{
	uintptr_t fp = (uintptr_t)__builtin_frame_address(0);
	uintptr_t pc = (uintptr_t)__builtin_return_address(0);

	uint64_t receiver;

	walk_take(&raw, fp, pc);
	CHECK(walk_hash(fp, pc, &receiver) == raw.hash);
	CHECK_EQ(receiver, raw.receiver);
	CHECK(walk_hash(fp, pc + 1, &receiver) != raw.hash);
}

static void *
on_thread(void *arg)
{
	depth = 0;
	down(3, step, 5);
	return arg;
}

TEST(on_a_thread)
{
	pthread_t thread;

	REQUIRE(pthread_create(&thread, NULL, on_thread, NULL) == 0);
	pthread_join(thread, NULL);
	check_known();
	CHECK_EQ(raw.truncated, 0);
}

/* As Ruby's threads: their machine's stack is on it. */
static void *
with_much(void *arg)
{
	volatile char *room = __builtin_alloca(3 << 20);

	depth = 0;
	known[depth++] = (uintptr_t)__builtin_return_address(0);
	room[0] = 1;
	down(3, step, room[0]);
	return arg;
}

TEST(on_a_thread_with_much_on_its_stack)
{
	pthread_attr_t attributes;
	pthread_t thread;

	REQUIRE(pthread_attr_init(&attributes) == 0);
	REQUIRE(pthread_attr_setstacksize(&attributes, 4 << 20) == 0);
	REQUIRE(pthread_create(&thread, &attributes, with_much, NULL) == 0);
	pthread_join(thread, NULL);
	check_known();
	CHECK_EQ(raw.truncated, 0);
}

static ucontext_t outside, inside;

static void
fibre(void)
{
	depth = 0;
	down(3, step, 5);
	swapcontext(&inside, &outside);
}

TEST(on_a_stack_of_its_own)
{
	size_t bytes = 65536;
	void *stack = malloc(bytes);

	REQUIRE(stack != NULL && getcontext(&inside) == 0);
	inside.uc_stack.ss_sp = stack;
	inside.uc_stack.ss_size = bytes;
	inside.uc_link = &outside;
	makecontext(&inside, fibre, 0);
	REQUIRE(swapcontext(&outside, &inside) == 0);
	check_known();
	free(stack);
}

static int endless(unsigned n);
static int (*volatile again)(unsigned) = endless;

static int
endless(unsigned n)
{
	volatile int more = 1;

	if (n == 0)
		take();
	else
		more += again(n - 1);
	return more;
}

TEST(deep_stacks_lose_their_outermost)
{
	depth = 0;
	CHECK(again(100) > 100);
	CHECK_EQ(raw.n_words, WEIR_TRACE_MAX_DEPTH);
	CHECK_EQ(raw.truncated, 1);
	CHECK_EQ(raw.words[0], known[0]);
}

struct made_fde {
	const uint8_t *bytes;
	size_t n;
};

#define FDE_AT 0x1000

static bool
read_made(const void *from, uint64_t address, void *to, size_t n)
{
	const struct made_fde *made = from;
	uint64_t at = address - FDE_AT;

	if (at > made->n || n > made->n - at)
		return false;
	memcpy(to, made->bytes + at, n);
	return true;
}

TEST(what_is_no_table_is_refused)
{
	struct unwind_rule rule;
	uint8_t bytes[64];

	for (unsigned fill = 0; fill < 256; fill++) {
		memset(bytes, (int)fill, sizeof(bytes));
		for (size_t n = 0; n <= sizeof(bytes); n++) {
			struct made_fde made = {bytes, n};
			uint8_t window[32];
			struct unwind_fde fde = {FDE_AT, read_made, &made, window,
						 sizeof(window)};

			CHECK(!unwind_parse(bytes, n, &fde, FDE_AT + 0x10, &rule));
		}
	}
}

/* An interpreter's loop has an entry of kilobytes: the directives stand for what its branches leave there. */
static NOINLINE int
loop(unsigned n, int seed)
{
	volatile int zero = 0;

	known[depth++] = (uintptr_t)__builtin_return_address(0);
#ifdef __x86_64__
	__asm__ volatile(".rept 800\n\tnop\n\t.cfi_remember_state\n\tnop\n\t"
			 ".cfi_restore_state\n\t.endr");
#endif
	int got = n > 0 ? down(n - 1, loop, seed + zero) : (take(), seed);
	return got + zero;
}

TEST(through_functions_whose_entries_are_long)
{
	depth = 0;
	CHECK(loop(4, 1) != 0);
	check_known();
	CHECK_EQ(raw.truncated, 0);
}

/* What a window of any size gives is what the whole gives; an entry that ends anywhere is refused. */
TEST(entries_are_read_piece_by_piece)
{
	static const uint8_t cie[] = {16,  0, 0, 0,    0,  0, 0,    0,	  1, 'z',
				      'R', 0, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8};
	uint8_t fde[20 + 150 * 7] = {0}, window[64];
	struct made_fde made = {fde, sizeof(fde)};
	struct unwind_rule rule;
	uint32_t length = sizeof(fde) - 4, code_bytes = 0x1000;
	size_t n = 17;

	memcpy(fde, &length, 4);
	memcpy(fde + 12, &code_bytes, 4);
	for (int i = 0; i < 150; i++) {
		fde[n++] = 0x04; /* advance by one, in four bytes, */
		fde[n] = 1;
		n += 4;
		fde[n++] = 0x0e; /* to where the caller's stack pointer is so far */
		fde[n++] = (uint8_t)(8 * (1 + i % 12));
	}
	for (size_t room = 32; room <= sizeof(window); room++) {
		struct unwind_fde all = {FDE_AT, read_made, &made, window, room};

		for (int i = 0; i < 150; i++) {
			uint64_t pc = FDE_AT + 8 + 1 + (uint64_t)i + 1;

			CHECK(unwind_parse(cie, sizeof(cie), &all, pc, &rule));
			CHECK_EQ(rule.how, UNWIND_BY_SP);
			CHECK_EQ(rule.offset, 8 * (1 + i % 12));
		}
	}
	for (made.n = 0; made.n < sizeof(fde); made.n++) {
		struct unwind_fde cut = {FDE_AT, read_made, &made, window, 32};

		CHECK(!unwind_parse(cie, sizeof(cie), &cut, FDE_AT + 8 + 160, &rule));
	}
}

#define TAP_TESTS                                                                        \
	T(through_functions_of_all_kinds)                                                \
	T(to_the_start_of_the_program)                                                   \
	T(through_a_callback_of_the_library)                                             \
	T(equal_stacks_are_equal)                                                        \
	T(a_hash_needs_no_words)                                                         \
	T(on_a_thread)                                                                   \
	T(on_a_thread_with_much_on_its_stack)                                            \
	T(on_a_stack_of_its_own)                                                         \
	T(deep_stacks_lose_their_outermost)                                              \
	T(what_is_no_table_is_refused)                                                   \
	T(through_functions_whose_entries_are_long)                                      \
	T(entries_are_read_piece_by_piece)
TAP_MAIN()
