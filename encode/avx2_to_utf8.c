/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To UTF-8 with AVX2. Latin-1 and units below 0x800: two bytes each, of which the second one is shuffled out if
 * it is ASCII. Other units: four bytes each, the last one to three of which are wanted; half of a surrogate pair is
 * two bytes by itself but for two bits of the other half. See struct codec_text and compress.h.
 */
#include "encode/avx2_text.h"

#if ENCODE_AVX2

struct numbers {
	__m256i above, plane, surrogate, middle, last, two, three, first3, odd;
};

static inline struct numbers
numbers(void)
{
	return (struct numbers){
		.above = all16(0xff80),
		.plane = all16(0xf800),
		.surrogate = all16(0xd800),
		.middle = all16(0x3f),
		.last = all16(0x3f00),
		.two = all16(0x80c0),
		.three = all16(0x8080),
		.first3 = all16(0xe000),
		.odd = all16(0xff00),
	};
}

/* Eight pairs of bytes, both where the bit is set. */
static inline uint8_t *
put_pairs(uint8_t *dst, __m128i v, uint32_t both)
{
	store_16(dst, in_row(v, compress_pairs, both));
	return dst + 8 + ones(both);
}

/* Four units, their bytes at the end of each four. */
static inline uint8_t *
put_ends(uint8_t *dst, __m128i v, uint32_t more)
{
	store_16(dst, in_row(v, compress_ends, more));
	return dst + 4 + ones(more);
}

/* 16 units below 0x800. */
static inline uint8_t *
take_twos(uint8_t *dst, __m256i v, const struct numbers *k)
{
	__m256i two = _mm256_cmpgt_epi16(v, _mm256_set1_epi16(0x7f));
	__m256i bytes = _mm256_and_si256(_mm256_slli_epi16(v, 8), k->last);
	uint32_t both = top_bits(_mm256_packs_epi16(two, two));

	bytes = _mm256_or_si256(_mm256_or_si256(bytes, _mm256_srli_epi16(v, 6)), k->two);
	bytes = _mm256_blendv_epi8(v, bytes, two);
	dst = put_pairs(dst, lower(bytes), both);
	return put_pairs(dst, upper(bytes), both >> 16);
}

/*
 * Instead of `words`, the last two bytes of each unit, where there are halves of pairs: the first two bytes of a pair
 * and the others. `before`: the unit before each.
 */
static inline __m256i
halves(__m256i words, __m256i v, __m256i before, __m256i highs, __m256i lows)
{
	/* The plane, five bits, less one, and six more bits. */
	__m256i top = _mm256_add_epi16(v, _mm256_set1_epi16(0x2840));
	__m256i high = _mm256_or_si256(
		_mm256_srli_epi16(top, 8),
		_mm256_and_si256(_mm256_slli_epi16(top, 6), _mm256_set1_epi16(0x3f00)));
	/* The third byte has two bits of the other half, in place of those that mark this one. */
	__m256i low = _mm256_and_si256(words, _mm256_set1_epi16((short)0xff8f));

	before = _mm256_and_si256(before, _mm256_set1_epi16(3));
	low = _mm256_or_si256(low, _mm256_slli_epi16(before, 4));
	high = _mm256_add_epi16(high, _mm256_set1_epi16((short)0x80f0));
	words = _mm256_blendv_epi8(words, high, highs);
	return _mm256_blendv_epi8(words, low, lows);
}

/*
 * 16 units. *high: whether the one before was the first half of a pair (3); then whether this block's last one is.
 * NULL: a half has no other one.
 */
static inline __attribute__((always_inline)) uint8_t *
take_threes(uint8_t *dst, __m256i v, __m256i kind, const uint8_t *before, uint32_t *high,
	    const struct numbers *k)
{
	const __m256i zero = _mm256_setzero_si256();
	__m256i one = _mm256_cmpeq_epi16(_mm256_and_si256(v, k->above), zero);
	__m256i two = _mm256_cmpeq_epi16(kind, zero);
	__m256i pairs = _mm256_cmpeq_epi16(kind, k->surrogate);
	__m256i up = _mm256_slli_epi16(v, 8);
	__m256i words = _mm256_and_si256(_mm256_srli_epi16(v, 6), k->middle);

	words = _mm256_or_si256(words, _mm256_and_si256(up, k->last));
	words = _mm256_or_si256(words, _mm256_blendv_epi8(k->three, k->two, two));
	words = _mm256_blendv_epi8(words, up, one);
	uint32_t pair = top_bits(pairs);
	if ((pair | *high) != 0) {
		__m256i highs = _mm256_and_si256(v, _mm256_set1_epi16((short)0xfc00));
		highs = _mm256_cmpeq_epi16(highs, k->surrogate);
		uint32_t first = top_bits(highs), previous = *high;

		if ((pair ^ first) != (first << 2 | previous))
			return NULL;
		*high = first >> 30;
		__m256i other =
			previous != 0
				? load(before)
				: _mm256_alignr_epi8(
					  v, _mm256_permute2x128_si256(v, v, 8), 14);
		words = halves(words, v, other, highs, _mm256_andnot_si256(highs, pairs));
		two = _mm256_or_si256(two, pairs);
	}
	/* The bits of the second byte of each unit: there are three. */
	uint32_t more = ~top_bits(_mm256_blendv_epi8(one, two, k->odd));
	__m256i lead = _mm256_or_si256(
		_mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi16(0x0f00)),
		k->first3);
	__m256i a = _mm256_unpacklo_epi16(lead, words);
	__m256i b = _mm256_unpackhi_epi16(lead, words);
	if (more == ~0u) {
		const __m256i threes = _mm256_broadcastsi128_si256(_mm_setr_epi8(
			1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, -1, -1, -1, -1));

		a = _mm256_shuffle_epi8(a, threes);
		b = _mm256_shuffle_epi8(b, threes);
		store_16(dst, lower(a));
		store_16(dst + 12, lower(b));
		store_16(dst + 24, upper(a));
		store_16(dst + 36, upper(b));
		return dst + 48;
	}
	dst = put_ends(dst, lower(a), more);
	dst = put_ends(dst, lower(b), more >> 8);
	dst = put_ends(dst, upper(a), more >> 16);
	return put_ends(dst, upper(b), more >> 24);
}

static __attribute__((noinline)) void
utf16_blocks(struct codec_text_run *given)
{
	const struct numbers k = numbers();
	struct codec_text_run run = *given;
	uint32_t high = 0;

	while (ahead(&run, 64, 64)) {
		__m256i v = load(run.src);
		uint8_t *dst;

		if ((_mm256_testz_si256(v, k.above) & (high == 0)) != 0) {
			__m256i w = load(run.src + 32);

			if (_mm256_testz_si256(w, k.above)) {
				v = _mm256_permute4x64_epi64(_mm256_packus_epi16(v, w),
							     0xd8);
				store(run.dst, v);
				run.src += 64;
				run.dst += 32;
				continue;
			}
			store_16(run.dst, _mm_packus_epi16(lower(v), upper(v)));
			run.src += 32;
			run.dst += 16;
			continue;
		}
		__m256i kind = _mm256_and_si256(v, k.plane);
		if ((_mm256_testz_si256(kind, kind) & (high == 0)) != 0)
			dst = take_twos(run.dst, v, &k);
		else
			dst = take_threes(run.dst, v, kind, run.src - 2, &high, &k);
		if (dst == NULL)
			break;
		run.src += 32;
		run.dst = dst;
	}
	if (high != 0) {
		run.src -= 2;
		run.dst -= 2;
	}
	*given = run;
}

void
avx2_utf16_to_utf8(struct codec_text_run *run)
{
	utf16_blocks(run);
	text_end(run, utf16_blocks, 2, 1);
	_mm256_zeroupper();
}

/* 32 bytes of Latin-1: 0xc2 or 0xc3 where two bytes are wanted, and the second one. */
static inline uint8_t *
take_latin1(uint8_t *dst, __m256i v, uint32_t above)
{
	__m256i first = _mm256_and_si256(_mm256_srli_epi16(v, 6), _mm256_set1_epi8(3));
	__m256i last = _mm256_and_si256(v, _mm256_set1_epi8((char)0xbf));

	first = _mm256_or_si256(first, _mm256_set1_epi8((char)0xc0));
	first = _mm256_blendv_epi8(v, first, v);
	__m256i a = _mm256_unpacklo_epi8(first, last);
	__m256i b = _mm256_unpackhi_epi8(first, last);
	dst = put_pairs(dst, lower(a), above);
	dst = put_pairs(dst, lower(b), above >> 8);
	dst = put_pairs(dst, upper(a), above >> 16);
	return put_pairs(dst, upper(b), above >> 24);
}

static __attribute__((noinline)) void
latin1_blocks(struct codec_text_run *given)
{
	struct codec_text_run run = *given;

	while (ahead(&run, 64, 80)) {
		__m256i v = load(run.src);
		uint32_t above = top_bits(v);

		run.src += 32;
		if (above == 0) {
			store(run.dst, v);
			run.dst += 32;
		} else {
			run.dst = take_latin1(run.dst, v, above);
		}
	}
	*given = run;
}

void
avx2_latin1_to_utf8(struct codec_text_run *run)
{
	latin1_blocks(run);
	text_end(run, latin1_blocks, 1, 1);
	_mm256_zeroupper();
}

#endif
