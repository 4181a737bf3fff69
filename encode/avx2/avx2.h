/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the AVX2 tier share. Only they may include it; it is empty where the compiler
 * was not told to.
 */
#ifndef ENCODE_AVX2_H
#define ENCODE_AVX2_H

#include "encode/codec.h"

#if defined(__AVX2__)
#define ENCODE_AVX2 1

#include <string.h>

#include "encode/lanes/zero_upper.h"

size_t avx2_base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url);
codec_encode_lines avx2_base64_encode_lines;
void avx2_base64_decode(struct base64_run *run);
void avx2_widen(uint8_t *dst, const uint8_t *src, size_t n, uint8_t mask);
void avx2_narrow(uint8_t *dst, const uint8_t *src, size_t n, bool cut);

/* For base64_lanes.h and copy_lanes.h. */
typedef __m256i lanes;
#define LANES(f)     _mm256_##f
#define LANES_ALL(f) _mm256_##f##_si256

static inline __m256i
row_of(const void *bytes)
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128(bytes));
}

static inline __m256i
load(const uint8_t *p)
{
	return _mm256_loadu_si256((const void *)p);
}

static inline void
store(uint8_t *p, __m256i v)
{
	_mm256_storeu_si256((void *)p, v);
}

#else
#define ENCODE_AVX2 0
#endif

#endif
