/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations on registers of 128 bits under names that SSE4 and NEON share, as many as text128.h needs.
 * Each is one instruction on x86. V128 is defined where there are such registers. Only for files that
 * are compiled for one of the two.
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

#elif defined(__aarch64__)
#define V128 1

#include <arm_neon.h>

typedef uint8x16_t v128;

#define v128_held(v)		   (v)
#define v128_load(p)		   vld1q_u8(p)
#define v128_load_half(p)	   vcombine_u8(vld1_u8((const uint8_t *)(p)), vdup_n_u8(0))
#define v128_store(p, v)	   vst1q_u8(p, v)
#define v128_store_half(p, v)	   vst1_u8(p, vget_low_u8(v))
#define v128_all8(n)		   vdupq_n_u8((uint8_t)(n))
#define v128_all16(n)		   ((v128)vdupq_n_u16((uint16_t)(n)))
#define v128_all32(n)		   ((v128)vdupq_n_u32((uint32_t)(n)))
#define v128_of(n)		   ((v128)vsetq_lane_u32((uint32_t)(n), vdupq_n_u32(0), 0))
#define v128_and(a, b)		   ((a) & (b))
#define v128_or(a, b)		   ((a) | (b))
#define v128_xor(a, b)		   ((a) ^ (b))
#define v128_add8(a, b)		   ((a) + (b))
#define v128_less8(a, b)	   vqsubq_u8(a, b)
#define v128_shuffle(v, at)	   vqtbl1q_u8(v, at)
#define v128_left16(v, n)	   ((v128)((uint16x8_t)(v) << (n)))
#define v128_left32(v, n)	   ((v128)((uint32x4_t)(v) << (n)))
#define v128_right16(v, n)	   ((v128)((uint16x8_t)(v) >> (n)))
#define v128_right32(v, n)	   ((v128)((uint32x4_t)(v) >> (n)))
#define v128_behind(v, before, n)  vextq_u8(before, v, 16 - (n))
#define v128_upper_half(v)	   vextq_u8(v, vdupq_n_u8(0), 8)
#define v128_above8(a, b)	   vcgtq_s8((int8x16_t)(a), (int8x16_t)(b))
#define v128_above16(a, b)	   ((v128)vcgtq_s16((int16x8_t)(a), (int16x8_t)(b)))
#define v128_above32(a, b)	   ((v128)vcgtq_s32((int32x4_t)(a), (int32x4_t)(b)))
#define v128_equal16(a, b)	   ((v128)vceqq_u16((uint16x8_t)(a), (uint16x8_t)(b)))
#define v128_choose(no, yes, mask) vbslq_u8(mask, yes, no)
#define v128_widen8(v)		   ((v128)vmovl_u8(vget_low_u8(v)))
#define v128_widen16(v)		   ((v128)vmovl_u16(vget_low_u16((uint16x8_t)(v))))
#define v128_narrow16(a, b)	   vuzp1q_u8(a, b)

static inline v128
v128_high_nibbles(v128 v)
{
	return vshrq_n_u8(v, 4);
}

static inline v128
v128_low_nibbles(v128 v)
{
	return v & 15;
}

static inline uint32_t
v128_top_bits(v128 v)
{
	const uint8x16_t places = {1, 2, 4, 8, 16, 32, 64, 128,
				   1, 2, 4, 8, 16, 32, 64, 128};

	v = (uint8x16_t)vshrq_n_s8((int8x16_t)v, 7) & places;
	return vaddv_u8(vget_low_u8(v)) | (uint32_t)vaddv_u8(vget_high_u8(v)) << 8;
}

static inline bool
v128_any_top_bit(v128 v)
{
	return vmaxvq_u8(v) > 0x7f;
}

static inline bool
v128_disjoint(v128 a, v128 b)
{
	return vmaxvq_u32((uint32x4_t)(a & b)) == 0;
}

static inline bool
v128_any_from8(v128 v, v128 least)
{
	return vmaxvq_u8(vcgeq_u8(v, least)) != 0;
}

#endif
#endif
