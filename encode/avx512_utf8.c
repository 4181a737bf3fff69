/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking UTF-8 64 bytes at a time, for avx512_from_utf8.c. See utf8_rules.h.
 */
#include "encode/avx512_text.h"
#include "encode/utf8_rules.h"

#if ENCODE_AVX512

static inline __m512i
row(const uint8_t *bytes)
{
	return _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)bytes));
}

/* Not zero where `v`, behind `before`, is not UTF-8. */
static inline __m512i
errors(__m512i v, __m512i before)
{
	const __m512i nibble = _mm512_set1_epi8(15);
	/* The quarter before each quarter, for shifts that know only quarters. */
	__m512i behind = _mm512_alignr_epi64(v, before, 6);
	__m512i one = _mm512_alignr_epi8(v, behind, 15);
	__m512i two = _mm512_alignr_epi8(v, behind, 14);
	__m512i three = _mm512_alignr_epi8(v, behind, 13);
	__m512i a =
		_mm512_shuffle_epi8(row(utf8_first_high),
				    _mm512_and_si512(_mm512_srli_epi16(one, 4), nibble));
	__m512i b =
		_mm512_shuffle_epi8(row(utf8_first_low), _mm512_and_si512(one, nibble));
	__m512i c = _mm512_shuffle_epi8(
		row(utf8_second_high), _mm512_and_si512(_mm512_srli_epi16(v, 4), nibble));
	/* The top bit where a third or a fourth byte must be. */
	__m512i must =
		_mm512_or_si512(_mm512_subs_epu8(two, _mm512_set1_epi8(0xe0 - 0x80)),
				_mm512_subs_epu8(three, _mm512_set1_epi8(0xf0 - 0x80)));

	must = _mm512_and_si512(must, _mm512_set1_epi8((char)0x80));
	return _mm512_xor_si512(_mm512_ternarylogic_epi32(a, b, c, 0x80), must);
}

/* Leaves the upper halves to its callers, which go on using them. */
size_t
avx512_utf8_valid(const uint8_t *src, size_t n)
{
	__m512i before = _mm512_setzero_si512();
	size_t i = 0;

	for (; n - i >= 64; i += 64) {
		__m512i v = load(src + i);

		if (_mm512_movepi8_mask(_mm512_or_si512(v, before)) != 0) {
			__m512i wrong = errors(v, before);

			if (_mm512_test_epi32_mask(wrong, wrong) != 0)
				break;
		}
		before = v;
	}
	return utf8_whole(src, i);
}

#endif
