/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long V8's bytecodes are: baseline code keeps, for each of them in turn, where its machine code
 * ends, so the bytecode that a return address belongs to is found by counting. The lengths are
 * data of each version (v8::internal::interpreter::Bytecodes::kBytecodeSizes), which some export. Of one
 * that neither does nor is listed in v8_lengths.h, baseline frames are shown by the line of their definition.
 */
#include "trace/runtimes/v8_lengths.h"
#include "trace/runtimes/v8_private.h"

#include <errno.h>
#include <string.h>

#define EXPORTED	 "_ZN2v88internal11interpreter9Bytecodes14kBytecodeSizesE"
#define WIDE		 0 /* prefixes: the next bytecode's operands are twice, */
#define EXTRA_WIDE	 1 /* four times as wide */
#define MAX_TABLE	 (1 << 20)
#define FIELD_LENGTH	 8
#define BEFORE_THE_FIRST (-1)

void
v8_lengths_read(struct v8_lengths *to, const struct v8_layout *l,
		const struct weir_symtab *t)
{
	uintptr_t start;
	size_t bytes;

	memset(to, 0, sizeof(*to));
	if (weir_symtab_find(t, EXPORTED, &start, &bytes) == 0 && bytes % 3 == 0 &&
	    bytes / 3 <= V8_MAX_BYTECODES) {
		to->n = (uint32_t)(bytes / 3);
		for (int scale = 0; scale < 3; scale++)
			memcpy(to->bytes[scale],
			       (const uint8_t *)start + (uint32_t)scale * to->n, to->n);
		return;
	}
	for (size_t i = 0; i < sizeof(known_lengths) / sizeof(known_lengths[0]); i++) {
		if (known_lengths[i].major != l->major ||
		    known_lengths[i].minor != l->minor)
			continue;
		to->n = (uint32_t)strlen(known_lengths[i].by_scale[0]);
		for (int scale = 0; scale < 3; scale++)
			for (uint32_t k = 0; k < to->n; k++)
				to->bytes[scale][k] =
					(uint8_t)(known_lengths[i].by_scale[scale][k] -
						  '0');
	}
}

/* The bytes of the bytecode at `at`, with its prefix; 0 if there is no such bytecode. */
static uint32_t
length_at(const struct v8_reader *r, uint64_t at)
{
	uint8_t code[2];
	int scale = 0;

	checked_read(r->memory, at, code, sizeof(code));
	if (code[0] == WIDE || code[0] == EXTRA_WIDE)
		scale = code[0] == WIDE ? 1 : 2;
	uint8_t op = code[scale != 0];
	if (r->memory->failed || op >= r->lengths->n)
		return 0;
	return r->lengths->bytes[scale][op] + (uint32_t)(scale != 0);
}

int
v8_baseline_offset(const struct v8_reader *r, uint64_t bytecode, uint64_t table,
		   int32_t pc_offset, int32_t *offset)
{
	uint64_t length = v8_field(r, bytecode, FIELD_LENGTH);
	uint64_t code = bytecode - 1 + (uint64_t)r->layout->bytecode_data;
	struct v8_cursor c = {.r = r};
	uint64_t delta, end = 0;
	uint32_t next = 0;

	c.at = v8_bytes(r, table, &c.left);
	if (r->lengths->n == 0 || !v8_is_smi(length) || c.left == 0 || c.left > MAX_TABLE)
		return -ENOENT;
	*offset = BEFORE_THE_FIRST;
	while (v8_next(&c, &delta)) {
		end += delta;
		if (end >= (uint64_t)pc_offset)
			return *offset == BEFORE_THE_FIRST ? -ENOENT : 0;
		*offset = (int32_t)next;
		uint32_t bytes = length_at(r, code + next);
		next += bytes;
		if (bytes == 0 || next > (uint64_t)v8_smi(length))
			return -ENOENT;
	}
	return -ENOENT;
}
