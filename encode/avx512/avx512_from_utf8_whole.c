/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole texts from UTF-8 with AVX-512: short ones in one block, and ASCII that comes first. See codec_whole_text.
 */
#include "encode/avx512/avx512_from_utf8.h"

#if ENCODE_AVX512

/* For one block: whatever is not needed is not loaded. */
static inline struct numbers
numbers_once(void)
{
	static const uint64_t matrices[] = {LEFT_6,   MIDDLE_4, LEFT_4,
					    MIDDLE_2, LEFT_2,	RIGHT_4_2};
	const __m512i zeros = _mm512_setzero_si512();
#define MATRIX(i) number64_at(&matrices[i])
	return (struct numbers){{zeros, ONCE8(0xe0), zeros, zeros},
				MATRIX(0),
				MATRIX(1),
				MATRIX(2),
				MATRIX(3),
				MATRIX(4),
				MATRIX(5),
				load(lanes_twice),
				load(lanes_twice + 64),
				0xaaaaaaaaaaaaaaaa};
#undef MATRIX
}

/* Bytes of ASCII, 64 at most. */
static inline __attribute__((always_inline)) void
widen_short(uint8_t *dst, const uint8_t *src, __m512i v, size_t n)
{
	__m512i units = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(v));

	if (n >= 32) {
		__m256i last = _mm256_loadu_si256((const void *)(src + n - 32));

		_mm512_storeu_si512(dst, units);
		_mm512_storeu_si512(dst + 2 * n - 64, _mm512_cvtepu8_epi16(last));
	} else {
		_mm512_mask_storeu_epi16(dst, (__mmask32)first_short(n), units);
	}
}

/* All of a short text that is not ASCII. */
static inline __attribute__((always_inline)) struct weir_result
whole(uint8_t *dst, size_t cap, const uint8_t *src, size_t n, size_t width,
      codec_whole *other)
{
	const struct utf8_state none = {0};
	struct utf8_block b = {.v = _mm512_maskz_loadu_epi8(first_short(n), src)};

	b.above = top_bits(b.v);
	if (!utf8_look_alone(&b))
		return usual(other, dst, cap, src, n);
	uint64_t keep = ends(&b, &none, first_short(n), ~0ull);
	size_t units = (size_t)_mm_popcnt_u64(keep);
	if (units > cap / width)
		return usual(other, dst, cap, src, n);
	const struct numbers k = numbers_once();
	__m512i two = _mm512_permutexvar_epi8(load(lanes_before), b.before);
	struct halves h = halves_of(&b, two, &none, true, &k);
	if (width == 2 && units <= 32) {
		__m512i low = _mm512_maskz_compress_epi8(keep, h.low);
		__m512i high = _mm512_maskz_compress_epi8(keep, h.high);

		low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(low));
		high = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(high));
		low = _mm512_or_si512(low, _mm512_slli_epi16(high, 8));
		_mm512_mask_storeu_epi16(dst, (__mmask32)first_short(units), low);
	} else {
		store(dst, &h, keep, units, width, true, &k);
	}
	return done(n, units * width);
}

static __attribute__((noinline)) struct weir_result
whole_to_utf16(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return whole(dst, cap, src, n, 2, whole_utf8_to_utf16);
}

static __attribute__((noinline)) struct weir_result
whole_to_low(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return whole(dst, cap, src, n, 1, whole_utf8_to_low);
}

/* ASCII that comes first, in blocks or to the end; then the rest, as a text of its own. */
static __attribute__((noinline)) struct weir_result
widen_then(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	struct codec_text_run run = {src, src + n, dst, dst + cap};
	size_t at;

	ascii(&run, 2);
	at = (size_t)(run.src - src);
	if (at == n)
		return done(n, 2 * n);
	if (at == 0)
		return usual(whole_utf8_to_utf16, dst, cap, src, n);
	_mm256_zeroupper();
	return behind(avx512_whole_to_utf16(dst + 2 * at, cap - 2 * at, src + at, n - at),
		      at, 2 * at);
}

struct weir_result
avx512_whole_to_utf16(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	if (n > 64 && n <= cap / 2)
		return widen_then(dst, cap, src, n);
	if (!is_short(n) || n > cap / 2)
		return usual(whole_utf8_to_utf16, dst, cap, src, n);
	__m512i v = _mm512_maskz_loadu_epi8(first_short(n), src);
	if (top_bits(v) != 0)
		return whole_to_utf16(dst, cap, src, n);
	widen_short(dst, src, v, n);
	return done(n, 2 * n);
}

struct weir_result
avx512_whole_to_low(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	if (n > 64 && n <= cap)
		return avx512_ascii_then(dst, cap, src, n, avx512_whole_to_low,
					 whole_utf8_to_low);
	if (!is_short(n) || n > cap)
		return usual(whole_utf8_to_low, dst, cap, src, n);
	__m512i v = _mm512_maskz_loadu_epi8(first_short(n), src);
	if (top_bits(v) != 0)
		return whole_to_low(dst, cap, src, n);
	copy_short(dst, src, v, n);
	return done(n, n);
}

#endif
