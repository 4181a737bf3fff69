/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the SSE4 tier share. Only they may include it; it is empty where the compiler
 * was not told to.
 */
#ifndef ENCODE_SSE4_H
#define ENCODE_SSE4_H

#include "encode/codec.h"

#if defined(__SSE4_1__) && defined(__SSSE3__)
#define ENCODE_SSE4 1

#include <smmintrin.h>
#include <string.h>

size_t sse4_base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url);
codec_encode_lines sse4_base64_encode_lines;
void sse4_base64_decode(struct base64_run *run);
extern const struct codec_text sse4_text;

/* For base64_lanes.h and copy_lanes.h. */
typedef __m128i lanes;
#define LANES(f)     _mm_##f
#define LANES_ALL(f) _mm_##f##_si128

static inline __m128i
row_of(const void *bytes)
{
	return _mm_loadu_si128(bytes);
}

static inline __m128i
load(const uint8_t *p)
{
	return _mm_loadu_si128((const void *)p);
}

static inline void
store(uint8_t *p, __m128i v)
{
	_mm_storeu_si128((void *)p, v);
}

#else
#define ENCODE_SSE4 0
#endif

#endif
