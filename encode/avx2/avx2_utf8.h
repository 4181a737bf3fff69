/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of UTF-8 with AVX2, for the check, avx2_utf8.c, and what converts from it, avx2_from_utf8.c.
 */
#ifndef ENCODE_AVX2_UTF8_H
#define ENCODE_AVX2_UTF8_H

#include "encode/avx2/avx2_text.h"

#if ENCODE_AVX2

#include "encode/lanes/utf8_rules.h"

static inline __m256i
from_8(__m256i v, __m256i least)
{
	return _mm256_cmpeq_epi8(_mm256_max_epu8(v, least), v);
}

/* The bytes n before those of v; there is nothing before v if `alone`. */
#define EARLIER(v, src, n, alone)                                                        \
	((alone) ? _mm256_alignr_epi8(v, _mm256_permute2x128_si256(v, v, 8), 16 - (n))   \
		 : load((src) - (n)))

static inline __m256i
high_nibbles(__m256i v)
{
	return _mm256_and_si256(_mm256_srli_epi16(v, 4), ALL8(15));
}

/* Not zero where v is not UTF-8 behind the bytes one, two and three before. See utf8_rules.h. */
static inline __m256i
utf8_errors(__m256i v, __m256i one, __m256i two, __m256i three)
{
	__m256i low = _mm256_and_si256(one, ALL8(15));
	__m256i wrong = _mm256_shuffle_epi8(row_of(utf8_first_high), high_nibbles(one));

	wrong = _mm256_and_si256(wrong, _mm256_shuffle_epi8(row_of(utf8_first_low), low));
	wrong = _mm256_and_si256(
		wrong, _mm256_shuffle_epi8(row_of(utf8_second_high), high_nibbles(v)));
	/* The top bit where a third or a fourth byte must be. */
	__m256i must = _mm256_or_si256(_mm256_subs_epu8(two, ALL8(0xe0 - 0x80)),
				       _mm256_subs_epu8(three, ALL8(0xf0 - 0x80)));
	must = _mm256_and_si256(must, ALL8(0x80));
	return _mm256_xor_si256(wrong, must);
}

static inline bool
is_zero(__m256i v)
{
	return _mm256_testz_si256(v, v) != 0;
}

static inline bool
valid_alone(__m256i v)
{
	const uint8_t *none = NULL;
	__m256i wrong = utf8_errors(v, EARLIER(v, none, 1, true),
				    EARLIER(v, none, 2, true), EARLIER(v, none, 3, true));

	return is_zero(wrong);
}

/* 35 to 64 bytes: the first 32 and the last. A character may be cut behind them. */
static inline bool
valid_two(const uint8_t *src, size_t n, __m256i v, __m256i w)
{
	const uint8_t *last = src + n - 32;
	__m256i wrong = utf8_errors(w, load(last - 1), load(last - 2), load(last - 3));

	return is_zero(wrong) && valid_alone(v);
}

#endif
#endif
