/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables behind hex and base64, made by the compiler from their definitions. Read by the
 * drivers and by every tier; never written.
 */
#include "encode/all.h"
#include "encode/codec.h"
#include "weir/encode.h"

#define HEX(c)                                                                           \
	((c) >= '0' && (c) <= '9'   ? (c) - '0'                                          \
	 : (c) >= 'a' && (c) <= 'f' ? (c) - 'a' + 10                                     \
	 : (c) >= 'A' && (c) <= 'F' ? (c) - 'A' + 10                                     \
				    : 0xff)

const uint8_t hex_values[256] = {ALL(HEX)};

const char base64_alphabet[2][65] = {
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

#define SPACE(c) ((c) == '\t' || (c) == '\n' || (c) == '\f' || (c) == '\r' || (c) == ' ')

/* A character's value, with `other` for those that both alphabets lack. */
#define VALUE(c, std, url, other)                                                        \
	((c) >= 'A' && (c) <= 'Z'   ? ((c) - 'A') & 63                                   \
	 : (c) >= 'a' && (c) <= 'z' ? ((c) - 'a' + 26) & 63                              \
	 : (c) >= '0' && (c) <= '9' ? ((c) - '0' + 52) & 63                              \
	 : (std) && (c) == '+'	    ? 62                                                 \
	 : (std) && (c) == '/'	    ? 63                                                 \
	 : (url) && (c) == '-'	    ? 62                                                 \
	 : (url) && (c) == '_'	    ? 63                                                 \
				    : (other))

#define LENIENT(c)   ((c) == '=' ? BASE64_STOP : BASE64_SKIP)
#define SPACED(c)    (SPACE(c) ? BASE64_SKIP : BASE64_STOP)
#define NODE(c)	     VALUE(c, 1, 1, LENIENT(c))
#define MIME_STD(c)  VALUE(c, 1, 0, LENIENT(c))
#define MIME_URL(c)  VALUE(c, 0, 1, LENIENT(c))
#define SPACE_STD(c) VALUE(c, 1, 0, SPACED(c))
#define SPACE_URL(c) VALUE(c, 0, 1, SPACED(c))
#define EXACT_STD(c) VALUE(c, 1, 0, BASE64_STOP)
#define EXACT_URL(c) VALUE(c, 0, 1, BASE64_STOP)

/* Rows of the ASCII table that hold the same low nibbles share a bit; rows that hold none. */
#define NO_ROW		      0x20
#define ROWS		      NO_ROW, NO_ROW, 1, 2, 4, 8, 4, 16, ROWS_HIGH
#define ROWS_HIGH	      NO_ROW, NO_ROW, NO_ROW, NO_ROW, NO_ROW, NO_ROW, NO_ROW, NO_ROW
#define OUT(c, std, url, bit) (VALUE(c, std, url, 0x80) == 0x80 ? (bit) : 0)
#define LOW(l, std, url)                                                                 \
	(NO_ROW | OUT(0x20 + (l), std, url, 1) | OUT(0x30 + (l), std, url, 2) |          \
	 OUT(0x40 + (l), std, url, 4) | OUT(0x50 + (l), std, url, 8) |                   \
	 OUT(0x70 + (l), std, url, 16))
#define LOW_BOTH(l) LOW(l, 1, 1)
#define LOW_STD(l)  LOW(l, 1, 0)
#define LOW_URL(l)  LOW(l, 0, 1)

/* Found by search: every byte's key lies between 0 and 15. */
static const struct base64_quick quick_std = {
	{0, 0, 0, 0, 0, 0, 0, 0, 15, 15, 13, 1, 5, 5, 5, 1},
	{-8, -24, -40, -15, -65, -47, -97, -11, -128, -43, -127, 0, 0, 0, 0, 0},
	{12, 12, 12, 12, 12, 12, 12, 12, 11, 11, 1, 3, 1, 1, 1, 1},
	{0, 0, 0, 16, 19, -65, -65, -71, -71, 4, -65, -65, -71, -71, 0, 0}};
static const struct base64_quick quick_url = {
	{0, 0, 0, 0, 0, 0, 0, 0, 11, 11, 9, 1, 1, 1, 13, 13},
	{-8, -24, -40, -45, -65, -11, -97, -43, -126, -48, -64, 0, -95, 0, -128, 0},
	{10, 10, 10, 10, 10, 10, 10, 10, 9, 9, 9, 1, 1, 1, 1, 1},
	{0, 0, 0, 17, 0, -65, -32, -71, 4, -65, -65, -71, -71, 0, 0, 0}};

/* No byte but one has its own low nibble, so that a lookup by nibble can be compared with it. */
#define MARK(l, byte)	(((byte)&15) == (l) ? (byte) : (l) == 0 ? 1 : 0)
#define MARK_PAD(l)	MARK(l, '=')
#define MARK_SPACE(l)	MARK(l, (l) == 0 ? ' ' : SPACE(l) ? (l) : ~(l)&15)
#define MARK_NOTHING(l) MARK(l, ~(l)&15)

#define TABLE(values, low, mark, marks_stop, first, second)                              \
	{                                                                                \
		{ALL(values)}, {ROW(low, 0)}, {ROWS}, {ROW(mark, 0)}, marks_stop,        \
			{&(first), &(second)}, !(marks_stop)                             \
	}

static const struct base64_decode_table node =
	TABLE(NODE, LOW_BOTH, MARK_PAD, true, quick_std, quick_url);
static const struct base64_decode_table exact_std =
	TABLE(EXACT_STD, LOW_STD, MARK_NOTHING, false, quick_std, quick_std);
static const struct base64_decode_table exact_url =
	TABLE(EXACT_URL, LOW_URL, MARK_NOTHING, false, quick_url, quick_url);
static const struct base64_decode_table spaced_std =
	TABLE(SPACE_STD, LOW_STD, MARK_SPACE, false, quick_std, quick_std);
static const struct base64_decode_table spaced_url =
	TABLE(SPACE_URL, LOW_URL, MARK_SPACE, false, quick_url, quick_url);
static const struct base64_decode_table mime_std =
	TABLE(MIME_STD, LOW_STD, MARK_PAD, true, quick_std, quick_std);
static const struct base64_decode_table mime_url =
	TABLE(MIME_URL, LOW_URL, MARK_PAD, true, quick_url, quick_url);

const struct base64_decode_table *const base64_tables[4][2] = {
	[WEIR_NODE] = {&node, &node},
	[WEIR_RFC4648] = {&exact_std, &exact_url},
	[WEIR_WHATWG] = {&spaced_std, &spaced_url},
	[WEIR_MIME] = {&mime_std, &mime_url},
};

/* Place i, behind as many as are kept of those before it. */
#define KEPT(mask, i)                                                                    \
	((uint64_t)((mask) >> (i)&1 ? 0 : (i))                                           \
	 << 8 * ((mask) >> (i)&1 ? 0 : __builtin_popcount(~(mask) & ((1 << (i)) - 1))))
#define ALL_KEPT(mask)                                                                   \
	(KEPT(mask, 1) | KEPT(mask, 2) | KEPT(mask, 3) | KEPT(mask, 4) | KEPT(mask, 5) | \
	 KEPT(mask, 6) | KEPT(mask, 7))

const uint64_t codec_kept[256] = {ALL(ALL_KEPT)};
