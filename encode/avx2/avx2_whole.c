/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All of a text in one call with AVX2: ASCII that comes first, which mostly is all, without a state and a run; the rest
 * as a text of its own. See struct codec_whole_text.
 */
#include "encode/avx2/avx2_utf8.h"

#if ENCODE_AVX2

#include "encode/lanes/whole.h"

/* The first bytes that are ASCII, to units of `width` bytes: in blocks, or to the end. dst has room for all. */
static inline __attribute__((always_inline)) size_t
ascii(uint8_t *dst, const uint8_t *src, size_t n, size_t width)
{
	size_t i = 0;

#define PUT(at, v)                                                                       \
	do {                                                                             \
		if (width == 1) {                                                        \
			store(dst + (at), v);                                            \
		} else {                                                                 \
			store(dst + 2 * (at), _mm256_cvtepu8_epi16(lower(v)));           \
			store(dst + 2 * (at) + 32, _mm256_cvtepu8_epi16(upper(v)));      \
		}                                                                        \
	} while (0)
	for (; n - i >= 64; i += 64) {
		__m256i v = load(src + i), w = load(src + i + 32);

		if (top_bits(_mm256_or_si256(v, w)) != 0)
			break;
		PUT(i, v);
		PUT(i + 32, w);
	}
	if (n - i >= 32) {
		__m256i v = load(src + i);

		if (top_bits(v) != 0)
			return i;
		PUT(i, v);
		i += 32;
	}
	if (n - i >= 32 || i == n)
		return i;
	if (n >= 32) {
		__m256i v = load(src + n - 32);

		if (top_bits(v) != 0)
			return i;
		PUT(n - 32, v);
		return n;
	}
#undef PUT
	if (n >= 16) {
		__m128i v = _mm_loadu_si128((const void *)src);
		__m128i w = _mm_loadu_si128((const void *)(src + n - 16));

		if (_mm_movemask_epi8(_mm_or_si128(v, w)) != 0)
			return 0;
		if (width == 1) {
			store_16(dst, v);
			store_16(dst + n - 16, w);
		} else {
			store(dst, _mm256_cvtepu8_epi16(v));
			store(dst + 2 * n - 32, _mm256_cvtepu8_epi16(w));
		}
		return n;
	}
	if (n >= 8) {
		__m128i v = _mm_loadl_epi64((const void *)src);
		__m128i w = _mm_loadl_epi64((const void *)(src + n - 8));

		if (_mm_movemask_epi8(_mm_or_si128(v, w)) != 0)
			return 0;
		if (width == 1) {
			_mm_storel_epi64((void *)dst, v);
			_mm_storel_epi64((void *)(dst + n - 8), w);
		} else {
			store_16(dst, _mm_cvtepu8_epi16(v));
			store_16(dst + 2 * n - 16, _mm_cvtepu8_epi16(w));
		}
		return n;
	}
	return 0;
}

/* The same from units: 16 at a time, or to the end. */
static inline size_t
ascii_units(uint8_t *dst, const uint8_t *src, size_t n)
{
	const __m256i above = ALL16(0xff80);
	size_t i = 0;

	for (; n - i >= 32; i += 32) {
		__m256i v = load(src + 2 * i), w = load(src + 2 * i + 32);

		if (!_mm256_testz_si256(_mm256_or_si256(v, w), above))
			break;
		v = _mm256_packus_epi16(v, w);
		store(dst + i, _mm256_permute4x64_epi64(v, 0xd8));
	}
	if (n - i >= 16) {
		__m256i v = load(src + 2 * i);

		if (!_mm256_testz_si256(v, above))
			return i;
		store_16(dst + i, _mm_packus_epi16(lower(v), upper(v)));
		i += 16;
	}
	if (n - i >= 16 || i == n)
		return i;
	if (n >= 16) {
		__m256i v = load(src + 2 * n - 32);

		if (!_mm256_testz_si256(v, above))
			return i;
		store_16(dst + n - 16, _mm_packus_epi16(lower(v), upper(v)));
		return n;
	}
	if (n >= 8) {
		__m128i v = _mm_loadu_si128((const void *)src);
		__m128i w = _mm_loadu_si128((const void *)(src + 2 * n - 16));

		if (!_mm_testz_si128(_mm_or_si128(v, w), lower(above)))
			return 0;
		v = _mm_packus_epi16(v, w);
		_mm_storel_epi64((void *)dst, v);
		_mm_storeh_pi((void *)(dst + n - 8), _mm_castsi128_ps(v));
		return n;
	}
	return 0;
}

/* Without so much room for sure, nothing is tried: the usual way knows where to stop. */
struct weir_result
avx2_whole_copy(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	if (n > cap)
		return whole_utf8_copy(dst, cap, src, n);
	if (n >= 35 && n <= 64) {
		__m256i v = load(src), w = load(src + n - 32);

		if (top_bits(_mm256_or_si256(v, w)) != 0 &&
		    (!valid_two(src, n, v, w) || utf8_whole(src, n) < n)) {
			_mm256_zeroupper();
			return whole_utf8_copy(dst, cap, src, n);
		}
		store(dst, v);
		store(dst + n - 32, w);
		return done(n, n);
	}
	size_t at = ascii(dst, src, n, 1);
	if (at == n)
		return done(n, n);
	if (avx2_utf8_valid(src + at, n - at) == n - at) {
		memcpy(dst + at, src + at, n - at);
		return (struct weir_result){.read = n, .written = n};
	}
	return behind(whole_utf8_copy(dst + at, cap - at, src + at, n - at), at, at);
}

struct weir_result
avx2_whole_to_utf16(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return whole_widen(ascii, avx2_utf8_to_utf16, whole_utf8_to_utf16, 2, dst, cap,
			   src, n);
}

struct weir_result
avx2_whole_to_low(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return whole_widen(ascii, avx2_utf8_to_low, whole_utf8_to_low, 1, dst, cap, src,
			   n);
}

struct weir_result
avx2_whole_latin1(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return whole_widen(ascii, avx2_latin1_to_utf8, whole_latin1_to_utf8, 1, dst, cap,
			   src, n);
}

struct weir_result
avx2_whole_utf16(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	if (n % 2 != 0 || n / 2 > cap)
		return whole_utf16_to_utf8(dst, cap, src, n);
	size_t at = ascii_units(dst, src, n / 2);
	if (2 * at == n)
		return done(n, at);
	return whole_rest(avx2_utf16_to_utf8, whole_utf16_to_utf8, dst, cap, src, n,
			  2 * at, at);
}

#endif
