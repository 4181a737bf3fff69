/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From UTF-8 with AVX-512: a piece is checked first, and converted when it is known to be valid, its
 * characters found by a mask of their first bytes. See struct codec_text.
 */
#include "encode/avx512_text.h"

#if ENCODE_AVX512

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

	while (text_ahead(&run, AVX512_AHEAD)) {
		const uint8_t *valid_end =
			run.src + avx512_utf8_valid(run.src, text_piece(&run));

		if (valid_end - run.src < 64)
			break;
		while (valid_end - run.src >= 64 && text_ahead(&run, AVX512_AHEAD)) {
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
		text_skip(&run, valid_end);
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
	size_t n = avx512_utf8_valid(run->src, text_both(run));

	_mm256_zeroupper();
	text_copy(run, n);
	avx2_text.utf8_copy(run);
}

const struct codec_text avx512_text = {
	.utf8_copy = utf8_copy,
	.utf8_to_utf16 = utf8_to_utf16,
	.utf8_to_low = utf8_to_low,
	.utf16_to_utf8 = avx512_utf16_to_utf8,
	.latin1_to_utf8 = avx512_latin1_to_utf8,
};

#endif
