/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the text files of the AVX-512 tier share: avx512_to_utf8.c, avx512_from_utf8.c and the check,
 * avx512_utf8.c. The end of a text is left to the AVX2 kernels, which need fewer bytes before the end.
 * See struct codec_text.
 */
#ifndef ENCODE_AVX512_TEXT_H
#define ENCODE_AVX512_TEXT_H

#include "encode/avx512.h"

#if ENCODE_AVX512

#include "encode/text_run.h"

#define AVX512_AHEAD 256

size_t avx512_utf8_valid(const uint8_t *src, size_t n);
void avx512_utf16_to_utf8(struct codec_text_run *run);
void avx512_latin1_to_utf8(struct codec_text_run *run);

/* A number in all lanes, held in a register: gcc 12 makes it anew in every round of a loop. */
static inline __m512i
held(__m512i v)
{
	__asm__("" : "+v"(v));
	return v;
}

static inline __m512i
all16(int n)
{
	return held(_mm512_set1_epi16((short)n));
}

static inline __m512i
all32(uint32_t n)
{
	return held(_mm512_set1_epi32((int)n));
}

static inline __mmask64
top_bits(__m512i v)
{
	return _mm512_movepi8_mask(v);
}

#endif
#endif
