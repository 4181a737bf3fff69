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

/* 32 units below 0x800. */
static inline uint8_t *
put_two(uint8_t *dst, __m512i units)
{
	__mmask32 one = _mm512_cmplt_epu16_mask(units, _mm512_set1_epi16(0x80));
	__m512i lead =
		_mm512_or_si512(_mm512_srli_epi16(units, 6), _mm512_set1_epi16(0xc0));
	__m512i cont = _mm512_or_si512(_mm512_and_si512(units, _mm512_set1_epi16(0x3f)),
				       _mm512_set1_epi16(0x80));
	__m512i v = _mm512_or_si512(_mm512_mask_mov_epi16(lead, one, units),
				    _mm512_slli_epi16(cont, 8));
	__m512i drop = _mm512_maskz_set1_epi16(one, (short)0x8000);

	return put(dst, v, ~top_bits(drop));
}

static void
latin1_to_utf8(struct codec_text_run *given)
{
	struct codec_text_run run = *given;

	for (; ahead(&run); run.src += 64) {
		__m512i v = load(run.src);

		if (top_bits(v) == 0) {
			_mm512_storeu_si512(run.dst, v);
			run.dst += 64;
			continue;
		}
		run.dst =
			put_two(run.dst, _mm512_cvtepu8_epi16(_mm512_castsi512_si256(v)));
		run.dst = put_two(run.dst,
				  _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(v, 1)));
	}
	*given = run;
	_mm256_zeroupper();
	avx2_text.latin1_to_utf8(given);
}

/* Points in 32 bits each, of one to four bytes; those in `none` of no byte. */
static inline uint8_t *
put_points(uint8_t *dst, __m512i c, __mmask16 none)
{
	const __m512i low = _mm512_set1_epi32(0x3f), mark = _mm512_set1_epi32(0x80);
	__mmask16 two = _mm512_cmpge_epu32_mask(c, _mm512_set1_epi32(0x80));
	__mmask16 three = _mm512_cmpge_epu32_mask(c, _mm512_set1_epi32(0x800));
	__mmask16 four = _mm512_cmpge_epu32_mask(c, _mm512_set1_epi32(0x10000));
	/* As four bytes, the last one topmost; what is shorter begins further up. */
	__m512i b3 = _mm512_or_si512(_mm512_and_si512(c, low), mark);
	__m512i b2 =
		_mm512_or_si512(_mm512_and_si512(_mm512_srli_epi32(c, 6), low), mark);
	__m512i b1 =
		_mm512_or_si512(_mm512_and_si512(_mm512_srli_epi32(c, 12), low), mark);
	__m512i b0 = _mm512_or_si512(_mm512_srli_epi32(c, 18), _mm512_set1_epi32(0xf0));

	b3 = _mm512_mask_mov_epi32(c, two, b3);
	b2 = _mm512_mask_or_epi32(b2, two & ~three, _mm512_srli_epi32(c, 6),
				  _mm512_set1_epi32(0xc0));
	b1 = _mm512_mask_or_epi32(b1, three & ~four, _mm512_srli_epi32(c, 12),
				  _mm512_set1_epi32(0xe0));
	__m512i v = _mm512_ternarylogic_epi32(b0, _mm512_slli_epi32(b1, 8),
					      _mm512_slli_epi32(b2, 16), 0xfe);
	v = _mm512_or_si512(v, _mm512_slli_epi32(b3, 24));
	__m512i keep = _mm512_set1_epi32((int)0x80000000);
	keep = _mm512_mask_mov_epi32(keep, two, _mm512_set1_epi32((int)0x80800000));
	keep = _mm512_mask_mov_epi32(keep, three, _mm512_set1_epi32((int)0x80808000));
	keep = _mm512_mask_mov_epi32(keep, four, _mm512_set1_epi32((int)0x80808080));
	return put(dst, v, top_bits(_mm512_maskz_mov_epi32((__mmask16)~none, keep)));
}

/* 16 units, or 15 if the last one is half of a pair. False: some are not valid. */
static inline bool
take_units(struct codec_text_run *run)
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
	run->dst = put_points(run->dst, c, low | left_out);
	run->src += left_out ? 30 : 32;
	return true;
}

static void
utf16_to_utf8(struct codec_text_run *given)
{
	struct codec_text_run run = *given;

	while (ahead(&run)) {
		__m512i v = load(run.src);

		if (_mm512_test_epi16_mask(v, _mm512_set1_epi16((short)0xff80)) == 0) {
			_mm256_storeu_si256((void *)run.dst, _mm512_cvtepi16_epi8(v));
			run.dst += 32;
			run.src += 64;
		} else if (_mm512_test_epi16_mask(v, _mm512_set1_epi16((short)0xf800)) ==
			   0) {
			run.dst = put_two(run.dst, v);
			run.src += 64;
		} else if (!take_units(&run)) {
			break;
		}
	}
	*given = run;
	_mm256_zeroupper();
	avx2_text.utf16_to_utf8(given);
}

/* The first 32 or so characters of 64 valid bytes, none of which is of four. */
static inline void
take_short(struct codec_text_run *run, __m512i v, __mmask64 first, size_t width)
{
	/* So that all their bytes are there. */
	const __mmask64 begin = first & ((1ull << 61) - 1);
	__m512i at = _mm512_maskz_compress_epi8(begin, load(iota_bytes));
	const __m512i one = _mm512_set1_epi8(1), low = _mm512_set1_epi16(0x3f);
	__m512i b[3];

	for (int i = 0; i < 3; i++, at = _mm512_add_epi8(at, one))
		b[i] = _mm512_cvtepu8_epi16(
			_mm512_castsi512_si256(_mm512_permutexvar_epi8(at, v)));
	__mmask32 two = _mm512_cmpgt_epu16_mask(b[0], _mm512_set1_epi16(0x7f));
	__mmask32 three = _mm512_cmpgt_epu16_mask(b[0], _mm512_set1_epi16(0xdf));
	b[1] = _mm512_and_si512(b[1], low);
	b[2] = _mm512_and_si512(b[2], low);
	__m512i c2 = _mm512_or_si512(
		_mm512_slli_epi16(_mm512_and_si512(b[0], _mm512_set1_epi16(0x1f)), 6),
		b[1]);
	__m512i c3 = _mm512_ternarylogic_epi32(_mm512_slli_epi16(b[0], 12),
					       _mm512_slli_epi16(b[1], 6), b[2], 0xfe);
	__m512i c =
		_mm512_mask_mov_epi16(_mm512_mask_mov_epi16(b[0], two, c2), three, c3);
	size_t n = (size_t)_mm_popcnt_u64(begin);

	if (width == 2)
		_mm512_storeu_si512(run->dst, c);
	else
		_mm256_storeu_si256((void *)run->dst, _mm512_cvtepi16_epi8(c));
	if (n > 32) {
		/* Where the 33rd one begins. */
		run->src += _tzcnt_u64(_pdep_u64(1ull << 32, begin));
		n = 32;
	} else {
		run->src += 61 + _tzcnt_u64(first >> 61);
	}
	run->dst += n * width;
}

/* The first 16 characters of 64 valid bytes: as many are there, for none is of more than four. */
static inline void
take_any(struct codec_text_run *run, __m512i v, __mmask64 first, size_t width)
{
	const __m512i last_first = _mm512_set1_epi32(0x00010203);
	__m512i at = _mm512_maskz_compress_epi8(first, load(iota_bytes)), c, t;

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
	run->dst += (16 + (size_t)_mm_popcnt_u32(four)) * width;
	/* Where the 17th begins, or the end if these were of four each. */
	run->src += _tzcnt_u64(_pdep_u64(1ull << 16, first));
}

static inline __attribute__((always_inline)) void
widen(struct codec_text_run *given, size_t width)
{
	struct codec_text_run run = *given;

	while (ahead(&run)) {
		size_t left = (size_t)(run.src_end - run.src);
		const uint8_t *valid_end =
			run.src + avx512_utf8_valid(run.src, left < PIECE ? left : PIECE);

		if (valid_end - run.src < 64)
			break;
		while (valid_end - run.src >= 64 && ahead(&run)) {
			__m512i v = load(run.src);
			__mmask64 first =
				_mm512_cmpgt_epi8_mask(v, _mm512_set1_epi8(-65));

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
			} else if (_mm512_cmpge_epu8_mask(
					   v, _mm512_set1_epi8((char)0xf0)) != 0) {
				take_any(&run, v, first, width);
			} else {
				take_short(&run, v, first, width);
			}
		}
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
