/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 of the SSE4 tier: blocks of 16 characters. The loops, for any width, are in base64_lanes.h.
 */
#include "encode/sse4/sse4.h"

#include "encode/lanes/base64_lanes.h"

#if ENCODE_SSE4

static inline __m128i
base64_load(const uint8_t *src)
{
	return load(src);
}

static inline __m128i
base64_spread_middle(void)
{
	static const int8_t spread[16] = BASE64_SPREAD(4);

	return row_of(spread);
}

/* 16 values to 12 bytes. */
static inline void
base64_store(uint8_t *dst, __m128i values)
{
	const __m128i order =
		_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
	__m128i v = _mm_maddubs_epi16(values, _mm_set1_epi32(0x01400140));
	uint32_t last;

	v = _mm_madd_epi16(v, _mm_set1_epi32(0x00011000));
	v = _mm_shuffle_epi8(v, order);
	_mm_storel_epi64((void *)dst, v);
	last = (uint32_t)_mm_extract_epi32(v, 2);
	memcpy(dst + 8, &last, sizeof(last));
}

size_t
sse4_base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	return base64_encode_lanes(dst, src, n, url);
}

size_t
sse4_base64_encode_lines(uint8_t *dst, const uint8_t *src, size_t n,
			 const struct codec_lines *lines, bool url)
{
	size_t done = base64_encode_lines_lanes(dst, src, n, lines, url);

	return done;
}

void
sse4_base64_decode(struct base64_run *run)
{
	base64_decode_lanes(run);
}

#endif
