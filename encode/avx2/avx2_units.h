/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The units that 32 bytes of UTF-8 end, checked, for avx2_from_utf8.c, which puts them together.
 */
#ifndef ENCODE_AVX2_UNITS_H
#define ENCODE_AVX2_UNITS_H

#include "encode/avx2/avx2_utf8.h"

#if ENCODE_AVX2

/* What a block leaves open: its last byte begins a character; one of three or more; such a one is not whole. */
struct state {
	uint32_t lead, lead3, far;
};

struct numbers {
	__m256i cont, three, low6, low7, two_least, two_range;
};

static inline struct numbers
numbers(void)
{
	return (struct numbers){ALL8(0xc0), ALL8(0xe0), ALL8(0x3f),
				ALL8(0x7f), ALL8(0xc2), ALL8(0xdf - 0xc2)};
}

/* A block, the bytes before each of its bytes, and where there are which. */
struct block {
	__m256i v, before, cont;
	uint32_t conts, leads, threes;
};

/* Units of the bytes 0 to 7 and 16 to 23, and of the others. */
struct units {
	__m256i a, b;
};

/* Of each byte and the one before it, where that belongs to it. */
static inline struct units
joined(__m256i last, __m256i lead, __m256i even_weights, __m256i odd_weights)
{
	return (struct units){
		_mm256_maddubs_epi16(_mm256_unpacklo_epi8(last, lead), even_weights),
		_mm256_maddubs_epi16(_mm256_unpackhi_epi8(last, lead), odd_weights)};
}

static inline struct units
plain_units(const struct block *b, const struct numbers *k)
{
	const __m256i weights = ALL16(0x4001);
	__m256i lead = _mm256_and_si256(_mm256_and_si256(b->before, b->cont), k->low6);

	return joined(_mm256_and_si256(b->v, k->low7), lead, weights, weights);
}

static inline void
add_high(struct units *u, __m256i low, __m256i high)
{
	u->a = _mm256_add_epi16(u->a, _mm256_unpacklo_epi8(low, high));
	u->b = _mm256_add_epi16(u->b, _mm256_unpackhi_epi8(low, high));
}

/* With characters of three bytes; what they have in their first one is added. */
static inline struct units
three_units(const struct block *b, __m256i two, const struct numbers *k)
{
	struct units u = plain_units(b, k);
	__m256i high = _mm256_and_si256(_mm256_slli_epi16(two, 4), ALL8(0xf0));

	high = _mm256_and_si256(high, from_8(two, k->three));
	add_high(&u, _mm256_setzero_si256(), high);
	return u;
}

/* With characters of four, of which the third byte becomes the first surrogate. */
static inline struct units
four_units(const struct block *b, __m256i two, __m256i three, const struct numbers *k)
{
	const __m256i four = ALL8(0xf0);
	__m256i first = from_8(two, four), second = from_8(three, four);
	__m256i lead = _mm256_and_si256(_mm256_and_si256(b->before, b->cont), k->low6);
	__m256i last = _mm256_and_si256(b->v, k->low7);
	__m256i few = _mm256_and_si256(high_nibbles(b->v), ALL8(3));
	__m256i weight = _mm256_blendv_epi8(ALL8(64), ALL8(4), first);
	__m256i high = _mm256_and_si256(_mm256_slli_epi16(two, 4), four), pair;
	const __m256i one = ALL8(1);

	last = _mm256_blendv_epi8(last, few, first);
	lead = _mm256_andnot_si256(_mm256_and_si256(second, ALL8(0x30)), lead);
	struct units u = joined(last, lead, _mm256_unpacklo_epi8(one, weight),
				_mm256_unpackhi_epi8(one, weight));
	/* 0xd800 and what 0x10000 less makes of it: 0xd7c0; 0xdc00. */
	high = _mm256_and_si256(high, from_8(two, k->three));
	pair = _mm256_add_epi8(_mm256_and_si256(two, ALL8(7)), ALL8(0xd7));
	high = _mm256_blendv_epi8(high, pair, first);
	high = _mm256_or_si256(high, _mm256_and_si256(second, ALL8(0xdc)));
	add_high(&u, _mm256_and_si256(first, ALL8(0xc0)), high);
	return u;
}

static inline struct block
block_of(const uint8_t *src, __m256i v, bool alone, const struct numbers *k)
{
	struct block b = {.v = v, .before = EARLIER(v, src, 1, alone)};

	b.cont = _mm256_cmpgt_epi8(k->cont, v);
	b.conts = top_bits(b.cont);
	b.leads = top_bits(v) & ~b.conts;
	b.threes = top_bits(from_8(v, k->three));
	return b;
}

/* Without characters of three bytes: each lead with one byte behind it, and nothing else. */
static inline bool
twos_valid(const struct block *b, uint32_t open, const struct numbers *k)
{
	__m256i lead = _mm256_sub_epi8(b->before, k->two_least);
	uint32_t must =
		top_bits(_mm256_cmpeq_epi8(_mm256_min_epu8(lead, k->two_range), lead));

	return ((b->conts ^ must) | (b->conts ^ (b->leads << 1 | open))) == 0;
}

/* With them. Returns false if it is not valid. */
static inline __attribute__((always_inline)) bool
far_units(struct units *u, struct block *b, const uint8_t *src, bool alone,
	  struct state *s, const struct numbers *k)
{
	const __m256i four = ALL8(0xf0);
	__m256i two = EARLIER(b->v, src, 2, alone);
	__m256i three = EARLIER(b->v, src, 3, alone);
	__m256i wrong = utf8_errors(b->v, b->before, two, three);
	uint32_t fours = top_bits(from_8(b->v, four));

	if (!_mm256_testz_si256(wrong, wrong))
		return false;
	if ((fours | s->far) != 0)
		*u = four_units(b, two, three, k);
	else
		*u = three_units(b, two, k);
	b->leads |= b->threes << 1 | s->lead3;
	*s = (struct state){b->leads >> 31, b->threes >> 31,
			    b->threes >> 30 | fours >> 29};
	return true;
}

#endif
#endif
