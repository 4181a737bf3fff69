/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPython's location tables, against lines that CPython itself gave for them (co_positions of 3.11).
 */
#include <string.h>

#include "tests/tap.h"
#include "trace/runtimes/python.h"

static const uint8_t *bytes;
static size_t n_bytes;

/* The table lies at address 4096; nothing is behind its last block. */
static size_t
fetch(void *context, const uint64_t *blocks, size_t n, uint8_t (*to)[CHECKED_BLOCK])
{
	(void)context;
	for (size_t i = 0; i < n; i++) {
		uint64_t at = blocks[i] - 4096;

		if (at >= n_bytes)
			return i;
		memset(to[i], 0xff, CHECKED_BLOCK);
		memcpy(to[i], bytes + at,
		       n_bytes - at < CHECKED_BLOCK ? n_bytes - at : CHECKED_BLOCK);
	}
	return n;
}

static struct checked memory = {.fetch = fetch};

static uint32_t line, column;

static bool
look_up(const uint8_t *table, size_t n, uint32_t offset)
{
	bytes = table;
	n_bytes = n;
	checked_begin(&memory);
	line = 100;
	column = 0;
	return python_line(&memory, 4096, (uint32_t)n, offset, &line, &column);
}

/* Forms of all kinds, each of so many units. */
static const uint8_t table[] = {
	0x80 | 0 << 3 | 0,  0x31,     /* 1 unit: line 100, column 4 (3) */
	0x80 | 2 << 3 | 2,  0x10,     /* 3: line 100, column 18 (17) */
	0x80 | 11 << 3 | 1, 40,	  44, /* 2: next line, column 41 */
	0x80 | 15 << 3 | 0,	      /* 1: nowhere */
	0x80 | 14 << 3 | 0, 0x07, 0x00, 0x41, 0x01, 0x10, /* 1: line -3, column 65 (64) */
	0x80 | 13 << 3 | 7, 0x48, 0x02,			  /* 8: line + 68, no column */
	0x80 | 12 << 3 | 0, 0,	  9,			  /* 1: line + 2, column 1 */
};

static const struct {
	uint32_t offset, line, column;
} expected[] = {
	{0, 100, 4}, {1, 100, 18}, {3, 100, 18}, {4, 101, 41}, {5, 101, 41},
	{7, 98, 65}, {8, 166, 0},  {15, 166, 0}, {16, 168, 1},
};

TEST(every_form)
{
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		CHECK(look_up(table, sizeof(table), expected[i].offset));
		CHECK_EQ(line, expected[i].line);
		CHECK_EQ(column, expected[i].column);
	}
}

TEST(what_is_nowhere_has_no_line)
{
	CHECK(!look_up(table, sizeof(table), 6));
	CHECK(!look_up(table, sizeof(table), 17));
	CHECK(!look_up(table, 0, 0));
}

TEST(cut_tables)
{
	for (size_t n = 0; n < sizeof(table); n++)
		CHECK(!look_up(table, n, 16));
}

TEST(endless_numbers)
{
	uint8_t ones[64];

	memset(ones, 0xff, sizeof(ones));
	ones[0] = 0x80 | 14 << 3;
	look_up(ones, sizeof(ones), 1000);
	CHECK(!memory.failed);
}

TEST(a_wrong_table_is_unreadable)
{
	checked_begin(&memory);
	n_bytes = 0;
	CHECK(!python_line(&memory, 8, 100, 1, &line, &column));
	CHECK(memory.failed);
}

#define TAP_TESTS                                                                        \
	T(every_form)                                                                    \
	T(what_is_nowhere_has_no_line)                                                   \
	T(cut_tables)                                                                    \
	T(endless_numbers)                                                               \
	T(a_wrong_table_is_unreadable)
TAP_MAIN()
