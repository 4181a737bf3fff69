/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of UTF-8 as tables for lookups by nibble, for the tiers that check a register at a time
 * (J. Keiser, D. Lemire: Validating UTF-8 in less than one instruction per byte). text.c goes byte by
 * byte and has the rules as code; the tests compare both.
 */
#ifndef ENCODE_UTF8_RULES_H
#define ENCODE_UTF8_RULES_H

#include "encode/codec.h"

/*
 * What can be wrong with two bytes in a row, a bit each; a pair is wrong if the tables of its
 * three nibbles agree on a bit. TWO_CONTS alone is right behind a lead of three or four.
 */
enum {
	TOO_SHORT = 1,
	TOO_LONG = 2,
	OVERLONG_3 = 4,
	TOO_LARGE = 8,
	SURROGATE = 16,
	OVERLONG_2 = 32,
	TOO_LARGE_FAR = 64, /* and OVERLONG_4, which no lead can be both of */
	TWO_CONTS = 128,
	ANY_LOW = TOO_SHORT | TOO_LONG | TWO_CONTS,
	FAR_LOW = ANY_LOW | TOO_LARGE | TOO_LARGE_FAR,
	CONT_ALL = TOO_LONG | OVERLONG_2 | TWO_CONTS
};

/* By the high and low nibble of the first byte, and by the high one of the second. */
static const uint8_t utf8_first_high[16] __attribute__((unused)) = {
	TOO_LONG,
	TOO_LONG,
	TOO_LONG,
	TOO_LONG,
	TOO_LONG,
	TOO_LONG,
	TOO_LONG,
	TOO_LONG,
	TWO_CONTS,
	TWO_CONTS,
	TWO_CONTS,
	TWO_CONTS,
	TOO_SHORT | OVERLONG_2,
	TOO_SHORT,
	TOO_SHORT | OVERLONG_3 | SURROGATE,
	TOO_SHORT | TOO_LARGE | TOO_LARGE_FAR,
};
static const uint8_t utf8_first_low[16] __attribute__((unused)) = {
	ANY_LOW | OVERLONG_3 | OVERLONG_2 | TOO_LARGE_FAR,
	ANY_LOW | OVERLONG_2,
	ANY_LOW,
	ANY_LOW,
	ANY_LOW | TOO_LARGE,
	FAR_LOW,
	FAR_LOW,
	FAR_LOW,
	FAR_LOW,
	FAR_LOW,
	FAR_LOW,
	FAR_LOW,
	FAR_LOW,
	FAR_LOW | SURROGATE,
	FAR_LOW,
	FAR_LOW,
};
static const uint8_t utf8_second_high[16] __attribute__((unused)) = {
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	CONT_ALL | OVERLONG_3 | TOO_LARGE_FAR,
	CONT_ALL | OVERLONG_3 | TOO_LARGE,
	CONT_ALL | SURROGATE | TOO_LARGE,
	CONT_ALL | SURROGATE | TOO_LARGE,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
};

/* Where the character begins that is not whole before `at`, or `at`. All before it is valid. */
static inline size_t
utf8_whole(const uint8_t *src, size_t at)
{
	for (size_t back = 1; back <= 3 && back <= at; back++) {
		uint8_t b = src[at - back];

		if (b >= 0xc0)
			return (b >= 0xf0   ? 4u
				: b >= 0xe0 ? 3u
					    : 2u) > back
				       ? at - back
				       : at;
		if (b < 0x80)
			break;
	}
	return at;
}

#endif
