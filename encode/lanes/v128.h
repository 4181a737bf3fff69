/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations on registers of 128 bits under short names, as many as text128.h needs, each one instruction.
 * V128 is defined where there are such registers. Only for files that are compiled for SSE4.
 */
#ifndef ENCODE_V128_H
#define ENCODE_V128_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__SSE4_1__) && defined(__SSSE3__)
#define V128 1

#include <smmintrin.h>

typedef __m128i v128;

/* A number in a register: gcc 12 makes it anew in every round of a loop. */
static inline v128
v128_held(v128 v)
{
	__asm__("" : "+x"(v));
	return v;
}

/* A half: eight bytes. */
#define v128_load(p)	      _mm_loadu_si128((const void *)(p))
#define v128_load_half(p)     _mm_loadl_epi64((const void *)(p))
#define v128_store(p, v)      _mm_storeu_si128((void *)(p), v)
#define v128_store_half(p, v) _mm_storel_epi64((void *)(p), v)
#define v128_all8(n)	      _mm_set1_epi8((char)(n))
#define v128_all16(n)	      _mm_set1_epi16((short)(n))
#define v128_all32(n)	      _mm_set1_epi32((int)(n))
#define v128_of(n)	      _mm_cvtsi32_si128((int)(n))
#define v128_and(a, b)	      _mm_and_si128(a, b)
#define v128_or(a, b)	      _mm_or_si128(a, b)
#define v128_xor(a, b)	      _mm_xor_si128(a, b)
#define v128_add8(a, b)	      _mm_add_epi8(a, b)
#define v128_less8(a, b)      _mm_subs_epu8(a, b) /* not below 0 */
#define v128_shuffle(v, at)   _mm_shuffle_epi8(v, at)
#define v128_left16(v, n)     _mm_slli_epi16(v, n)
#define v128_left32(v, n)     _mm_slli_epi32(v, n)
#define v128_right16(v, n)    _mm_srli_epi16(v, n)
#define v128_right32(v, n)    _mm_srli_epi32(v, n)
/* The 16 bytes that begin n before v. */
#define v128_behind(v, before, n) _mm_alignr_epi8(v, before, 16 - (n))
#define v128_upper_half(v)	  _mm_srli_si128(v, 8)
/* Signed; all ones where it is so. */
#define v128_above8(a, b)	   _mm_cmpgt_epi8(a, b)
#define v128_above16(a, b)	   _mm_cmpgt_epi16(a, b)
#define v128_above32(a, b)	   _mm_cmpgt_epi32(a, b)
#define v128_equal16(a, b)	   _mm_cmpeq_epi16(a, b)
#define v128_choose(no, yes, mask) _mm_blendv_epi8(no, yes, mask)
/* The lower half's bytes as words, its words as double words, and bytes of words below 256. */
#define v128_widen8(v)	    _mm_cvtepu8_epi16(v)
#define v128_widen16(v)	    _mm_cvtepu16_epi32(v)
#define v128_narrow16(a, b) _mm_packus_epi16(a, b)

static inline v128
v128_high_nibbles(v128 v)
{
	return _mm_and_si128(_mm_srli_epi16(v, 4), _mm_set1_epi8(15));
}

static inline v128
v128_low_nibbles(v128 v)
{
	return _mm_and_si128(v, _mm_set1_epi8(15));
}

/* The top bit of each byte. */
static inline uint32_t
v128_top_bits(v128 v)
{
	return (uint32_t)_mm_movemask_epi8(v);
}

static inline bool
v128_any_top_bit(v128 v)
{
	return _mm_movemask_epi8(v) != 0;
}

/* No bit is in both. */
static inline bool
v128_disjoint(v128 a, v128 b)
{
	return _mm_testz_si128(a, b) != 0;
}

/* A byte of v is not below that of `least`. */
static inline bool
v128_any_from8(v128 v, v128 least)
{
	return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(v, least), v)) != 0;
}

#endif
#endif
