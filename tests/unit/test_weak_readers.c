/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is read while it is written, without a lock, as test_weak_order.c has what is handed on: no reader takes half of it.
 */
#include "tests/tap.h"
#include "tests/unit/weak_order.h"

/*
 * A slot of the sidecar, and a head of its trace: X and Y are its two numbers. Between two calls of the kernel all
 * is in order, within one nothing. Read twice, and the same both times.
 */
static bool
took_two_ages(const struct weak_state *end)
{
	const uint8_t *r = end->regs;

	return r[A] == r[B] && r[A] != r[C] && r[D] == r[A] && r[E] == r[B] &&
	       r[F] == r[C];
}

static bool
took_two_ages_at_once(const struct weak_state *end)
{
	return end->regs[A] == end->regs[B] && end->regs[A] != end->regs[C];
}

static void
write_numbered(struct weak *w, uint8_t number, bool in_pieces)
{
	weak_fence(w, 0, FENCE);
	weak_store(w, 0, Y, number, RLX);
	if (in_pieces)
		weak_fence(w, 0, FENCE);
	weak_store(w, 0, DATA, number, RLX);
	if (in_pieces)
		weak_fence(w, 0, FENCE);
	weak_store(w, 0, X, number, RLX);
}

static void
read_numbered(struct weak *w, uint8_t begin, uint8_t end, uint8_t data)
{
	weak_fence(w, 1, FENCE);
	weak_load(w, 1, begin, X, RLX);
	weak_load(w, 1, data, DATA, RLX);
	weak_load(w, 1, end, Y, RLX);
}

static bool
two_ages_may_pass(bool in_pieces, bool twice)
{
	struct weak w = {0};

	write_numbered(&w, 1, in_pieces);
	write_numbered(&w, 2, in_pieces);
	read_numbered(&w, A, B, C);
	if (twice)
		read_numbered(&w, D, E, F);
	return weak_can(&w, twice ? took_two_ages : took_two_ages_at_once);
}

TEST(no_reader_takes_half_a_slot_or_half_a_head)
{
	CHECK(!two_ages_may_pass(true, true));
	CHECK(two_ages_may_pass(true, false));
	CHECK(two_ages_may_pass(false, true));
}

/* The oldest row of a full ring, while its place gets the next one: X is `id`, Y `id_again`, Z the head. */
static bool
took_a_mixed_row(const struct weak_state *end)
{
	const uint8_t *r = end->regs;

	return r[A] == 0 && r[B] == 0 && r[C] == 0 && r[D] == 1 && r[E] == 0;
}

static bool
row_may_be_mixed(bool number_first, bool look_again)
{
	struct weak w = {0};

	if (number_first) {
		weak_store(&w, 0, Y, 1, RLX);
		weak_fence(&w, 0, FENCE);
	}
	weak_store(&w, 0, X, 1, RLX);
	weak_store(&w, 0, Y, 1, RLX);
	weak_store(&w, 0, DATA, 1, RLX);
	weak_fence(&w, 0, FENCE);
	weak_store(&w, 0, Z, 1, RLX);
	weak_load(&w, 1, A, Z, RLX);
	weak_fence(&w, 1, FENCE);
	weak_load(&w, 1, B, X, RLX);
	weak_load(&w, 1, C, Y, RLX);
	weak_load(&w, 1, D, DATA, RLX);
	if (look_again) {
		weak_fence(&w, 1, FENCE);
		weak_load(&w, 1, E, Y, RLX);
	}
	return weak_can(&w, took_a_mixed_row);
}

TEST(no_reader_takes_a_row_that_is_being_written)
{
	CHECK(!row_may_be_mixed(true, true));
	CHECK(row_may_be_mixed(true, false));
	CHECK(row_may_be_mixed(false, true));
}

/* The mailbox: what is asked (DATA), then its number (X); the number in a first read, the rest in a second one. */
TEST(no_question_and_no_answer_is_read_before_it_is_whole)
{
	struct weak w = {0};

	weak_store(&w, 0, DATA, 1, RLX);
	weak_fence(&w, 0, FENCE);
	weak_store(&w, 0, X, 1, RLX);
	weak_load(&w, 1, A, X, RLX);
	weak_load(&w, 1, B, DATA, RLX);
	CHECK(weak_can(&w, saw_flag_not_data)); /* all by one read */
	w.n[1] = 1;
	weak_fence(&w, 1, FENCE);
	weak_load(&w, 1, B, DATA, RLX);
	CHECK(!weak_can(&w, saw_flag_not_data));
}

/* A note of a stack (DATA and Y) whose number X is odd while it is written: walk_again.c. */
static bool
took_half_a_note(const struct weak_state *end)
{
	return end->regs[A] == end->regs[D] && end->regs[A] != 1 &&
	       (end->regs[B] != end->regs[C] || end->regs[B] != end->regs[A] / 2);
}

static bool
half_a_note_may_be_taken(bool written, bool read)
{
	struct weak w = {0};

	weak_exchange(&w, 0, E, X, 1, RLX, 0);
	if (written)
		weak_fence(&w, 0, FENCE);
	weak_store(&w, 0, DATA, 1, RLX);
	weak_store(&w, 0, Y, 1, RLX);
	weak_store(&w, 0, X, 2, REL);
	weak_load(&w, 1, A, X, ACQ);
	weak_load(&w, 1, B, DATA, RLX);
	weak_load(&w, 1, C, Y, RLX);
	if (read)
		weak_fence(&w, 1, FENCE);
	weak_load(&w, 1, D, X, RLX);
	return weak_can(&w, took_half_a_note);
}

TEST(no_stack_is_known_by_half_a_note)
{
	CHECK(!half_a_note_may_be_taken(true, true));
	CHECK(half_a_note_may_be_taken(false, true));
	CHECK(half_a_note_may_be_taken(true, false));
}

#define TAP_TESTS                                                                        \
	T(no_reader_takes_half_a_slot_or_half_a_head)                                    \
	T(no_reader_takes_a_row_that_is_being_written)                                   \
	T(no_question_and_no_answer_is_read_before_it_is_whole)                          \
	T(no_stack_is_known_by_half_a_note)
TAP_MAIN()
