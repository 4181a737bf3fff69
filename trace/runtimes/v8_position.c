/* SPDX-License-Identifier: Apache-2.0 */
/*
 * V8's source position tables: pairs of deltas in a variable-length code, ordered by the offset of
 * the code. The first of a pair changed with V8 14.
 */
#include "trace/runtimes/v8_private.h"

#include <errno.h>

#define MAX_TABLE (1 << 20)

bool
v8_next(struct v8_cursor *c, uint64_t *value)
{
	uint64_t v = 0;

	for (unsigned shift = 0; c->left > 0 && shift < 64; shift += 7) {
		uint8_t byte;

		checked_read(c->r->memory, c->at, &byte, 1);
		c->at++;
		c->left--;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0) {
			*value = v;
			return !c->r->memory->failed;
		}
	}
	return false;
}

bool
v8_next_byte(struct v8_cursor *c, uint64_t *value)
{
	uint8_t byte;

	if (c->left == 0)
		return false;
	checked_read(c->r->memory, c->at++, &byte, 1);
	c->left--;
	*value = byte;
	return !c->r->memory->failed;
}

static int64_t
zigzag(uint64_t v)
{
	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/* A negative delta of the older code marks an expression, not a statement. */
static int64_t
code_delta(const struct v8_reader *r, uint64_t v)
{
	int64_t delta;

	if (r->layout->major >= 14)
		return (int64_t)(v >> 2);
	delta = zigzag(v);
	return delta >= 0 ? delta : -(delta + 1);
}

int
v8_position_at(const struct v8_reader *r, uint64_t table, int32_t offset,
	       struct v8_position *to)
{
	struct v8_cursor c = {.r = r};
	/* Of the function as a whole, before its first bytecode. */
	int64_t at = -1, named = -1, position = 0;
	uint64_t first, second;
	bool found = false;

	c.at = v8_bytes(r, table, &c.left);
	if (c.left == 0 || c.left > MAX_TABLE)
		return -ENOENT;
	while (v8_next(&c, &first) && v8_next(&c, &second)) {
		at += code_delta(r, first);
		if (at > offset)
			break;
		position += zigzag(second);
		named = at;
		found = true;
	}
	if (!found || r->memory->failed)
		return -ENOENT;
	v8_position_of((uint64_t)position, to);
	to->code_offset = (int32_t)named;
	return 0;
}
