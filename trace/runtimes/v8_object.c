/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects, byte arrays and strings.
 */
#include "trace/runtimes/v8_private.h"

#include <errno.h>

/* A string's type: its low bits say how it is kept. */
#define KEPT	     7
#define SEQUENTIAL   0
#define CONS	     1
#define EXTERNAL     2
#define SLICED	     3
#define THIN	     5
#define ONE_BYTE     8
#define UNCACHED     16 /* external, and only a call would tell where */
#define MAX_NESTING  32
#define MAX_PARTS    256
#define MAX_ARRAY    (1 << 20)
#define FIELD_LENGTH 8
#define FIELD_DATA   16
#define FIRST_PART   16
#define SECOND_PART  24

uint16_t
v8_type(const struct v8_reader *r, uint64_t object)
{
	if (!v8_is_object(object))
		return V8_NO_TYPE;
	uint64_t map = v8_field(r, object, 0);
	if (!v8_is_object(map))
		return V8_NO_TYPE;
	uint64_t map_of_map = v8_field(r, map, 0);
	if (!v8_is_object(map_of_map) ||
	    checked_u16(r->memory, map_of_map - 1 + r->layout->map_type) !=
		    r->layout->type_map)
		return V8_NO_TYPE;
	return checked_u16(r->memory, map - 1 + r->layout->map_type);
}

bool
v8_has_text(const struct v8_reader *r, uint64_t object)
{
	return v8_is_string(r, object) &&
	       checked_u32(r->memory, object - 1 + r->layout->string_length) != 0;
}

uint64_t
v8_bytes(const struct v8_reader *r, uint64_t object, uint32_t *n)
{
	uint16_t type = v8_type(r, object);
	uint64_t length = 0;

	if (type == r->layout->type_bytes || type == r->layout->type_bytes_old)
		length = v8_field(r, object, FIELD_LENGTH);
	*n = v8_is_smi(length) && v8_smi(length) >= 0 && v8_smi(length) <= MAX_ARRAY
		     ? (uint32_t)v8_smi(length)
		     : 0;
	return object - 1 + FIELD_DATA;
}

uint64_t
v8_characters(const struct v8_reader *r, uint64_t string, uint32_t *n, unsigned *width)
{
	uint64_t at = 0, skipped = 0;
	uint32_t length = UINT32_MAX; /* of a slice */

	*width = 0;
	for (int i = 0; i < MAX_NESTING; i++) {
		uint16_t type = v8_type(r, string);

		if (type >= r->layout->type_string_end)
			break;
		if ((type & KEPT) == THIN) {
			string = v8_field(r, string, FIRST_PART);
			continue;
		}
		/* One that was flattened has its text in the first part, and an empty second. */
		if ((type & KEPT) == CONS) {
			uint64_t second = v8_field(r, string, SECOND_PART);

			if (!v8_is_string(r, second) ||
			    checked_u32(r->memory,
					second - 1 + r->layout->string_length) != 0)
				break;
			string = v8_field(r, string, FIRST_PART);
			continue;
		}
		if ((type & KEPT) == SLICED) {
			uint64_t offset = v8_field(r, string, SECOND_PART);

			if (!v8_is_smi(offset) || v8_smi(offset) < 0 ||
			    skipped > UINT32_MAX)
				break;
			if (length == UINT32_MAX)
				length = checked_u32(
					r->memory, string - 1 + r->layout->string_length);
			skipped += (uint64_t)v8_smi(offset);
			string = v8_field(r, string, FIRST_PART);
			continue;
		}
		if ((type & KEPT) == SEQUENTIAL)
			at = string - 1 + FIELD_DATA;
		else if ((type & KEPT) == EXTERNAL && (type & UNCACHED) == 0)
			at = v8_field(r, string, SECOND_PART);
		else
			break;
		*n = checked_u32(r->memory, string - 1 + r->layout->string_length);
		*width = (type & ONE_BYTE) != 0 ? 1 : 2;
		if (length == UINT32_MAX)
			break;
		if (skipped + length > *n)
			*width = 0;
		at += skipped * *width;
		*n = length;
		break;
	}
	return at;
}

/* The text being put together: characters [skip, skip + left) of what comes. */
struct text {
	char *to;
	size_t used, max;
	uint32_t skip, left;
	uint32_t parts; /* looked at: what refers to itself comes to an end */
};

static bool
put(struct text *t, unsigned c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (t->used + n >= t->max)
		return false;
	if (n == 1) {
		t->to[t->used++] = (char)c;
		return true;
	}
	if (n == 4)
		t->to[t->used++] = (char)(0xf0 | c >> 18);
	if (n >= 3)
		t->to[t->used++] =
			(char)(n == 3 ? 0xe0 | c >> 12 : 0x80 | (c >> 12 & 0x3f));
	t->to[t->used++] = (char)(n >= 3 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6);
	t->to[t->used++] = (char)(0x80 | (c & 0x3f));
	return true;
}

static bool
put_characters(const struct v8_reader *r, struct text *t, uint64_t at, uint32_t n,
	       unsigned width)
{
	uint32_t i = t->skip < n ? t->skip : n;

	t->skip -= i;
	for (; i < n && t->left > 0; i++, t->left--) {
		uint8_t c = 0;

		if (width == 1)
			checked_read(r->memory, at + i, &c, 1);
		unsigned wide = width == 1 ? c : checked_u16(r->memory, at + 2 * i);
		/* Both halves of a character beyond 16 bits. */
		if (wide >= 0xd800 && wide < 0xdc00 && i + 1 < n && t->left > 1) {
			unsigned low = checked_u16(r->memory, at + 2 * (i + 1));

			if (low >= 0xdc00 && low < 0xe000) {
				wide = 0x10000 + ((wide - 0xd800) << 10) + (low - 0xdc00);
				i++;
				t->left--;
			}
		}
		/* A zero would end the text early; half a surrogate pair is no UTF-8. */
		if (wide == 0 || (wide >= 0xd800 && wide < 0xe000))
			wide = 0xfffd;
		if (r->memory->failed || !put(t, wide))
			return false;
	}
	return true;
}

static bool
put_string(const struct v8_reader *r, struct text *t, uint64_t string, int nesting)
{
	uint16_t type = v8_type(r, string);
	uint32_t n;
	unsigned width;

	if (nesting > MAX_NESTING || t->parts++ > MAX_PARTS ||
	    type >= r->layout->type_string_end)
		return false;
	if (t->left == 0)
		return true;
	if ((type & KEPT) == CONS)
		return put_string(r, t, v8_field(r, string, FIRST_PART), nesting + 1) &&
		       put_string(r, t, v8_field(r, string, SECOND_PART), nesting + 1);
	if ((type & KEPT) == SLICED) {
		uint64_t offset = v8_field(r, string, SECOND_PART);
		uint32_t length =
			checked_u32(r->memory, string - 1 + r->layout->string_length);
		struct text part = *t;

		if (!v8_is_smi(offset) || v8_smi(offset) < 0 || length < t->skip)
			return false;
		part.left = length - t->skip < t->left ? length - t->skip : t->left;
		part.skip = (uint32_t)v8_smi(offset) + t->skip;
		uint32_t wanted = part.left;
		bool whole = put_string(r, &part, v8_field(r, string, FIRST_PART),
					nesting + 1);
		t->used = part.used;
		t->parts = part.parts;
		t->left -= wanted - part.left;
		t->skip = 0;
		return whole;
	}
	uint64_t at = v8_characters(r, string, &n, &width);
	return width != 0 && put_characters(r, t, at, n, width);
}

int
v8_string(const struct v8_reader *r, uint64_t string, char *to, size_t max)
{
	struct text t = {.to = to, .max = max, .left = UINT32_MAX};

	put_string(r, &t, string, 0);
	to[t.used] = '\0';
	return r->memory->failed || !v8_is_string(r, string) ? -EFAULT : 0;
}
