/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 of the AVX2 tier: blocks of 32 characters. The loops, for any width, are in base64_lanes.h.
 */
#include "encode/avx2/avx2.h"

#include "encode/lanes/base64_lanes.h"

#if ENCODE_AVX2

static inline __m256i
base64_load(const uint8_t *src)
{
	return _mm256_inserti128_si256(
		_mm256_castsi128_si256(_mm_loadu_si128((const void *)src)),
		_mm_loadu_si128((const void *)(src + 12)), 1);
}

static inline __m256i
base64_spread_middle(void)
{
	static const int8_t spreads[2][16] = {BASE64_SPREAD(4), BASE64_SPREAD(0)};

	return load((const uint8_t *)spreads);
}

/* 32 values to 24 bytes. */
static inline void
base64_store(uint8_t *dst, __m256i values)
{
	const __m256i order = _mm256_broadcastsi128_si256(
		_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
	const __m256i together = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
	__m256i v = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));

	v = _mm256_madd_epi16(v, _mm256_set1_epi32(0x00011000));
	v = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(v, order), together);
	_mm_storeu_si128((void *)dst, _mm256_castsi256_si128(v));
	_mm_storel_epi64((void *)(dst + 16), _mm256_extracti128_si256(v, 1));
}

size_t
avx2_base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	size_t done = base64_encode_lanes(dst, src, n, url);

	_mm256_zeroupper();
	return done;
}

size_t
avx2_base64_encode_lines(uint8_t *dst, const uint8_t *src, size_t n,
			 const struct codec_lines *lines, bool url)
{
	size_t done = base64_encode_lines_lanes(dst, src, n, lines, url);

	_mm256_zeroupper();
	return done;
}

void
avx2_base64_decode(struct base64_run *run)
{
	base64_decode_lanes(run);
	_mm256_zeroupper();
}

#endif
