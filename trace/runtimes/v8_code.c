/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Code object that a return address lies in, and what was inlined there. Code on V8's heap
 * starts with a header that names the object, which names the start again: it is looked for
 * backwards from the address, since neither function nor frame names the code that really runs.
 */
#include "trace/runtimes/v8_private.h"

#include <errno.h>

/* Of instructions (V8's kCodeAlignment), and the bits of an address of user space. */
#ifdef __x86_64__
#define ALIGNMENT    64
#define ADDRESS_BITS 47
#else
#define ALIGNMENT    32
#define ADDRESS_BITS 48
#endif
#define MAX_CODE      (1 << 18) /* bytes looked through */
#define FIELD_CODE    8		/* of the header */
#define KIND_MASK     15
#define FIELD_DATA    16
#define FIELD_LENGTH  8
#define INLINED_BYTES 16 /* {int64 position, int32 function, padding} */

/* V8 10 has no object between the two. */
static bool
is_in_object(const struct v8_layout *l)
{
	return l->code_stream == 0;
}

static uint64_t
start_of(const struct v8_reader *r, uint64_t code)
{
	return is_in_object(r->layout) ? code - 1 + (uint64_t)r->layout->stream_header
				       : v8_field(r, code, r->layout->code_start);
}

static bool
is_code_at(const struct v8_reader *r, uint64_t code, uint64_t start, uint64_t pc)
{
	const struct v8_layout *l = r->layout;

	if (v8_type(r, code) != l->type_code || start_of(r, code) != start)
		return false;
	if (!is_in_object(l) &&
	    v8_field(r, code, l->code_stream) != start - (uint64_t)l->stream_header + 1)
		return false;
	return pc - start <= checked_u32(r->memory, code - 1 + (uint64_t)l->code_bytes);
}

/* The blocks before an address, in few reads. */
static void
read_before(const struct v8_reader *r, uint64_t address)
{
	uint64_t blocks[8];

	for (size_t i = 0; i < 8; i++)
		blocks[7 - i] = address - i * CHECKED_BLOCK;
	checked_expect(r->memory, blocks, 8);
}

static uint64_t
find(const struct v8_reader *r, uint64_t pc)
{
	uint64_t start = pc & -(uint64_t)ALIGNMENT;

	for (uint64_t end = start - MAX_CODE; start != end; start -= ALIGNMENT) {
		uint64_t header = start - (uint64_t)r->layout->stream_header;

		if (start % (8 * CHECKED_BLOCK) == 0 || pc - start < ALIGNMENT)
			read_before(r, header);
		uint64_t map = checked_u64(r->memory, header);
		uint64_t code = is_in_object(r->layout)
					? header + 1
					: checked_u64(r->memory, header + FIELD_CODE);
		if (r->memory->failed)
			return 0;
		/* Instructions may look like anything, even like addresses of nothing. */
		if (v8_is_object(map) && v8_is_object(code) &&
		    (map | code) >> ADDRESS_BITS == 0 && is_code_at(r, code, start, pc) &&
		    !r->memory->failed)
			return code;
		r->memory->failed = false;
	}
	return 0;
}

int
v8_code_at(const struct v8_reader *r, uint64_t pc, struct v8_code *to)
{
	const struct v8_layout *l = r->layout;
	uint64_t code = find(r, pc);
	int32_t kind;

	r->memory->failed = false;
	if (code == 0)
		return -ENOENT;
	kind = (int32_t)checked_u32(r->memory, code - 1 + (uint64_t)l->code_flags) &
	       KIND_MASK;
	to->positions = v8_field(r, code, l->code_positions);
	to->data = v8_field(r, code, l->code_data);
	to->offset = (int32_t)(pc - start_of(r, code));
	to->baseline = kind == l->kind_baseline;
	/* Maglev's and Turbofan's come next. */
	to->maglev = kind == l->kind_baseline + 1;
	to->optimized = to->maglev || kind == l->kind_baseline + 2;
	to->safepoints = start_of(r, code) +
			 checked_u32(r->memory, code - 1 + (uint64_t)l->code_bytes);
	return 0;
}

uint64_t
v8_element(const struct v8_reader *r, uint64_t array, int32_t i)
{
	uint64_t length = v8_field(r, array, FIELD_LENGTH);

	if (!v8_is_object(array) || !v8_is_smi(length) || i < 0 || i >= v8_smi(length))
		return 0;
	return v8_field(r, array, FIELD_DATA + 8 * i);
}

int
v8_inlined(const struct v8_reader *r, const struct v8_code *c, int32_t i,
	   uint64_t *shared, struct v8_position *caller)
{
	uint32_t n;
	uint64_t at = v8_bytes(r, v8_element(r, c->data, r->layout->deopt_positions), &n);

	if (i < 0 || ((uint64_t)i + 1) * INLINED_BYTES > n)
		return -ENOENT;
	uint64_t position = checked_u64(r->memory, at + (uint64_t)i * INLINED_BYTES);
	uint32_t function = checked_u32(r->memory, at + (uint64_t)i * INLINED_BYTES + 8);
	if (function > INT32_MAX)
		return -ENOENT;
	*shared = v8_element(r, v8_element(r, c->data, r->layout->deopt_literals),
			     (int32_t)function);
	v8_position_of(position, caller);
	return v8_type(r, *shared) == r->layout->type_shared ? 0 : -ENOENT;
}
