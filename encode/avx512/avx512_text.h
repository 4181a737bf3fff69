/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the text files of the AVX-512 tier share: avx512_to_utf8.c, avx512_from_utf8.c and the check,
 * avx512_utf8.c. The end of a text is left to the AVX2 kernels, which need fewer bytes before the end.
 * See struct codec_text.
 */
#ifndef ENCODE_AVX512_TEXT_H
#define ENCODE_AVX512_TEXT_H

#include "encode/avx512/avx512.h"

#if ENCODE_AVX512

#include "encode/lanes/text_run.h"
#include "encode/lanes/whole.h"

#define AVX512_AHEAD 256

size_t avx512_utf8_valid(const uint8_t *src, size_t n);
void avx512_utf8_copy(struct codec_text_run *run);
void avx512_utf16_to_utf8(struct codec_text_run *run);
void avx512_latin1_to_utf8(struct codec_text_run *run);
void avx512_latin1_from_utf8(struct codec_text_run *run);
codec_whole avx512_whole_copy, avx512_whole_to_utf16, avx512_whole_to_low,
	avx512_whole_utf16, avx512_whole_latin1;
/*
 * Of n bytes, 64 at least, the ASCII that comes first, in blocks or to the end: how much it is. Copied, if dst is
 * not NULL.
 */
size_t avx512_ascii(uint8_t *dst, const uint8_t *src, size_t n);
/* The same, and then what `other` makes of the rest, or `all` of everything, if there is none. */
struct weir_result avx512_ascii_then(uint8_t *dst, size_t cap, const uint8_t *src,
				     size_t n, codec_whole *other, codec_whole *all);
void avx512_widen(uint8_t *dst, const uint8_t *src, size_t n, uint8_t mask);
void avx512_narrow(uint8_t *dst, const uint8_t *src, size_t n, bool cut);

/* A number in all lanes, held in a register: gcc 12 makes it anew in every round of a loop. */
static inline __m512i
held(__m512i v)
{
	__asm__("" : "+v"(v));
	return v;
}

/* The same for a mask. */
static inline __mmask64
held_mask(__mmask64 v)
{
	__asm__("" : "+Yk"(v));
	return v;
}

/* A mask in an ordinary register, where there are more units to work on it. */
static inline uint64_t
bits(__mmask64 mask)
{
	uint64_t v;

	__asm__("kmovq %1, %0" : "=r"(v) : "k"(mask));
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

/* A number in all lanes from memory: gcc 12 takes it through the unit that shuffles. */
static inline __m512i
number_at(const uint32_t *p)
{
	__m512i v;

	__asm__("vpbroadcastd %1, %0" : "=v"(v) : "m"(*p));
	return v;
}

static inline __m512i
number64_at(const uint64_t *p)
{
	__m512i v;

	__asm__("vpbroadcastq %1, %0" : "=v"(v) : "m"(*p));
	return v;
}

#define ONCE32(n)                                                                        \
	({                                                                               \
		static const uint32_t number_ = (n);                                     \
		number_at(&number_);                                                     \
	})
#define ONCE16(n) ONCE32((n)*0x00010001u)
#define ONCE8(n)  ONCE32((n)*0x01010101u)

/* The first n lanes, n from 1 to 64. */
static inline __mmask64
first_short(size_t n)
{
	return _bzhi_u64(~0ull, (unsigned)n);
}

/* One block is all of the text. */
static inline bool
is_short(size_t n)
{
	return n - 1 < 64;
}

/* The first n bytes of v, which are those of src. */
static inline __attribute__((always_inline)) void
copy_short(uint8_t *dst, const uint8_t *src, __m512i v, size_t n)
{
	if (n >= 32) {
		__m256i last = _mm256_loadu_si256((const void *)(src + n - 32));

		_mm256_storeu_si256((void *)dst, _mm512_castsi512_si256(v));
		_mm256_storeu_si256((void *)(dst + n - 32), last);
	} else {
		_mm256_mask_storeu_epi8(dst, (__mmask32)first_short(n),
					_mm512_castsi512_si256(v));
	}
}

static inline __mmask64
top_bits(__m512i v)
{
	return _mm512_movepi8_mask(v);
}

#endif
#endif
