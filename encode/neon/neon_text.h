/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the text files of the NEON tier share. See struct codec_text. Where registers hold what earlier bytes are, the
 * first block has zeros before it.
 */
#ifndef ENCODE_NEON_TEXT_H
#define ENCODE_NEON_TEXT_H

#include "encode/codec.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#include "encode/lanes/short_load.h"
#include "encode/lanes/text_run.h"
#include "encode/lanes/utf8_rules.h"

size_t neon_utf8_valid(const uint8_t *src, size_t n);
void neon_utf8_copy(struct codec_text_run *run);
void neon_utf8_to_utf16(struct codec_text_run *run);
void neon_utf8_to_low(struct codec_text_run *run);
void neon_utf16_to_utf8(struct codec_text_run *run);
void neon_latin1_to_utf8(struct codec_text_run *run);
void neon_widen(uint8_t *dst, const uint8_t *src, size_t n, uint8_t mask);
codec_whole neon_whole_copy, neon_whole_to_utf16, neon_whole_to_low, neon_whole_utf16,
	neon_whole_latin1;

/* A number that stays in its register: gcc 12 makes it anew in each round of a loop. */
static inline uint8x16_t
held(uint8x16_t v)
{
	__asm__("" : "+w"(v));
	return v;
}

static inline bool
any_above(uint8x16_t v)
{
	return vmaxvq_u8(v) > 0x7f;
}

/* Registers are written out where there are four: gcc 12 puts what a loop over them has in memory. */
static inline uint8x16_t
all_of(uint8x16x4_t v)
{
	return vorrq_u8(vorrq_u8(v.val[0], v.val[1]), vorrq_u8(v.val[2], v.val[3]));
}

static inline bool
is_zero(uint8x16_t v)
{
	return vmaxvq_u32(vreinterpretq_u32_u8(v)) == 0;
}

/* Of 16 bytes that are all ones or zero, a bit each, summed up in pairs as in simdjson/simdjson, and how many there are. */
struct masks {
	uint32_t first, second, first_ones, second_ones;
};

/* The places of the bits. */
static inline uint8x16_t
mask_places(void)
{
	const uint8x16_t places = {1, 2, 4, 8, 16, 32, 64, 128,
				   1, 2, 4, 8, 16, 32, 64, 128};

	return held(places);
}

static inline __attribute__((always_inline)) struct masks
masks_of(uint8x16_t v, uint8x16_t places)
{
	uint8x16_t sum = vandq_u8(v, places);

	sum = vpaddq_u8(sum, sum);
	sum = vpaddq_u8(sum, sum);
	sum = vpaddq_u8(sum, sum);
	uint32_t mask = vgetq_lane_u16(vreinterpretq_u16_u8(sum), 0);
	uint32_t ones = vgetq_lane_u16(vreinterpretq_u16_u8(vcntq_u8(sum)), 0);
	return (struct masks){mask & 255, mask >> 8, ones & 255, ones >> 8};
}

/* Fewer than 16 bytes, with zeros behind them, without a load that waits for stores. */
static inline uint8x16_t
load_short(const uint8_t *src, size_t n)
{
	uint64_t low, high;

	short_load(src, n, &low, &high);
	return vcombine_u8(vcreate_u8(low), vcreate_u8(high));
}

/* The last n bytes before `end`, up to 16, with zeros behind them: 16 may be read before `end`. */
static inline uint8x16_t
load_last(const uint8_t *end, size_t n)
{
	static const uint8_t places[32] = {
		0,    1,    2,	  3,	4,    5,    6,	  7,	8,    9,    10,
		11,   12,   13,	  14,	15,   0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
		0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};

	return vqtbl1q_u8(vld1q_u8(end - 16), vld1q_u8(places + 16 - n));
}

/* What the rules of UTF-8 are looked up in (utf8_rules.h), and the least of what must have a third byte, or a fourth, behind it. */
struct rules {
	uint8x16_t first_high, first_low, second_high, low, third, fourth, top;
};

static inline struct rules
rules(void)
{
	return (struct rules){
		.first_high = held(vld1q_u8(utf8_first_high)),
		.first_low = held(vld1q_u8(utf8_first_low)),
		.second_high = held(vld1q_u8(utf8_second_high)),
		.low = held(vdupq_n_u8(15)),
		.third = held(vdupq_n_u8(0xe0 - 0x80)),
		.fourth = held(vdupq_n_u8(0xf0 - 0x80)),
		.top = held(vdupq_n_u8(0x80)),
	};
}

/* Not zero where v is not UTF-8 behind the bytes one, two and three before. */
static inline uint8x16_t
utf8_errors(uint8x16_t v, uint8x16_t one, uint8x16_t two, uint8x16_t three,
	    const struct rules *k)
{
	uint8x16_t wrong = vqtbl1q_u8(k->first_high, vshrq_n_u8(one, 4));

	wrong = vandq_u8(wrong, vqtbl1q_u8(k->first_low, vandq_u8(one, k->low)));
	wrong = vandq_u8(wrong, vqtbl1q_u8(k->second_high, vshrq_n_u8(v, 4)));
	/* The top bit where a third or a fourth byte must be. */
	uint8x16_t must = vorrq_u8(vqsubq_u8(two, k->third), vqsubq_u8(three, k->fourth));
	return veorq_u8(wrong, vandq_u8(must, k->top));
}

static inline uint8x16_t
errors_behind(uint8x16_t v, uint8x16_t before, const struct rules *k)
{
	return utf8_errors(v, vextq_u8(before, v, 15), vextq_u8(before, v, 14),
			   vextq_u8(before, v, 13), k);
}

#endif
#endif
