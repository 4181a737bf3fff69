/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A code object's location table: entries of a byte that says their form and how many code units
 * they are about, then numbers of six bits a byte (CPython, Objects/locations.md).
 */
#include "trace/runtimes/python.h"

#define FORM(byte)     ((byte) >> 3 & 15)
#define UNITS(byte)    (((byte)&7) + 1u)
#define FIRST_ONE_LINE 10
#define NO_COLUMN      13
#define LONG	       14
#define NOWHERE	       15

struct cursor {
	struct checked *m;
	uint64_t at, end;
	bool failed;
};

static uint8_t
byte(struct cursor *c)
{
	uint8_t b = 0;

	if (c->at >= c->end)
		c->failed = true;
	else
		checked_read(c->m, c->at++, &b, 1);
	return b;
}

static uint32_t
number(struct cursor *c)
{
	uint32_t v = 0;

	for (unsigned shift = 0; shift < 32; shift += 6) {
		uint8_t b = byte(c);

		v |= (uint32_t)(b & 0x3f) << shift;
		if ((b & 0x40) == 0)
			break;
	}
	return v;
}

static uint32_t
signed_number(struct cursor *c)
{
	uint32_t v = number(c);

	return (v & 1) != 0 ? 0 - (v >> 1) : v >> 1;
}

bool
python_line(struct checked *m, uint64_t table, uint32_t bytes, uint32_t offset,
	    uint32_t *line, uint32_t *column)
{
	struct cursor c = {m, table, table + bytes, false};

	for (uint32_t at = 0; c.at < c.end && !c.failed && !m->failed;) {
		uint8_t first = byte(&c);
		unsigned form = FORM(first);

		at += UNITS(first);
		*column = 0;
		if (form < FIRST_ONE_LINE) {
			*column = form * 8 + (byte(&c) >> 4 & 7) + 1;
		} else if (form < NO_COLUMN) {
			*line += form - FIRST_ONE_LINE;
			*column = byte(&c) + 1u;
			byte(&c);
		} else if (form != NOWHERE) {
			*line += signed_number(&c);
			if (form == LONG) {
				number(&c);
				*column = number(&c);
				number(&c);
			}
		}
		if (at > offset)
			return form != NOWHERE && !c.failed;
	}
	return false;
}
