/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What avx512_base64.c does with text that has unwanted characters: they are compressed out of a
 * register, never to memory, and the values that do not fill a store yet are carried to the next block.
 * Included by that file only, and inlined in it: nothing here may be called by address.
 */
#ifndef ENCODE_AVX512_CARRY_H
#define ENCODE_AVX512_CARRY_H

#include "encode/avx512/avx512.h"

#if ENCODE_AVX512

struct base64_tables {
	__m512i low, high, order;
};

/* 64 values of six bits to 48 bytes, then rubbish. */
static inline __m512i
base64_pack(__m512i values, __m512i order)
{
	__m512i pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi32(0x01400140));

	return _mm512_permutexvar_epi8(
		order, _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00011000)));
}

static inline void
store_48(uint8_t *dst, __m512i v)
{
	_mm256_storeu_si256((void *)dst, _mm512_castsi512_si256(v));
	_mm_storeu_si128((void *)(dst + 32), _mm512_extracti32x4_epi32(v, 2));
}

/* Values that do not fill a store yet: the first `held` (less than 64) of `values`. */
struct base64_carry {
	__m512i values;
	size_t held;
	bool dirty; /* the last block had unwanted characters: so will the next ones */
};

/*
 * Decodes a block of any characters: the unwanted ones are compressed out, the values of the others are
 * put behind those that are held. False: it met a character to stop at, or the end of the room.
 */
static inline __attribute__((always_inline)) bool
base64_block_of(struct base64_run *run, const struct base64_tables *t,
		const uint8_t *begin, struct base64_carry *carry)
{
	size_t n = (size_t)(run->src_end - run->src), held = carry->held;
	size_t room = (size_t)(run->dst_end - run->dst);
	__mmask64 lanes = first(n);
	__m512i v;

	/* A masked load is slow: at the end of the text, the last 64 bytes are loaded and shifted. */
	if (n >= 64) {
		v = load(run->src);
	} else if ((size_t)(run->src_end - begin) >= 64) {
		__m512i at = _mm512_add_epi8(load(iota_bytes),
					     _mm512_set1_epi8((char)(64 - n)));

		v = _mm512_permutexvar_epi8(at, load(run->src_end - 64));
	} else {
		v = _mm512_maskz_loadu_epi8(lanes, run->src);
	}
	__m512i values = _mm512_permutex2var_epi8(t->low, v, t->high);
	__mmask64 bad = _mm512_movepi8_mask(_mm512_or_si512(values, v)) & lanes;
	bool stopped = false;

	n = n < 64 ? n : 64;
	carry->dirty = bad != 0;
	if (bad != 0) {
		__mmask64 above = _mm512_movepi8_mask(v) & lanes;
		__mmask64 stop =
			_mm512_test_epi8_mask(values, _mm512_set1_epi8(0x40)) & bad;

		stop = (stop & ~above) | (run->table->high_stops ? above : 0);
		if (stop != 0) {
			n = (size_t)_tzcnt_u64(stop);
			lanes = first(n);
			stopped = true;
		}
		if ((bad & lanes) != 0)
			values = _mm512_maskz_compress_epi8(lanes & ~bad, values);
	}
	size_t k = (size_t)_mm_popcnt_u64(lanes & ~bad);
	if ((held + k) / 4 * 3 > room)
		return false;
	__m512i iota = load(iota_bytes), joined = values;
	if (held > 0) {
		__m512i at = _mm512_sub_epi8(iota, _mm512_set1_epi8((char)held));

		joined = _mm512_mask_permutexvar_epi8(carry->values, ~0ull << held, at,
						      values);
	}
	held += k;
	if (held >= 64) {
		/* The lanes of `values` before 64 - held have been written with `joined`. */
		__m512i at =
			_mm512_add_epi8(iota, _mm512_set1_epi8((char)(64 - carry->held)));

		store_48(run->dst, base64_pack(joined, t->order));
		run->dst += 48;
		joined = _mm512_permutexvar_epi8(at, values);
		held -= 64;
	}
	carry->values = joined;
	carry->held = held;
	run->src += n;
	return !stopped;
}

/* A buffer of so many blocks: what the first ones stored has reached the cache when it is loaded again. */
#define STAGED_BLOCKS 16

/*
 * Blocks of any characters by way of a buffer: what is wanted of each is compressed in a register and
 * stored behind the others, so that no block waits for the one before. Ends with less than a block left, for
 * lack of room, or before a block with a character to stop at.
 */
static inline __attribute__((always_inline)) void
base64_staged(struct base64_run *run, const struct base64_tables *t,
	      struct base64_carry *carry)
{
	uint8_t values[64 * STAGED_BLOCKS + 64], *dst = run->dst;
	const uint8_t *src = run->src;
	size_t n = carry->held, at = 0;
	size_t room = (size_t)(run->dst_end - dst) / 3 * 4;
	uint8_t high_stops = run->table->high_stops;

	room = room < 64 * STAGED_BLOCKS ? room : 64 * STAGED_BLOCKS;
	_mm512_storeu_si512(values, carry->values);
	for (; run->src_end - src >= 64 && n + 64 <= room; src += 64) {
		__m512i v = load(src),
			found = _mm512_permutex2var_epi8(t->low, v, t->high);
		__mmask64 bad = _mm512_movepi8_mask(_mm512_or_si512(found, v));

		if (bad != 0) {
			__mmask64 above = _mm512_movepi8_mask(v);
			__mmask64 stop = _mm512_mask_test_epi8_mask(
				bad & ~above, found, _mm512_set1_epi8(0x40));

			if ((stop | (high_stops ? above : 0)) != 0)
				break;
			found = _mm512_maskz_compress_epi8(~bad, found);
		}
		_mm512_storeu_si512(values + n, found);
		n += 64 - (size_t)_mm_popcnt_u64(bad);
	}
	for (; n - at >= 128; at += 64, dst += 48)
		_mm512_storeu_si512(dst, base64_pack(load(values + at), t->order));
	if (n - at >= 64) {
		store_48(dst, base64_pack(load(values + at), t->order));
		at += 64;
		dst += 48;
	}
	carry->values = load(values + at);
	carry->held = n - at;
	run->src = src;
	run->dst = dst;
}

/* The values of a group that was begun, from acc to the lanes of a vector. */
static inline __m512i
base64_unpack_acc(uint32_t acc, uint32_t count)
{
	uint32_t v = __builtin_bswap32(_pdep_u32(acc << (6 * (3 - count)), 0x3f3f3f00));

	return _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)v));
}

static inline __attribute__((always_inline)) void
base64_flush(struct base64_run *run, const struct base64_tables *t,
	     const struct base64_carry *carry)
{
	size_t groups = carry->held / 4;

	if (groups > 0) {
		store_first(run->dst, base64_pack(carry->values, t->order), 3 * groups);
		run->dst += 3 * groups;
	}
	run->acc = 0;
	run->count = carry->held & 3;
	if (run->count > 0) {
		__m512i at = _mm512_set1_epi32((int)groups);
		uint32_t v = (uint32_t)_mm_cvtsi128_si32(_mm512_castsi512_si128(
			_mm512_permutexvar_epi32(at, carry->values)));

		run->acc = _pext_u32(__builtin_bswap32(v), 0x3f3f3f00) >>
			   (6 * (3 - run->count));
	}
}

#endif

#endif
