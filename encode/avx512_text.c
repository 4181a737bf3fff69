/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text kinds of the AVX-512 tier: characters found by a mask of their first bytes, and unwanted
 * bytes compressed out of a register. UTF-8 is checked before it is converted; what is left is
 * AVX2's, which needs less ahead. See struct codec_text.
 */
#include "encode/avx512.h"

#if ENCODE_AVX512

/* Left of the source and of the room, so that what is written too much will be overwritten. */
#define AHEAD 256
/* Checked, then converted, while it is in the first cache. */
#define PIECE 4096

static inline bool
ahead(const struct codec_text_run *run)
{
	return run->src_end - run->src >= AHEAD && run->dst_end - run->dst >= AHEAD;
}

/* A number in all lanes, held in a register: gcc 12 makes it anew in every round of a loop. */
static inline __m512i
held(__m512i v)
{
	__asm__("" : "+v"(v));
	return v;
}

static inline __m512i
all16(int n)
{
	return held(_mm512_set1_epi16((short)n));
}

static inline __m512i
all32(uint32_t n)
{
	return held(_mm512_set1_epi32((int)n));
}

static inline __mmask64
top_bits(__m512i v)
{
	return _mm512_movepi8_mask(v);
}

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

static void
latin1_to_utf8(struct codec_text_run *given)
{
	const struct two two = two_numbers();
	struct codec_text_run run = *given;

	for (; ahead(&run); run.src += 64) {
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

static void
utf16_to_utf8(struct codec_text_run *given)
{
	const __m512i above = all16(0xff80), plane = all16(0xf800),
		      surrogate = all16(0xd800);
	const struct points points = points_numbers();
	const struct two two = two_numbers();
	struct codec_text_run run = *given;

	while (ahead(&run)) {
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

/* The lower half's bytes as words. */
static inline __m512i
widened(__m512i v)
{
	return _mm512_cvtepu8_epi16(_mm512_castsi512_si256(v));
}

struct numbers {
	__m512i iota, one, low6, low5, ascii, two, before_lead, four;
};

static inline struct numbers
numbers(void)
{
	return (struct numbers){load(iota_bytes), held(_mm512_set1_epi8(1)),
				all16(0x3f),	  all16(0x1f),
				all16(0x7f),	  all16(0xdf),
				all16(0xbfbf),	  all16(0xf0f0)};
}

/* Up to 32 characters, of up to three bytes, that begin in the first 61 of 64 valid ones. */
static inline __attribute__((always_inline)) void
take_short(struct codec_text_run *run, __m512i v, __mmask64 begin, size_t width,
	   const struct numbers *k)
{
	__m512i at = _mm512_maskz_compress_epi8(begin, k->iota);
	__m512i at2 = _mm512_add_epi8(at, k->one), at3 = _mm512_add_epi8(at2, k->one);
	__m512i b0 = widened(_mm512_permutexvar_epi8(at, v));
	__m512i b1 = _mm512_and_si512(widened(_mm512_permutexvar_epi8(at2, v)), k->low6);
	__m512i b2 = _mm512_and_si512(widened(_mm512_permutexvar_epi8(at3, v)), k->low6);
	__mmask32 two = _mm512_cmpgt_epu16_mask(b0, k->ascii);
	__mmask32 three = _mm512_cmpgt_epu16_mask(b0, k->two);
	__m512i c2 =
		_mm512_or_si512(_mm512_slli_epi16(_mm512_and_si512(b0, k->low5), 6), b1);
	__m512i c3 = _mm512_ternarylogic_epi32(_mm512_slli_epi16(b0, 12),
					       _mm512_slli_epi16(b1, 6), b2, 0xfe);
	__m512i c = _mm512_mask_mov_epi16(_mm512_mask_mov_epi16(b0, two, c2), three, c3);

	if (width == 2)
		_mm512_storeu_si512(run->dst, c);
	else
		_mm256_storeu_si256((void *)run->dst, _mm512_cvtepi16_epi8(c));
	/* Where the 33rd one begins, or as far as all were taken, be that inside the last one. */
	__mmask64 next = _pdep_u64(1ull << 32, begin) | 1ull << 61;
	size_t n = (size_t)_mm_popcnt_u64(begin);
	run->dst += (n < 32 ? n : 32) * width;
	run->src += _tzcnt_u64(next);
}

/* Up to 16 characters of any length that begin in the first `bytes`, which are taken. */
static inline __attribute__((always_inline)) void
take_any(struct codec_text_run *run, __m512i v, __mmask64 begin, size_t bytes,
	 size_t width)
{
	const __m512i last_first = _mm512_set1_epi32(0x00010203);
	__m512i at = _mm512_maskz_compress_epi8(begin, load(iota_bytes)), c, t;

	/* Bytes of a character, its first one topmost. */
	at = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(at));
	at = _mm512_mullo_epi32(at, _mm512_set1_epi32(0x01010101));
	v = _mm512_permutexvar_epi8(_mm512_add_epi8(at, last_first), v);
	__mmask16 two = _mm512_cmpge_epu32_mask(v, _mm512_set1_epi32((int)0xc0000000));
	__mmask16 three = _mm512_cmpge_epu32_mask(v, _mm512_set1_epi32((int)0xe0000000));
	__mmask16 four = _mm512_cmpge_epu32_mask(v, _mm512_set1_epi32((int)0xf0000000));
	c = _mm512_srli_epi32(v, 24);
	t = _mm512_or_si512(
		_mm512_and_si512(_mm512_srli_epi32(v, 18), _mm512_set1_epi32(0x7c0)),
		_mm512_and_si512(_mm512_srli_epi32(v, 16), _mm512_set1_epi32(0x3f)));
	c = _mm512_mask_mov_epi32(c, two, t);
	t = _mm512_ternarylogic_epi32(
		_mm512_and_si512(_mm512_srli_epi32(v, 12), _mm512_set1_epi32(0xf000)),
		_mm512_and_si512(_mm512_srli_epi32(v, 10), _mm512_set1_epi32(0xfc0)),
		_mm512_and_si512(_mm512_srli_epi32(v, 8), _mm512_set1_epi32(0x3f)), 0xfe);
	c = _mm512_mask_mov_epi32(c, three, t);
	/* Of four: both surrogates at once. 0xd7c0 is 0xd800 less what 0x10000 gives. */
	__m512i high = _mm512_ternarylogic_epi32(
		_mm512_and_si512(_mm512_srli_epi32(v, 16), _mm512_set1_epi32(0x700)),
		_mm512_and_si512(_mm512_srli_epi32(v, 14), _mm512_set1_epi32(0xfc)),
		_mm512_and_si512(_mm512_srli_epi32(v, 12), _mm512_set1_epi32(3)), 0xfe);
	t = _mm512_or_si512(
		_mm512_and_si512(_mm512_srli_epi32(v, 2), _mm512_set1_epi32(0x3c0)),
		_mm512_and_si512(v, _mm512_set1_epi32(0x3f)));
	t = _mm512_slli_epi32(_mm512_or_si512(t, _mm512_set1_epi32(0xdc00)), 16);
	t = _mm512_or_si512(t, _mm512_add_epi32(high, _mm512_set1_epi32(0xd7c0)));
	c = _mm512_mask_mov_epi32(c, four, t);
	__mmask32 keep = 0x55555555 | _pdep_u32(four, 0xaaaaaaaa);
	c = _mm512_maskz_compress_epi16(keep, c);
	if (width == 2)
		_mm512_storeu_si512(run->dst, c);
	else
		_mm256_storeu_si256((void *)run->dst, _mm512_cvtepi16_epi8(c));
	size_t n = (size_t)_mm_popcnt_u64(begin);
	four &= (__mmask16)((1u << n) - 1);
	run->dst += (n + (size_t)_mm_popcnt_u32(four)) * width;
	run->src += bytes;
}

/* What has no more characters than a register has room for. */
static inline __attribute__((always_inline)) void
take(struct codec_text_run *run, __m512i v, size_t width, const struct numbers *k)
{
	__mmask64 first = _mm512_cmpgt_epi8_mask(v, k->before_lead);
	__mmask64 half = first & 0xffffffff;

	/* All of a character that begins so far before the end is there. */
	if (_mm512_cmpge_epu8_mask(v, k->four) != 0) {
		__mmask64 most = first & ((1ull << 60) - 1);

		if (_mm_popcnt_u64(most) <= 16)
			take_any(run, v, most, 60, width);
		else if (_mm_popcnt_u64(half) <= 16)
			take_any(run, v, half, 32, width);
		else
			take_any(run, v, first & 0xffff, 16, width);
	} else {
		take_short(run, v, first & ((1ull << 61) - 1), width, k);
	}
}

static inline __attribute__((always_inline)) void
widen(struct codec_text_run *given, size_t width)
{
	const struct numbers k = numbers();
	struct codec_text_run run = *given;

	while (ahead(&run)) {
		size_t left = (size_t)(run.src_end - run.src);
		const uint8_t *valid_end =
			run.src + avx512_utf8_valid(run.src, left < PIECE ? left : PIECE);

		if (valid_end - run.src < 64)
			break;
		while (valid_end - run.src >= 64 && ahead(&run)) {
			__m512i v = load(run.src);
			if (top_bits(v) == 0) {
				if (width == 1) {
					_mm512_storeu_si512(run.dst, v);
				} else {
					__m256i low = _mm512_castsi512_si256(v);
					__m256i high = _mm512_extracti64x4_epi64(v, 1);

					_mm512_storeu_si512(run.dst,
							    _mm512_cvtepu8_epi16(low));
					_mm512_storeu_si512(run.dst + 64,
							    _mm512_cvtepu8_epi16(high));
				}
				run.src += 64;
				run.dst += 64 * width;
			} else {
				take(&run, v, width, &k);
			}
		}
		while (run.src < valid_end && (*run.src & 0xc0) == 0x80)
			run.src++;
	}
	*given = run;
	_mm256_zeroupper();
}

static void
utf8_to_utf16(struct codec_text_run *run)
{
	widen(run, 2);
	avx2_text.utf8_to_utf16(run);
}

static void
utf8_to_low(struct codec_text_run *run)
{
	widen(run, 1);
	avx2_text.utf8_to_low(run);
}

static void
utf8_copy(struct codec_text_run *run)
{
	size_t n = (size_t)(run->src_end - run->src),
	       room = (size_t)(run->dst_end - run->dst);

	n = avx512_utf8_valid(run->src, n < room ? n : room);
	_mm256_zeroupper();
	memcpy(run->dst, run->src, n);
	run->src += n;
	run->dst += n;
	avx2_text.utf8_copy(run);
}

const struct codec_text avx512_text = {
	.utf8_copy = utf8_copy,
	.utf8_to_utf16 = utf8_to_utf16,
	.utf8_to_low = utf8_to_low,
	.utf16_to_utf8 = utf16_to_utf8,
	.latin1_to_utf8 = latin1_to_utf8,
};

#endif
