/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-16 to UTF-8 with AVX2. Units below 0x800: two bytes each, of which the second one is shuffled out if it is
 * ASCII. Others: four bytes each, the last one to three of which are wanted; half of a surrogate pair is
 * two bytes by itself but for two bits of the other half. See struct codec_text and compress.h.
 */
#include "encode/avx2/avx2_text.h"

#if ENCODE_AVX2

struct numbers {
	__m256i above, plane, surrogate, middle, last, two, three, first3, odd;
};

static inline struct numbers
numbers(void)
{
	return (struct numbers){
		.above = ALL16(0xff80),
		.plane = ALL16(0xf800),
		.surrogate = ALL16(0xd800),
		.middle = ALL16(0x3f),
		.last = ALL16(0x3f00),
		.two = ALL16(0x80c0),
		.three = ALL16(0x8080),
		.first3 = ALL16(0xe000),
		.odd = ALL16(0xff00),
	};
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
	__m256i two = _mm256_cmpgt_epi16(v, ALL16(0x7f));
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
	__m256i top = _mm256_add_epi16(v, ALL16(0x2840));
	__m256i high = _mm256_or_si256(
		_mm256_srli_epi16(top, 8),
		_mm256_and_si256(_mm256_slli_epi16(top, 6), ALL16(0x3f00)));
	/* The third byte has two bits of the other half, in place of those that mark this one. */
	__m256i low = _mm256_and_si256(words, ALL16(0xff8f));

	before = _mm256_and_si256(before, ALL16(3));
	low = _mm256_or_si256(low, _mm256_slli_epi16(before, 4));
	high = _mm256_add_epi16(high, ALL16(0x80f0));
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
		__m256i highs = _mm256_and_si256(v, ALL16(0xfc00));
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
		_mm256_and_si256(_mm256_srli_epi16(v, 4), ALL16(0x0f00)), k->first3);
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

/* Units of ASCII, 32 at a time. */
static inline void
utf16_ascii(struct codec_text_run *run, const struct numbers *k)
{
	while (ahead(run, 88, 64)) {
		__m256i v = load(run->src), w = load(run->src + 32);

		if (!_mm256_testz_si256(_mm256_or_si256(v, w), k->above))
			break;
		v = _mm256_packus_epi16(v, w);
		store(run->dst, _mm256_permute4x64_epi64(v, 0xd8));
		run->src += 64;
		run->dst += 32;
	}
}

/* NULL: not valid. *high as in take_threes. */
static inline __attribute__((always_inline)) uint8_t *
take_units(uint8_t *dst, __m256i v, const uint8_t *before, uint32_t *high,
	   const struct numbers *k)
{
	__m256i kind = _mm256_and_si256(v, k->plane);

	if ((_mm256_testz_si256(kind, kind) & (*high == 0)) != 0)
		return take_twos(dst, v, k);
	return take_threes(dst, v, kind, before, high, k);
}

/* Blocks with text behind them. False: one is not valid. */
static inline bool
utf16_blocks(struct codec_text_run *given, uint32_t *high)
{
	const struct numbers k = numbers();
	struct codec_text_run run = *given;
	bool valid = true;

	while (ahead(&run, 56, 64)) {
		__m256i v = load(run.src);

		if ((_mm256_testz_si256(v, k.above) & (*high == 0)) != 0) {
			store_16(run.dst, _mm_packus_epi16(lower(v), upper(v)));
			run.src += 32;
			run.dst += 16;
			utf16_ascii(&run, &k);
			continue;
		}
		uint8_t *dst = take_units(run.dst, v, run.src - 2, high, &k);
		valid = dst != NULL;
		if (!valid)
			break;
		run.src += 32;
		run.dst = dst;
	}
	*given = run;
	return valid;
}

/* How many bytes the first n of 16 units are. */
static inline size_t
bytes_of(__m256i v, size_t n, const struct numbers *k)
{
	const __m256i zero = _mm256_setzero_si256();
	__m256i kind = _mm256_and_si256(v, k->plane);
	__m256i one = _mm256_cmpeq_epi16(_mm256_and_si256(v, k->above), zero);
	__m256i two = _mm256_or_si256(_mm256_cmpeq_epi16(kind, zero),
				      _mm256_cmpeq_epi16(kind, k->surrogate));
	uint32_t more = ~top_bits(_mm256_blendv_epi8(one, two, k->odd));

	return n + (size_t)__builtin_popcount(more & ((1u << 2 * n) - 1));
}

static inline bool
first_half(const uint8_t *unit)
{
	return (unit[1] & 0xfc) == 0xd8;
}

/* What is left at the end, or as much as there is room for, in a buffer, as nothing may be written too much. */
static __attribute__((noinline)) void
utf16_rest(struct codec_text_run *run, const uint8_t *begin, uint32_t *high)
{
	const struct numbers k = numbers();
	size_t left = (size_t)(run->src_end - run->src) / 2;

	if (left > 0 && first_half(run->src + 2 * left - 2))
		left--;
	for (size_t n; left > 0; left -= n) {
		uint8_t out[48 + 16], *end;
		const uint8_t *src = run->src;
		size_t skip = 0;
		uint32_t next = *high;
		__m256i v;

		n = left < 16 ? left : 16;
		if (n == 16) {
			v = load(src);
		} else if (src == begin) {
			v = load_short(src, 2 * n);
		} else {
			/* The last 16 units, the first of which are done. */
			src -= 2 * (16 - n);
			v = load(src);
			skip = bytes_of(v, 16 - n, &k);
			next = src > begin && first_half(src - 2) ? 3 : 0;
		}
		end = take_units(out, v, src - 2, &next, &k);
		if (end == NULL)
			return;
		size_t size = (size_t)(end - out) - skip;
		/* Zeros behind a short text are a byte each; a pair is not cut. */
		if (n < 16 && src == begin && skip == 0)
			size -= 16 - n;
		if (next != 0) {
			size -= 2;
			n--;
		}
		/* A half, behind which comes another one's. */
		if (n == 0 || (size_t)(run->dst_end - run->dst) < size)
			return;
		copy_out(run->dst, out + skip, size);
		run->src += 2 * n;
		run->dst += size;
		*high = 0;
	}
}

void
avx2_utf16_to_utf8(struct codec_text_run *run)
{
	const uint8_t *begin = run->src;
	uint32_t high = 0;

	if (utf16_blocks(run, &high))
		utf16_rest(run, begin, &high);
	/* Its other half is not there, or not yet. */
	if (high != 0) {
		run->src -= 2;
		run->dst -= 2;
	}
	_mm256_zeroupper();
}

#endif
