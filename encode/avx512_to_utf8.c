/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To UTF-8 with AVX-512: every unit as four or two bytes, then the unwanted ones compressed out of
 * the register. See struct codec_text.
 */
#include "encode/avx512_text.h"

#if ENCODE_AVX512

/* The bytes of v that the mask keeps. */
static inline uint8_t *
put(uint8_t *dst, __m512i v, __mmask64 keep)
{
	_mm512_storeu_si512(dst, _mm512_maskz_compress_epi8(keep, v));
	return dst + _mm_popcnt_u64(keep);
}

struct two {
	__m512i low, mark, lead, drop;
};

static inline struct two
two_numbers(void)
{
	return (struct two){all16(0x3f), all16(0x80), all16(0xc0), all16(0x8000)};
}

/* 32 units below 0x800. */
static inline uint8_t *
put_two(uint8_t *dst, __m512i units, const struct two *k)
{
	__mmask32 one = _mm512_cmplt_epu16_mask(units, k->mark);
	__m512i lead = _mm512_or_si512(_mm512_srli_epi16(units, 6), k->lead);
	__m512i cont = _mm512_or_si512(_mm512_and_si512(units, k->low), k->mark);
	__m512i v = _mm512_or_si512(_mm512_mask_mov_epi16(lead, one, units),
				    _mm512_slli_epi16(cont, 8));

	return put(dst, v, ~top_bits(_mm512_maskz_mov_epi16(one, k->drop)));
}

void
avx512_latin1_to_utf8(struct codec_text_run *given)
{
	const struct two two = two_numbers();
	struct codec_text_run run = *given;

	for (; text_ahead(&run, AVX512_AHEAD); run.src += 64) {
		__m512i v = load(run.src);

		if (top_bits(v) == 0) {
			_mm512_storeu_si512(run.dst, v);
			run.dst += 64;
			continue;
		}
		run.dst = put_two(run.dst,
				  _mm512_cvtepu8_epi16(_mm512_castsi512_si256(v)), &two);
		run.dst = put_two(run.dst,
				  _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(v, 1)),
				  &two);
	}
	*given = run;
	_mm256_zeroupper();
	avx2_text.latin1_to_utf8(given);
}

struct points {
	__m512i low, mark, two, three, four, lead2, lead3, lead4, keep1, keep2, keep3,
		keep4;
};

static inline struct points
points_numbers(void)
{
	return (struct points){all32(0x3f),	  all32(0x80),	     all32(0x80),
			       all32(0x800),	  all32(0x10000),    all32(0xc0),
			       all32(0xe0),	  all32(0xf0),	     all32(0x80000000),
			       all32(0x80800000), all32(0x80808000), all32(0x80808080)};
}

/* Points in 32 bits each, of one to four bytes; those in `none` of no byte. */
static inline uint8_t *
put_points(uint8_t *dst, __m512i c, __mmask16 none, const struct points *k)
{
	__mmask16 two = _mm512_cmpge_epu32_mask(c, k->two);
	__mmask16 three = _mm512_cmpge_epu32_mask(c, k->three);
	__mmask16 four = _mm512_cmpge_epu32_mask(c, k->four);
	__m512i c6 = _mm512_srli_epi32(c, 6), c12 = _mm512_srli_epi32(c, 12);
	/* As four bytes, the last one topmost; what is shorter begins further up. */
	__m512i b3 = _mm512_or_si512(_mm512_and_si512(c, k->low), k->mark);
	__m512i b2 = _mm512_or_si512(_mm512_and_si512(c6, k->low), k->mark);
	__m512i b1 = _mm512_or_si512(_mm512_and_si512(c12, k->low), k->mark);
	__m512i b0 = _mm512_or_si512(_mm512_srli_epi32(c, 18), k->lead4);

	b3 = _mm512_mask_mov_epi32(c, two, b3);
	b2 = _mm512_mask_or_epi32(b2, two & ~three, c6, k->lead2);
	b1 = _mm512_mask_or_epi32(b1, three & ~four, c12, k->lead3);
	__m512i v = _mm512_ternarylogic_epi32(b0, _mm512_slli_epi32(b1, 8),
					      _mm512_slli_epi32(b2, 16), 0xfe);
	v = _mm512_or_si512(v, _mm512_slli_epi32(b3, 24));
	__m512i keep = _mm512_mask_mov_epi32(k->keep1, two, k->keep2);
	keep = _mm512_mask_mov_epi32(keep, three, k->keep3);
	keep = _mm512_mask_mov_epi32(keep, four, k->keep4);
	return put(dst, v, top_bits(_mm512_maskz_mov_epi32((__mmask16)~none, keep)));
}

/* 16 units, or 15 if the last one is half of a pair. False: some are not valid. */
static inline bool
take_units(struct codec_text_run *run, const struct points *k)
{
	const __m512i kind = _mm512_set1_epi32(0xfc00), half = _mm512_set1_epi32(0x3ff);
	__m512i c = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const void *)run->src));
	__m512i next =
		_mm512_cvtepu16_epi32(_mm256_loadu_si256((const void *)(run->src + 2)));
	__m512i kinds = _mm512_and_si512(c, kind);
	__mmask16 high = _mm512_cmpeq_epi32_mask(kinds, _mm512_set1_epi32(0xd800));
	__mmask16 low = _mm512_cmpeq_epi32_mask(kinds, _mm512_set1_epi32(0xdc00));
	__mmask16 left_out = high & 0x8000;

	high ^= left_out;
	if (low != (__mmask16)(high << 1))
		return false;
	__m512i pair = _mm512_or_si512(_mm512_slli_epi32(_mm512_and_si512(c, half), 10),
				       _mm512_and_si512(next, half));
	c = _mm512_mask_add_epi32(c, high, pair, _mm512_set1_epi32(0x10000));
	run->dst = put_points(run->dst, c, low | left_out, k);
	run->src += left_out ? 30 : 32;
	return true;
}

/* 32 units without a surrogate. */
static inline void
take_basic(struct codec_text_run *run, __m512i v, const struct points *k)
{
	__m512i a = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(v));
	__m512i b = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(v, 1));

	run->dst = put_points(run->dst, a, 0, k);
	run->dst = put_points(run->dst, b, 0, k);
	run->src += 64;
}

void
avx512_utf16_to_utf8(struct codec_text_run *given)
{
	const __m512i above = all16(0xff80), plane = all16(0xf800),
		      surrogate = all16(0xd800);
	const struct points points = points_numbers();
	const struct two two = two_numbers();
	struct codec_text_run run = *given;

	while (text_ahead(&run, AVX512_AHEAD)) {
		__m512i v = load(run.src), kind = _mm512_and_si512(v, plane);

		if (_mm512_test_epi16_mask(v, above) == 0) {
			_mm256_storeu_si256((void *)run.dst, _mm512_cvtepi16_epi8(v));
			run.dst += 32;
			run.src += 64;
		} else if (_mm512_test_epi16_mask(kind, kind) == 0) {
			run.dst = put_two(run.dst, v, &two);
			run.src += 64;
		} else if (_mm512_cmpeq_epi16_mask(kind, surrogate) == 0) {
			take_basic(&run, v, &points);
		} else if (!take_units(&run, &points)) {
			break;
		}
	}
	*given = run;
	_mm256_zeroupper();
	avx2_text.utf16_to_utf8(given);
}

#endif
