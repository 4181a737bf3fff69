/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The units of a block of UTF-8, for avx512_from_utf8.c and avx512_from_utf8_whole.c. Each place that ends a character
 * gets the low and the high byte of its unit, out of itself and the two bytes before it, in two registers
 * of bytes: shifts of bytes are products of bit matrices (GFNI). Then all other places are compressed
 * out of both, and the two are put together. A character of four bytes ends twice, once for each
 * surrogate.
 */
#ifndef ENCODE_AVX512_FROM_UTF8_H
#define ENCODE_AVX512_FROM_UTF8_H

#include "encode/avx512/avx512_utf8.h"

#if ENCODE_AVX512

/* A matrix by its ones: bit `in` of a byte becomes bit `out`. */
#define ONE(out, in) (1ull << (in) << 8 * (7 - (out)))

/* x << 6, (x >> 2) & 15, x << 4, (x >> 2) & 3, x << 2, (x >> 4) & 3 */
#define LEFT_6	  (ONE(6, 0) | ONE(7, 1))
#define MIDDLE_4  (ONE(0, 2) | ONE(1, 3) | ONE(2, 4) | ONE(3, 5))
#define LEFT_4	  (ONE(4, 0) | ONE(5, 1) | ONE(6, 2) | ONE(7, 3))
#define MIDDLE_2  (ONE(0, 2) | ONE(1, 3))
#define LEFT_2	  (ONE(2, 0) | ONE(3, 1) | ONE(4, 2) | ONE(5, 3) | ONE(6, 4) | ONE(7, 5))
#define RIGHT_4_2 (ONE(0, 4) | ONE(1, 5))

static inline __m512i
matrix(uint64_t m)
{
	return held(_mm512_set1_epi64((long long)m));
}

/* Each byte of a register twice, by halves. */
#define TWICE(i)    (i), (i), (i) + 1, (i) + 1, (i) + 2, (i) + 2, (i) + 3, (i) + 3
#define TWICE_16(i) TWICE(i), TWICE((i) + 4), TWICE((i) + 8), TWICE((i) + 12)
static const uint8_t lanes_twice[128] __attribute__((aligned(64))) = {
	TWICE_16(0), TWICE_16(16), TWICE_16(32), TWICE_16(48)};

struct numbers {
	struct utf8_numbers utf8;
	__m512i left6, middle, left4, middle2, left2, right4, first_units, last_units;
	__mmask64 odd;
};

static inline struct numbers
numbers(void)
{
	return (struct numbers){utf8_numbers(),
				matrix(LEFT_6),
				matrix(MIDDLE_4),
				matrix(LEFT_4),
				matrix(MIDDLE_2),
				matrix(LEFT_2),
				matrix(RIGHT_4_2),
				held(load(lanes_twice)),
				held(load(lanes_twice + 64)),
				held_mask(0xaaaaaaaaaaaaaaaa)};
}

struct halves {
	__m512i low, high;
};

#define AFFINE	     _mm512_gf2p8affine_epi64_epi8
#define AFFINE_MASK  _mm512_mask_gf2p8affine_epi64_epi8
#define AFFINE_MASKZ _mm512_maskz_gf2p8affine_epi64_epi8

/*
 * The units of all characters that end in the block, at their last bytes; `earlier` are the bytes two
 * before each. Of four bytes: the second surrogate at the last one, the first before it.
 */
static inline __attribute__((always_inline)) struct halves
halves_of(const struct utf8_block *b, __m512i earlier, const struct utf8_state *s,
	  bool fours, const struct numbers *k)
{
	struct halves h;

	/* 0x80 + 0x80 is 0: a last byte's mark. */
	h.low = _mm512_mask_add_epi8(b->v, b->above, b->v,
				     AFFINE(b->before, k->left6, 0x80));
	h.high = AFFINE_MASKZ(b->above, b->before, k->middle, 0);
	if ((b->three | (s->open ^ s->second)) == 0)
		return h;
	if (!fours || (b->four | s->four) == 0) {
		/* 0 unless it is the first byte of three. */
		__m512i top = _mm512_subs_epu8(earlier, k->utf8.three);

		h.high = _mm512_or_si512(h.high, _mm512_slli_epi16(top, 4));
		return h;
	}
	__mmask64 third = b->four << 2 | s->four >> 1, fourth = b->four << 3 | s->four;
	/* Of four as well, which is then written over. */
	__mmask64 three = b->three << 2 | (s->open & ~s->second);
	h.high = _mm512_or_si512(h.high, AFFINE_MASKZ(three, earlier, k->left4, 0));
	h.high = AFFINE_MASK(h.high, fourth, b->before, k->middle2, 0xdc);
	/* The point less 0x10000, that is the top less 1. */
	h.low = _mm512_mask_add_epi8(h.low, third, AFFINE(b->before, k->left2, 0),
				     AFFINE(b->v, k->right4, 0xc0));
	__m512i top = _mm512_and_si512(earlier, _mm512_set1_epi8(7));
	__mmask64 borrow = _mm512_mask_cmplt_epu8_mask(third, b->before,
						       _mm512_set1_epi8((char)0x90));
	h.high = _mm512_mask_add_epi8(h.high, third, top, _mm512_set1_epi8((char)0xd8));
	h.high = _mm512_mask_sub_epi8(h.high, borrow, h.high, _mm512_set1_epi8(1));
	return h;
}

/* Where a unit ends. `split`: a first surrogate may be the last unit. */
static inline uint64_t
ends(const struct utf8_block *b, const struct utf8_state *s, uint64_t lanes,
     uint64_t split)
{
	uint64_t more = b->lead | b->open >> 1 | b->next.open << 63;

	return (~more & lanes) | ((b->four << 2 | s->four >> 1) & split);
}

/* The bytes of both by turns, those at `twice`. */
static inline __m512i
together(__m512i low, __m512i high, __m512i twice, __mmask64 odd)
{
	return _mm512_mask_permutexvar_epi8(_mm512_permutexvar_epi8(twice, low), odd,
					    twice, high);
}

static inline __attribute__((always_inline)) void
store(uint8_t *dst, const struct halves *h, uint64_t keep, size_t n, size_t width,
      bool exact, const struct numbers *k)
{
	__m512i low = _mm512_maskz_compress_epi8(keep, h->low), high, a, b;

	if (width == 1) {
		if (exact)
			_mm512_mask_storeu_epi8(dst, first(n), low);
		else
			_mm512_storeu_si512(dst, low);
		return;
	}
	high = _mm512_maskz_compress_epi8(keep, h->high);
	a = together(low, high, k->first_units, k->odd);
	if (exact)
		_mm512_mask_storeu_epi16(dst, (__mmask32)first(n), a);
	else
		_mm512_storeu_si512(dst, a);
	if (n > 32) {
		b = together(low, high, k->last_units, k->odd);
		if (exact)
			_mm512_mask_storeu_epi16(dst + 64, (__mmask32)first(n - 32), b);
		else
			_mm512_storeu_si512(dst + 64, b);
	}
}

/* n bytes that are all ASCII. */
static inline __attribute__((always_inline)) void
store_ascii(uint8_t *dst, __m512i v, size_t n, size_t width, bool exact)
{
	__mmask64 lanes = exact ? first(n) : ~0ull;

	if (width == 1) {
		_mm512_mask_storeu_epi8(dst, lanes, v);
		return;
	}
	__m512i a = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(v));
	__m512i b = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(v, 1));
	if (exact) {
		_mm512_mask_storeu_epi16(dst, (__mmask32)lanes, a);
		_mm512_mask_storeu_epi16(dst + 64, (__mmask32)(lanes >> 32), b);
	} else {
		_mm512_storeu_si512(dst, a);
		_mm512_storeu_si512(dst + 64, b);
	}
}

/* Blocks of ASCII that come first; behind them, an end of less than a block. */
static inline __attribute__((always_inline)) void
ascii(struct codec_text_run *run, size_t width)
{
	const uint8_t *src = run->src;
	size_t n = text_both_of(run, width), at = 0;

	for (; n - at >= 64; at += 64) {
		__m512i v = load(src + at);

		if (top_bits(v) != 0)
			break;
		store_ascii(run->dst + width * at, v, 64, width, false);
	}
	if (at > 0 && n - at < 64 && n - at > 0 && top_bits(load(src + n - 64)) == 0) {
		store_ascii(run->dst + width * (n - 64), load(src + n - 64), 64, width,
			    false);
		at = n;
	}
	run->src += at;
	run->dst += width * at;
}

#endif
#endif
