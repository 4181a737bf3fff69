/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What V8 itself goes by when it names the line of an optimised frame: the safepoint table behind the
 * instructions (src/codegen/safepoint-table.h, maglev-safepoint-table.h) leads from a return address to an
 * entry of the deoptimization data, and that to the bytecode that is being run. A frame that was deoptimised
 * while it was suspended returns to a trampoline; the table knows which call that stands for.
 */
#include "trace/runtimes/v8_private.h"

#include <errno.h>
#include <string.h>

#define MAX_ENTRIES	    65536
#define MAGLEV_HEADER	    16
#define TURBOFAN_HEADER	    8
#define FIELD_FUNCTION_DATA 8 /* of a SharedFunctionInfo, */
#define FIELD_BYTECODE	    8 /* and of what may be there instead of bytecode */
#define TRANSLATIONS	    0 /* of the deoptimization data */
#define FIRST_ENTRY	    4 /* after the inlining positions */
#define MAX_FRAMES	    64
#define MAX_INSTRUCTIONS    65536
#define ENTRY_WORDS	    3 /* bytecode offset, translation, address */
#define SLOTS_FIRST	    13

/* The widths of an entry's parts, and which are there: a word of the table's head. */
struct safepoints {
	uint64_t at;
	uint32_t n, entry_bytes, pc_bytes, index_bytes;
};

/* A table begins with its length and the shape of its entries; since V8 13 the frame's size comes first. */
static bool
open_safepoints(const struct v8_reader *r, const struct v8_code *c, struct safepoints *s)
{
	uint64_t slots = r->layout->major >= SLOTS_FIRST ? 4 : 0;
	uint32_t shape = checked_u32(r->memory, c->safepoints + slots + 4);

	s->n = checked_u32(r->memory, c->safepoints + slots);
	s->pc_bytes = shape >> 4 & 7;
	s->index_bytes = shape >> 7 & 7;
	s->entry_bytes = 2 * s->pc_bytes + s->index_bytes + (shape >> 1 & 7) + c->maglev;
	s->at = c->safepoints + (c->maglev ? MAGLEV_HEADER : slots + TURBOFAN_HEADER);
	/* Without that bit nothing there can be deoptimised. */
	return !r->memory->failed && (shape & 1) != 0 && s->n <= MAX_ENTRIES &&
	       s->pc_bytes >= 1 && s->pc_bytes <= 4 && s->index_bytes <= 4;
}

/* One more than the number, so that 0 is none. */
static int64_t
number_at(const uint8_t *from, uint32_t n)
{
	int64_t number = 0;

	for (uint32_t i = 0; i < n; i++)
		number |= (int64_t)from[i] << (8 * i);
	return number - 1;
}

/* The entry of a return address: which call it is, and its index in the deoptimization data. */
static bool
find_safepoint(const struct v8_reader *r, const struct v8_code *c, int32_t *pc,
	       int32_t *index)
{
	struct safepoints s;
	uint8_t entry[12];

	if (!open_safepoints(r, c, &s))
		return false;
	for (uint32_t i = 0; i < s.n && !r->memory->failed; i++) {
		checked_read(r->memory, s.at + (uint64_t)i * s.entry_bytes, entry,
			     2 * s.pc_bytes + s.index_bytes);
		int64_t at = number_at(entry, s.pc_bytes) + 1;
		int64_t trampoline =
			number_at(entry + s.pc_bytes + s.index_bytes, s.pc_bytes);

		if (at != c->offset && trampoline != c->offset)
			continue;
		*pc = (int32_t)at;
		*index = (int32_t)number_at(entry + s.pc_bytes, s.index_bytes);
		return !r->memory->failed;
	}
	return false;
}

/*
 * The operands of each instruction of a translation, by its number: src/deoptimizer/translation-opcode.h. 0 and 1
 * begin a frame of the interpreter's (1: nothing is returned to it, or it is as some bytecode before the call began,
 * as for a fast call of C), 2 and 3 another of JavaScript's. A translation may be like an earlier one: the last
 * instruction, or any number above it, says for how many instructions.
 */
#define WITHOUT_RETURN 1
#define INTERPRETED    2
#define JS	       4
static const struct {
	int32_t major, minor; /* from there on */
	const char *operands;
} translations[] = {
	{13, 6, "643321343331003311101111111111111111101111121"},
	{12, 9, "53332134332100331111111111111111111101111121"},
	{11, 8, "5333213432103311111111111111111101111121"},
};

struct translation {
	const char *operands;
	uint32_t n; /* instructions there are */
	struct v8_cursor at, like;
	uint64_t alike; /* so many instructions more */
};

static bool
next_raw(const struct translation *t, struct v8_cursor *c, uint64_t *op, uint64_t args[6])
{
	if (!v8_next_byte(c, op) || *op >= t->n)
		return false;
	for (int i = 0; i < t->operands[*op] - '0'; i++)
		if (!v8_next(c, &args[i]))
			return false;
	return true;
}

static bool
next_instruction(struct translation *t, uint64_t *op, uint64_t args[6])
{
	struct v8_cursor peeked = t->at;

	if (t->alike == 0) {
		if (!v8_next_byte(&peeked, op))
			return false;
		if (*op >= t->n - 1) {
			t->at = peeked;
			t->alike = *op - t->n;
			if (*op == t->n - 1 && !v8_next(&t->at, &t->alike))
				return false;
			if (t->alike == 0)
				return false;
		}
	}
	if (t->alike > 0) {
		t->alike--;
		return next_raw(t, &t->like, op, args);
	}
	/* The one that this may be like goes on in step. */
	uint64_t like_op, like_args[6];
	if (t->like.left > 0 && !next_raw(t, &t->like, &like_op, like_args))
		t->like.left = 0;
	return next_raw(t, &t->at, op, args);
}

static int32_t
signed_of(uint64_t v)
{
	return (v & 1) != 0 ? -(int32_t)(v >> 1) : (int32_t)(v >> 1);
}

static bool
open_translation(const struct v8_reader *r, const struct v8_code *c, int32_t start,
		 struct translation *t)
{
	const struct v8_layout *l = r->layout;
	struct v8_cursor all = {.r = r};

	*t = (struct translation){0};
	for (size_t i = 0; i < sizeof(translations) / sizeof(translations[0]); i++)
		if (t->operands == NULL && (l->major > translations[i].major ||
					    (l->major == translations[i].major &&
					     l->minor >= translations[i].minor)))
			t->operands = translations[i].operands;
	all.at = v8_bytes(r, v8_element(r, c->data, TRANSLATIONS), &all.left);
	if (t->operands == NULL || start < 0 || (uint32_t)start >= all.left)
		return false;
	t->n = (uint32_t)strlen(t->operands);
	t->at = t->like = all;
	t->at.at += (uint32_t)start;
	t->at.left -= (uint32_t)start;
	return true;
}

/* All functions of JavaScript, outermost first; 0: it cannot be read as one of this version. */
static uint32_t
read_frames(const struct v8_reader *r, const struct v8_code *c, int32_t start,
	    struct v8_running running[V8_MAX_INLINED], bool *earlier)
{
	struct translation t;
	uint64_t op, args[6];
	uint32_t n = 0;

	if (!open_translation(r, c, start, &t) || !next_raw(&t, &t.at, &op, args) ||
	    t.operands[op] != '3' || args[0] > (uint64_t)start)
		return 0;
	int32_t left = signed_of(args[2]);
	t.like.at += (uint64_t)start - args[0];
	t.like.left -= (uint32_t)start - (uint32_t)args[0];
	uint64_t begin = args[0];
	if (begin == 0)
		t.like.left = 0;
	else if (!next_raw(&t, &t.like, &op, args))
		return 0;
	if (left < 1 || left > MAX_FRAMES)
		return 0;
	for (int i = 0; i < MAX_INSTRUCTIONS && left > 0; i++) {
		if (!next_instruction(&t, &op, args))
			return 0;
		left -= op < JS;
		if (op < JS)
			*earlier = op == WITHOUT_RETURN;
		if (op >= INTERPRETED)
			continue;
		if (n == V8_MAX_INLINED)
			return 0;
		running[n].bytecode_offset = signed_of(args[0]);
		running[n].shared =
			v8_element(r, v8_element(r, c->data, r->layout->deopt_literals),
				   signed_of(args[1]));
		if (v8_type(r, running[n++].shared) != r->layout->type_shared)
			return 0;
	}
	return left == 0 && !r->memory->failed ? n : 0;
}

int
v8_deopt_at(const struct v8_reader *r, const struct v8_code *c, struct v8_deopt *to)
{
	int32_t index;

	*to = (struct v8_deopt){.pc = c->offset};
	if (!find_safepoint(r, c, &to->pc, &index)) {
		r->memory->failed = false;
		return -ENOENT;
	}
	if (index < 0)
		return 0;
	int32_t entry = r->layout->deopt_positions + FIRST_ENTRY + ENTRY_WORDS * index;
	uint64_t translation = v8_element(r, c->data, entry + 1);
	if (v8_is_smi(translation))
		to->n = read_frames(r, c, v8_smi(translation), to->running, &to->earlier);
	r->memory->failed = false;
	return 0;
}

uint64_t
v8_bytecode_of(const struct v8_reader *r, uint64_t shared)
{
	uint64_t data = v8_field(r, shared, FIELD_FUNCTION_DATA);
	uint16_t type = v8_type(r, data);

	if (type == r->layout->type_code)
		data = v8_field(r, data, r->layout->code_data);
	else if (type != V8_NO_TYPE && type != r->layout->type_bytecode)
		data = v8_field(r, data, FIELD_BYTECODE);
	return v8_type(r, data) == r->layout->type_bytecode ? data : 0;
}
