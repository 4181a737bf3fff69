/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the AVX-512 tier share. Only they may include it, and only where
 * ENCODE_AVX512 says that the compiler was told to.
 */
#ifndef ENCODE_AVX512_H
#define ENCODE_AVX512_H

#include "encode/codec.h"

#if defined(__AVX512VBMI__) && defined(__AVX512VBMI2__) && defined(__AVX512BW__) &&      \
	defined(__GFNI__)
#define ENCODE_AVX512 1

#include <string.h>

#include "encode/lanes/zero_upper.h"

size_t avx512_base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url);
struct weir_result avx512_base64_encode_all(uint8_t *dst, const uint8_t *src, size_t n,
					    bool url);
codec_encode_lines avx512_base64_encode_lines;
void avx512_base64_decode(struct base64_run *run);
/* In the first cache, avx512_copy is better than libc's however the two lie. */
#define AVX512_COPY_BELOW 32768
void avx512_copy(uint8_t *dst, const uint8_t *src, size_t n);
void avx512_copy_stream(uint8_t *dst, const uint8_t *src, size_t n);
extern const struct codec_text avx512_text;

static const uint8_t iota_bytes[64] __attribute__((unused)) = {
	0,  1,	2,  3,	4,  5,	6,  7,	8,  9,	10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
	32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
	48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

/* The lanes one before; before the first one, the last. */
static const uint8_t lanes_before[64] __attribute__((unused, aligned(64))) = {
	63, 0,	1,  2,	3,  4,	5,  6,	7,  8,	9,  10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
	31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46,
	47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62};

static inline __m512i
load(const void *p)
{
	return _mm512_loadu_si512(p);
}

static inline __mmask64
first(size_t n)
{
	return n >= 64 ? ~0ull : _bzhi_u64(~0ull, (unsigned)n);
}

/* The first n bytes of v, n <= 64, by two moves that overlap: masked stores are slow. */
static inline void
store_first(uint8_t *dst, __m512i v, size_t n)
{
	if (n > 32) {
		__m512i at = _mm512_add_epi8(load(iota_bytes),
					     _mm512_set1_epi8((char)(n - 32)));

		_mm256_storeu_si256((void *)dst, _mm512_castsi512_si256(v));
		v = _mm512_permutexvar_epi8(at, v);
		_mm256_storeu_si256((void *)(dst + n - 32), _mm512_castsi512_si256(v));
	} else if (n >= 16) {
		__m512i at = _mm512_add_epi8(load(iota_bytes),
					     _mm512_set1_epi8((char)(n - 16)));

		_mm_storeu_si128((void *)dst, _mm512_castsi512_si128(v));
		v = _mm512_permutexvar_epi8(at, v);
		_mm_storeu_si128((void *)(dst + n - 16), _mm512_castsi512_si128(v));
	} else {
		__m128i low = _mm512_castsi512_si128(v);
		uint64_t word = (uint64_t)_mm_cvtsi128_si64(low);

		if (n >= 8) {
			__m512i at = _mm512_add_epi8(load(iota_bytes),
						     _mm512_set1_epi8((char)(n - 8)));

			memcpy(dst, &word, 8);
			v = _mm512_permutexvar_epi8(at, v);
			word = (uint64_t)_mm_cvtsi128_si64(_mm512_castsi512_si128(v));
			memcpy(dst + n - 8, &word, 8);
			return;
		}
		if (n >= 4) {
			memcpy(dst, &word, 4);
			word >>= 8 * (n - 4);
			memcpy(dst + n - 4, &word, 4);
			return;
		}
		for (; n > 0; n--, word >>= 8)
			*dst++ = (uint8_t)word;
	}
}

#else
#define ENCODE_AVX512 0
#endif

#endif
