/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the text files of the AVX2 tier share: avx2_to_utf8.c, avx2_from_utf8.c, the check, avx2_utf8.c, and whole
 * texts, avx2_whole.c. See struct codec_text.
 */
#ifndef ENCODE_AVX2_TEXT_H
#define ENCODE_AVX2_TEXT_H

#include "encode/avx2.h"

#if ENCODE_AVX2

#include "encode/compress.h"
#include "encode/text_run.h"

size_t avx2_utf8_valid(const uint8_t *src, size_t n);
void avx2_utf8_copy(struct codec_text_run *run);
void avx2_utf8_to_utf16(struct codec_text_run *run);
void avx2_utf8_to_low(struct codec_text_run *run);
void avx2_utf16_to_utf8(struct codec_text_run *run);
void avx2_latin1_to_utf8(struct codec_text_run *run);

codec_whole avx2_whole_copy, avx2_whole_to_utf16, avx2_whole_to_low, avx2_whole_utf16,
	avx2_whole_latin1;

/* A number in all lanes, held in a register: gcc 12 makes it anew in every round of a loop. */
static inline __m256i
held(__m256i v)
{
	__asm__("" : "+x"(v));
	return v;
}

static inline __m256i
all8(int n)
{
	return held(_mm256_set1_epi8((char)n));
}

static inline __m256i
all16(int n)
{
	return held(_mm256_set1_epi16((short)n));
}

/*
 * Are there so many bytes left? A block may write up to 16 bytes too much, which the rest of the source must
 * overwrite: it needs some room beyond them, as the last character may not fit.
 */
static inline bool
ahead(const struct codec_text_run *run, ptrdiff_t source, ptrdiff_t room)
{
	return run->src_end - run->src >= source && run->dst_end - run->dst >= room;
}

static inline uint32_t
top_bits(__m256i v)
{
	return (uint32_t)_mm256_movemask_epi8(v);
}

static inline __m128i
lower(__m256i v)
{
	return _mm256_castsi256_si128(v);
}

static inline __m128i
upper(__m256i v)
{
	return _mm256_extracti128_si256(v, 1);
}

static inline __m128i
in_row(__m128i v, const struct row *rows, uint32_t mask)
{
	return _mm_shuffle_epi8(v, _mm_load_si128((const void *)&rows[mask & 255]));
}

static inline void
store_16(uint8_t *dst, __m128i v)
{
	_mm_storeu_si128((void *)dst, v);
}

static inline uint32_t
ones(uint32_t mask)
{
	return (uint32_t)__builtin_popcount(mask & 255);
}

#endif
#endif
