/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 a block of 64 bytes at a time, for avx512_utf8.c, which checks it, and avx512_from_utf8.h. What
 * kind a byte is, is a bit in a mask; where bytes that continue a character must be is arithmetic on
 * these masks (as in simdutf's icelake kernels), done in ordinary registers, which AVX-512 leaves idle.
 * Blocks are taken whole, whatever characters they cut, so that no load waits for what came before it.
 */
#ifndef ENCODE_AVX512_UTF8_H
#define ENCODE_AVX512_UTF8_H

#include "encode/avx512/avx512_text.h"
#include "encode/lanes/utf8_rules.h"

#if ENCODE_AVX512

struct utf8_numbers {
	__m512i lead, three, four, bounds;
};

/* What the block before leaves open: bits at the bottom, where the characters go on that it cuts. */
struct utf8_state {
	uint64_t open; /* bytes that must continue one */
	uint64_t second,
		four; /* of them, a second one; those of characters of four bytes */
};

struct utf8_block {
	__m512i v, before;	    /* 64 bytes, and those that begin one byte earlier */
	__mmask64 above;	    /* not ASCII */
	uint64_t lead, three, four; /* begins a character of more than one, two, three */
	uint64_t open;		    /* must continue one */
	struct utf8_state next;
};

/*
 * By a first byte's low six bits: what makes a second byte, 0x80 to 0xbf, less than 0x80 by adding
 * it, if it must not follow.
 */
static const uint8_t utf8_bounds[64] __attribute__((unused)) = {
	[0x00] = 0x80,	       [0x01] = 0x80, /* overlong */
	[0x20] = 0xe0,	       [0x2d] = 0x60, /* overlong, surrogates */
	[0x30] = 0xf0,	       [0x34] = 0x70, /* overlong, above 0x10ffff */
	[0x35 ... 0x3f] = 0x80};

static inline struct utf8_numbers
utf8_numbers(void)
{
	return (struct utf8_numbers){
		held(_mm512_set1_epi8((char)0xc0)), held(_mm512_set1_epi8((char)0xe0)),
		held(_mm512_set1_epi8((char)0xf0)), held(load(utf8_bounds))};
}

/* The bytes that begin `by` earlier, where there may be none in memory. */
static inline __m512i
utf8_earlier(__m512i v, __m512i last, int by)
{
	__m512i at = _mm512_sub_epi8(load(iota_bytes), _mm512_set1_epi8((char)by));

	return _mm512_permutex2var_epi8(v, at, last);
}

/*
 * Fills in the rest of `b` from v, before and above. False: within `lanes`, it is not UTF-8. `fours`:
 * there may be characters of four bytes, which take more registers than there are; else b->four is
 * to be looked at.
 */
static inline __attribute__((always_inline)) bool
utf8_look(struct utf8_block *b, const struct utf8_state *s, uint64_t lanes, bool fours,
	  const struct utf8_numbers *k)
{
	__m512i second =
		_mm512_add_epi8(b->v, _mm512_permutexvar_epi8(b->before, k->bounds));
	uint64_t fit = bits(top_bits(second)), above = bits(b->above);

	b->lead = bits(_mm512_cmpge_epu8_mask(b->v, k->lead));
	b->three = bits(_mm512_cmpge_epu8_mask(b->v, k->three));
	b->four = bits(_mm512_cmpge_epu8_mask(b->v, k->four));
	b->open = b->lead << 1 | s->second;
	uint64_t wrong = b->open & ~fit;
	b->open |= b->three << 2 | s->open;
	b->next.second = b->lead >> 63;
	b->next.open = b->next.second | b->three >> 62;
	b->next.four = 0;
	if (fours) {
		b->open |= b->four << 3;
		b->next.four = b->four >> 61;
		b->next.open |= b->next.four;
	}
	return (((b->open ^ (above & ~b->lead)) | wrong) & lanes) == 0;
}

/*
 * All of v, behind which and before which there is nothing. False: not whole valid characters. As utf8_look, but
 * it loads and works out no more than it needs.
 */
static inline __attribute__((always_inline)) bool
utf8_look_alone(struct utf8_block *b)
{
	/* The first byte is never asked what is before it, if the last one ends a character. */
	b->before = _mm512_permutexvar_epi8(load(lanes_before), b->v);
	__m512i bounds = _mm512_permutexvar_epi8(b->before, load(utf8_bounds));
	uint64_t fit = bits(top_bits(_mm512_add_epi8(b->v, bounds)));
	__mmask64 three = _mm512_cmpge_epu8_mask(b->v, ONCE8(0xe0));

	b->lead = bits(_mm512_cmpge_epu8_mask(b->v, ONCE8(0xc0)));
	b->three = b->four = b->next.second = b->next.four = 0;
	b->open = b->lead << 1;
	uint64_t wrong = b->open & ~fit, next = b->lead >> 63;
	if (!_kortestz_mask64_u8(three, three)) {
		b->three = bits(three);
		b->four = bits(_mm512_cmpge_epu8_mask(b->v, ONCE8(0xf0)));
		b->open |= b->three << 2 | b->four << 3;
		next |= b->three >> 62 | b->four >> 61;
	}
	b->next.open = 0;
	return ((b->open ^ (bits(b->above) & ~b->lead)) | wrong | next) == 0;
}

#endif
#endif
