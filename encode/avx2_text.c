/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes to units and back with AVX2, and the table of its text kernels: see avx2_text.h.
 */
#include "encode/avx2_text.h"

#if ENCODE_AVX2

#include "encode/widen.h"

/* 32 bytes to units. */
static inline __attribute__((always_inline)) void
widen_32(uint8_t *dst, const uint8_t *src, bool all, __m256i keep)
{
	__m256i a = _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)src));
	__m256i b = _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)(src + 16)));

	store(dst, all ? a : _mm256_and_si256(a, keep));
	store(dst + 32, all ? b : _mm256_and_si256(b, keep));
}

static inline __attribute__((always_inline)) void
widen_all(uint8_t *dst, const uint8_t *src, size_t n, bool all, __m256i keep)
{
	size_t i = 0;

	for (; n - i > 64; i += 64) {
		widen_32(dst + 2 * i, src + i, all, keep);
		widen_32(dst + 2 * i + 64, src + i + 32, all, keep);
	}
	if (n - i > 32)
		widen_32(dst + 2 * i, src + i, all, keep);
	widen_32(dst + 2 * n - 64, src + n - 32, all, keep);
}

void
avx2_widen(uint8_t *dst, const uint8_t *src, size_t n, uint8_t mask)
{
	if (n < 32)
		widen(dst, src, n, mask);
	else if (mask == 0xff)
		widen_all(dst, src, n, true, _mm256_setzero_si256());
	else
		widen_all(dst, src, n, false, _mm256_set1_epi16(mask));
	_mm256_zeroupper();
}

/* 32 units to bytes. */
static inline __attribute__((always_inline)) void
narrow_32(uint8_t *dst, const uint8_t *src, bool cut)
{
	const __m256i low = _mm256_set1_epi16(0xff);
	__m256i a = load(src), b = load(src + 32);

	a = cut ? _mm256_and_si256(a, low) : _mm256_min_epu16(a, low);
	b = cut ? _mm256_and_si256(b, low) : _mm256_min_epu16(b, low);
	store(dst, _mm256_permute4x64_epi64(_mm256_packus_epi16(a, b), 0xd8));
}

static inline __attribute__((always_inline)) void
narrow_all(uint8_t *dst, const uint8_t *src, size_t n, bool cut)
{
	size_t i = 0;

	for (; n - i > 64; i += 64) {
		narrow_32(dst + i, src + 2 * i, cut);
		narrow_32(dst + i + 32, src + 2 * i + 64, cut);
	}
	if (n - i > 32)
		narrow_32(dst + i, src + 2 * i, cut);
	narrow_32(dst + n - 32, src + 2 * n - 64, cut);
}

void
avx2_narrow(uint8_t *dst, const uint8_t *src, size_t n, bool cut)
{
	if (n < 32)
		narrow(dst, src, n, cut);
	else if (cut)
		narrow_all(dst, src, n, true);
	else
		narrow_all(dst, src, n, false);
	_mm256_zeroupper();
}

const struct codec_text avx2_text = {
	.utf8_valid = avx2_utf8_valid,
	.utf8_copy = avx2_utf8_copy,
	.utf8_to_utf16 = avx2_utf8_to_utf16,
	.utf8_to_low = avx2_utf8_to_low,
	.utf16_to_utf8 = avx2_utf16_to_utf8,
	.latin1_to_utf8 = avx2_latin1_to_utf8,
};

#endif
