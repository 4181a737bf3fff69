/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jumps go forwards only: one pass over the steps follows all paths, each step with what is the same on
 * all that lead to it. What the program keeps in its own memory counts as not known.
 */
#include "policy/call_filter.h"

#include <string.h>

/* As <linux/filter.h> and <linux/seccomp.h> have them. */
enum { LD_WORD_AT = 0x20, LD_BYTES = 0x80, LD_NUMBER = 0x00, LD_KEPT = 0x60 };
enum { LDX_BYTES = 0x81, LDX_NUMBER = 0x01, LDX_KEPT = 0x61, ST = 0x02, STX = 0x03 };
enum { TO_X = 0x07, TO_A = 0x87, RET_NUMBER = 0x06, RET_A = 0x16 };
enum { CLASS = 0x07, ALU = 0x04, JMP = 0x05, BY_X = 0x08, OPERATION = 0xf0 };
enum { ADD = 0x00, SUB = 0x10, MUL = 0x20, DIV = 0x30, OR = 0x40 };
enum { AND = 0x50, LSH = 0x60, RSH = 0x70, NEG = 0x80, XOR = 0xa0 };
enum { JA = 0x00, JEQ = 0x10, JGT = 0x20, JGE = 0x30, JSET = 0x40 };

#define ACTION	  0xffff0000u
#define RET_ALLOW 0x7fff0000u
#define RET_LOG	  0x7ffc0000u
#define RET_ERRNO 0x00050000u

/* An errno of 0 would be a success of a call that was never made. */
static bool
is_harmless(uint32_t verdict)
{
	uint32_t action = verdict & ACTION;

	return action == RET_ALLOW || action == RET_LOG ||
	       (action == RET_ERRNO && (verdict & ~ACTION) != 0);
}

static void
know_a(struct weir_filter_state *s, bool known, uint32_t a)
{
	s->a_known = known;
	s->a = known ? a : 0;
}

/* False: not a load that such a program may have. */
static bool
load(const struct weir_filter_step *step, const struct weir_filter_call *call,
     struct weir_filter_state *s)
{
	const uint32_t all = WEIR_FILTER_WORDS * sizeof(uint32_t);
	uint32_t word = step->k / sizeof(uint32_t);

	switch (step->code) {
	case LD_WORD_AT:
		if (step->k % sizeof(uint32_t) != 0 || word >= WEIR_FILTER_WORDS)
			return false;
		know_a(s, call->known >> word & 1, call->word[word]);
		return true;
	case LD_NUMBER:
	case LD_BYTES:
		know_a(s, true, step->code == LD_BYTES ? all : step->k);
		return true;
	case LDX_NUMBER:
	case LDX_BYTES:
		s->x_known = true;
		s->x = step->code == LDX_BYTES ? all : step->k;
		return true;
	case LD_KEPT:
		know_a(s, false, 0);
		return true;
	case LDX_KEPT:
		s->x_known = false;
		s->x = 0;
		return true;
	case TO_X:
		s->x_known = s->a_known;
		s->x = s->a;
		return true;
	case TO_A:
		know_a(s, s->x_known, s->x);
		return true;
	default:
		return step->code == ST || step->code == STX;
	}
}

/* False: not an operation of such a program, or one that may end it (a division by 0). */
static bool
compute(const struct weir_filter_step *step, struct weir_filter_state *s)
{
	bool by_x = step->code & BY_X;
	bool known = s->a_known && (!by_x || s->x_known);
	uint32_t a = s->a, b = by_x ? s->x : step->k;

	switch (step->code & OPERATION) {
	case ADD:
		a += b;
		break;
	case SUB:
		a -= b;
		break;
	case MUL:
		a *= b;
		break;
	case DIV:
		if ((by_x && !s->x_known) || b == 0)
			return false;
		a /= b;
		break;
	case OR:
		a |= b;
		break;
	case AND:
		a &= b;
		break;
	case LSH:
	case RSH:
		/* By more than there are bits: what the machine makes of it. */
		known = known && b < 32;
		a = (step->code & OPERATION) == LSH ? a << (b & 31) : a >> (b & 31);
		break;
	case NEG:
		known = s->a_known;
		a = -a;
		break;
	case XOR:
		a ^= b;
		break;
	default:
		return false;
	}
	know_a(s, known, a);
	return true;
}

enum branch { NEITHER, WHEN_TRUE, WHEN_FALSE, EITHER };

static enum branch
decide(const struct weir_filter_step *step, const struct weir_filter_state *s)
{
	bool by_x = step->code & BY_X, yes;
	uint32_t b = by_x ? s->x : step->k;

	switch (step->code & OPERATION) {
	case JEQ:
		yes = s->a == b;
		break;
	case JGT:
		yes = s->a > b;
		break;
	case JGE:
		yes = s->a >= b;
		break;
	case JSET:
		yes = (s->a & b) != 0;
		break;
	default:
		return NEITHER;
	}
	if (!s->a_known || (by_x && !s->x_known))
		return EITHER;
	return yes ? WHEN_TRUE : WHEN_FALSE;
}

/* What is known there is what all who come there know. */
static void
come_to(struct weir_filter_state *there, const struct weir_filter_state *s)
{
	if (!there->reached) {
		*there = *s;
		return;
	}
	if (!s->a_known || there->a != s->a)
		know_a(there, false, 0);
	if (!s->x_known || there->x != s->x) {
		there->x_known = false;
		there->x = 0;
	}
}

/* False: a way leads out of the program. */
static bool
jump(const struct weir_filter_step *step, size_t at, size_t n,
     struct weir_filter_state *state)
{
	bool always = (step->code & OPERATION) == JA;
	enum branch branch = always ? WHEN_TRUE : decide(step, &state[at]);
	uint32_t yes = always ? step->k : step->jump_true;

	if (branch == NEITHER)
		return false;
	if (branch & WHEN_TRUE) {
		if (yes >= n - at - 1)
			return false;
		come_to(&state[at + 1 + yes], &state[at]);
	}
	if (branch & WHEN_FALSE) {
		if (step->jump_false >= n - at - 1)
			return false;
		come_to(&state[at + 1 + step->jump_false], &state[at]);
	}
	return true;
}

bool
weir_filter_spares(const struct weir_filter_step *program, size_t n,
		   const struct weir_filter_call *call,
		   struct weir_filter_state state[WEIR_FILTER_MOST])
{
	if (n == 0 || n > WEIR_FILTER_MOST)
		return false;
	memset(state, 0, n * sizeof(*state));
	state[0] = (struct weir_filter_state){
		.reached = true, .a_known = true, .x_known = true};
	for (size_t at = 0; at < n; at++) {
		const struct weir_filter_step *step = &program[at];
		struct weir_filter_state *s = &state[at];

		if (!s->reached)
			continue;
		if (step->code == RET_NUMBER || step->code == RET_A) {
			bool known = step->code == RET_NUMBER || s->a_known;

			if (!known || !is_harmless(step->code == RET_A ? s->a : step->k))
				return false;
			continue;
		}
		if ((step->code & CLASS) == JMP) {
			if (!jump(step, at, n, state))
				return false;
			continue;
		}
		struct weir_filter_state after = *s;
		bool fine = (step->code & CLASS) == ALU ? compute(step, &after)
							: load(step, call, &after);
		if (!fine || at + 1 == n)
			return false;
		come_to(&state[at + 1], &after);
	}
	return true;
}
