/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 encoded by shuffles, for registers of any width: see base64_lanes.h. After W. Mula, D. Lemire: Faster Base64
 * Encoding and Decoding using AVX2 Instructions; that a block is loaded from four bytes before it, is aklomp/base64's.
 */
#ifndef ENCODE_BASE64_ENCODE_LANES_H
#define ENCODE_BASE64_ENCODE_LANES_H

#include <string.h>

#include "encode/codec.h"

#if defined(LANES)

/* Of a block. */
enum { BASE64_WIDTH = sizeof(lanes), BASE64_BYTES = BASE64_WIDTH / 4 * 3 };

/* The bytes of a block, each 12 in 16; four more may be read. The including file's. */
static inline lanes base64_load(const uint8_t *src);

/* Where those of a block are that was loaded from four bytes before it. The including file's. */
static inline lanes base64_spread_middle(void);

/* In each 16 bytes, where 12 begin `at`: three to four, for base64_characters. */
#define BASE64_SPREAD(at)                                                                \
	{                                                                                \
		(at) + 1, (at), (at) + 2, (at) + 1, (at) + 4, (at) + 3, (at) + 5,        \
			(at) + 4, (at) + 7, (at) + 6, (at) + 8, (at) + 7, (at) + 10,     \
			(at) + 9, (at) + 11, (at) + 10                                   \
	}

/* Bytes to characters, three to four in each 32 bits.  */
static inline lanes
base64_characters(lanes v, lanes spread, lanes shift)
{
	v = LANES(shuffle_epi8)(v, spread);
	lanes odd = LANES(mulhi_epu16)(LANES_ALL(and)(v, LANES(set1_epi32)(0x0fc0fc00)),
				       LANES(set1_epi32)(0x04000040));
	lanes even = LANES(mullo_epi16)(LANES_ALL(and)(v, LANES(set1_epi32)(0x003f03f0)),
					LANES(set1_epi32)(0x01000010));
	lanes value = LANES_ALL(or)(odd, even);
	/* 0: capitals, 1: small letters, 2 to 11: digits, 12 and 13: the last two. */
	lanes range = LANES(subs_epu8)(value, LANES(set1_epi8)(51));

	range = LANES(sub_epi8)(range, LANES(cmpgt_epi8)(value, LANES(set1_epi8)(25)));
	return LANES(add_epi8)(value, LANES(shuffle_epi8)(shift, range));
}

static inline lanes
base64_shift(bool url)
{
	/* What to add to a value of each range, by alphabet. */
	static const int8_t shifts[2][16] = {{'A', 'a' - 26, -4, -4, -4, -4, -4, -4, -4,
					      -4, -4, -4, '+' - 62, '/' - 63},
					     {'A', 'a' - 26, -4, -4, -4, -4, -4, -4, -4,
					      -4, -4, -4, '-' - 62, '_' - 63}};

	return row_of(shifts[url]);
}

/* Blocks with four bytes before and behind them. Returns where they end. */
static inline __attribute__((always_inline)) size_t
base64_middle(uint8_t **to, const uint8_t *src, size_t i, size_t n, lanes shift)
{
	const lanes spread = base64_spread_middle();
	uint8_t *dst = *to;

#define BLOCK(at)                                                                        \
	store(dst + (at)*BASE64_WIDTH,                                                   \
	      base64_characters(load(src + i + (at)*BASE64_BYTES - 4), spread, shift))
	for (; n - i >= 4 * BASE64_BYTES + 4; i += 4 * BASE64_BYTES) {
		BLOCK(0);
		BLOCK(1);
		BLOCK(2);
		BLOCK(3);
		dst += 4 * BASE64_WIDTH;
	}
	for (; n - i >= BASE64_BYTES + 4; i += BASE64_BYTES, dst += BASE64_WIDTH)
		BLOCK(0);
#undef BLOCK
	*to = dst;
	return i;
}

/* See codec_encode_lines: each line in blocks of which the last one overlaps. */
static inline __attribute__((always_inline)) size_t
base64_encode_lines_lanes(uint8_t *dst, const uint8_t *src, size_t n,
			  const struct codec_lines *lines, bool url)
{
	static const int8_t begin[16] = BASE64_SPREAD(0);
	const lanes shift = base64_shift(url), spread = base64_spread_middle();
	const size_t columns = lines->columns, bytes = columns / 4 * 3;
	const size_t last = columns - BASE64_WIDTH;
	const uint16_t eol = lines->eol;
	size_t at = 0;

#define FROM(c) (src + at + (c) / 4 * 3)
#define FIRST(c)                                                                         \
	store(dst + (c), base64_characters(base64_load(FROM(c)), row_of(begin), shift))
#define BLOCK(c) store(dst + (c), base64_characters(load(FROM(c) - 4), spread, shift))
#define LINE(BLOCK)                                                                      \
	for (size_t c = 0; c < last; c += BASE64_WIDTH)                                  \
		BLOCK(c);                                                                \
	BLOCK(last);                                                                     \
	/* Perhaps too much of it: more is to come. */                                   \
	memcpy(dst + columns, &eol, sizeof(eol));                                        \
	at += bytes;                                                                     \
	dst += columns + lines->eol_length

	/* Nothing is there before the first line. */
	if (n >= bytes + 4) {
		LINE(FIRST);
	}
	while (n - at >= bytes + 4) {
		LINE(BLOCK);
	}
#undef FROM
#undef FIRST
#undef BLOCK
#undef LINE
	return at;
}

static inline __attribute__((always_inline)) size_t
base64_encode_lanes(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	static const int8_t spreads[2][16] = {BASE64_SPREAD(0), BASE64_SPREAD(4)};
	const lanes shift = base64_shift(url), spread = row_of(spreads[0]);
	size_t i = 0;

	if (n >= BASE64_BYTES + 4) {
		store(dst, base64_characters(base64_load(src), spread, shift));
		i = BASE64_BYTES;
		dst += BASE64_WIDTH;
	}
	if (i > 0)
		i = base64_middle(&dst, src, i, n, shift);
	if (i == 0 || i == n)
		return i;
	/* The end in blocks of which the last one overlaps; what is read too much, is before them. */
	const lanes behind = row_of(spreads[1]);
	if (n - i > BASE64_BYTES) {
		store(dst, base64_characters(base64_load(src + i - 4), behind, shift));
		i += BASE64_BYTES;
		dst += BASE64_WIDTH;
	}
	store(dst + (n - i) / 3 * 4 - BASE64_WIDTH,
	      base64_characters(base64_load(src + n - BASE64_BYTES - 4), behind, shift));
	return n;
}

#endif
#endif
