/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To UTF-8 with AVX-512: each unit as two words, its last two bytes and the one before them, and the
 * bytes that it does not need, which are 0, compressed out. Half of a surrogate pair is two bytes, by
 * itself but for two bits of the other half. See struct codec_text.
 */
#include "encode/avx512/avx512_text.h"

#if ENCODE_AVX512

struct numbers {
	__m512i above, two, three, plane, surrogate, low, last, lead2, lead3, nibble,
		first3, drop2, drop3, order;
};

static inline struct numbers
numbers(void)
{
	return (struct numbers){
		.above = all16(0xff80),
		.two = all16(0x80),
		.three = all16(0x800),
		.plane = all16(0xf800),
		.surrogate = all16(0xd800),
		.low = all16(0x3f),
		.last = all16(0x3f00),
		.lead2 = all16(0x80c0),
		.lead3 = all16(0x8080),
		.nibble = all16(0x0f00),
		.first3 = all16(0xe000),
		.drop2 = all16(0x0001),
		.drop3 = all32(0x00010101),
		.order = held(_mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7)),
	};
}

/* The last two bytes of each unit: of ASCII only the second is one. `two`, `three`: at least so many. */
static inline __m512i
last_two(__m512i v, __mmask32 two, __mmask32 three, __m512i *continued,
	 const struct numbers *k)
{
	__m512i up = _mm512_slli_epi16(v, 8);
	__m512i middle = _mm512_and_si512(_mm512_srli_epi16(v, 6), k->low);
	/* (a & b) | c */
	__m512i bytes = _mm512_ternarylogic_epi32(up, k->last, middle, 0xea);
	__m512i marks = _mm512_mask_mov_epi16(k->lead2, three, k->lead3);

	*continued = bytes;
	return _mm512_mask_add_epi16(up, two, bytes, marks);
}

/*
 * Instead of them, where there are halves of pairs: the first two bytes of a pair and the others.
 * `before`: the unit before each.
 */
static inline __m512i
halves(__m512i words, __m512i v, __m512i before, __m512i continued, __mmask32 high,
       __mmask32 low)
{
	/* The plane, five bits, less one, and six more bits. */
	__m512i top = _mm512_add_epi16(v, all16(0x2840));
	/* a | (b & c) */
	top = _mm512_ternarylogic_epi32(_mm512_srli_epi16(top, 8),
					_mm512_slli_epi16(top, 6), all16(0x3f00), 0xf8);
	words = _mm512_mask_add_epi16(words, high, top, all16(0x80f0));
	/* The third byte has two bits of the other half, in place of the three that mark this one. */
	__m512i rest = _mm512_slli_epi16(_mm512_and_si512(before, all16(3)), 4);
	rest = _mm512_add_epi16(rest, all16(0x8080 - 0x30));
	return _mm512_mask_add_epi16(words, low, continued, rest);
}

/* For one block: whatever is not needed is not loaded. */
static inline struct numbers
numbers_once(void)
{
	return (struct numbers){
		.two = ONCE16(0x80),
		.three = ONCE16(0x800),
		.plane = ONCE16(0xf800),
		.surrogate = ONCE16(0xd800),
		.low = ONCE16(0x3f),
		.last = ONCE16(0x3f00),
		.lead2 = ONCE16(0x80c0),
		.lead3 = ONCE16(0x8080),
		.nibble = ONCE16(0x0f00),
		.first3 = ONCE16(0xe000),
		.drop2 = ONCE16(1),
		.drop3 = ONCE32(0x00010101),
		.order = _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7),
	};
}

/* Half of the units, their bytes by fours, each as long as it is. */
static inline __attribute__((always_inline)) uint8_t *
put(uint8_t *dst, __m512i v, __m512i least, uint64_t lanes, bool exact)
{
	uint64_t keep = bits(_mm512_cmpge_epu8_mask(v, least)) & lanes;
	size_t n = (size_t)_mm_popcnt_u64(keep);

	v = _mm512_maskz_compress_epi8(keep, v);
	if (exact)
		_mm512_mask_storeu_epi8(dst, first(n), v);
	else
		_mm512_storeu_si512(dst, v);
	return dst + n;
}

static inline uint32_t
bits32(__mmask32 mask)
{
	return (uint32_t)bits(mask);
}

/*
 * `n` units of v, and the one before each. *high: whether the last one before was half of a pair; then
 * whether this block's last one is. Returns where the bytes end, or NULL: a half has no other one.
 */
static inline __attribute__((always_inline)) uint8_t *
take(uint8_t *dst, __m512i v, const uint8_t *before, size_t n, uint32_t *high, bool exact,
     const struct numbers *k)
{
	uint64_t lanes2 = exact ? first(2 * n) : ~0ull;
	uint64_t lanes_a = exact ? first(4 * n) : ~0ull;
	uint64_t lanes_b = exact ? first(n > 16 ? 4 * (n - 16) : 0) : ~0ull;
	__mmask32 two = _mm512_cmpge_epu16_mask(v, k->two);
	__mmask32 three = _mm512_cmpge_epu16_mask(v, k->three);
	__m512i continued, first_bytes, words = last_two(v, two, three, &continued, k);

	if ((bits32(three) | *high) == 0)
		return put(dst, words, k->drop2, lanes2, exact);
	__mmask32 pairs =
		_mm512_cmpeq_epi16_mask(_mm512_and_si512(v, k->plane), k->surrogate);
	if ((bits32(pairs) | *high) != 0) {
		__m512i kind = _mm512_and_si512(v, all16(0xfc00)), previous;
		uint32_t highs = bits32(_mm512_cmpeq_epi16_mask(kind, k->surrogate));
		uint32_t lows = bits32(pairs) ^ highs;

		if (lows != (highs << 1 | *high))
			return NULL;
		*high = highs >> 31;
		if (before != NULL)
			previous = exact ? _mm512_maskz_loadu_epi8(lanes2, before)
					 : load(before);
		else
			previous = _mm512_maskz_permutexvar_epi8(
				~3ull,
				_mm512_sub_epi8(load(iota_bytes), _mm512_set1_epi8(2)),
				v);
		words = halves(words, v, previous, continued, highs, lows);
		three &= ~pairs;
	}
	first_bytes = _mm512_and_si512(_mm512_srli_epi16(v, 4), k->nibble);
	first_bytes = _mm512_maskz_add_epi16(three, first_bytes, k->first3);
	words = _mm512_permutexvar_epi64(k->order, words);
	first_bytes = _mm512_permutexvar_epi64(k->order, first_bytes);
	dst = put(dst, _mm512_unpacklo_epi16(first_bytes, words), k->drop3, lanes_a,
		  exact);
	return put(dst, _mm512_unpackhi_epi16(first_bytes, words), k->drop3, lanes_b,
		   exact);
}

/* Blocks with text behind them. False: one is not valid. */
static __attribute__((noinline)) bool
take_many(struct codec_text_run *given)
{
	const struct numbers k = numbers();
	struct codec_text_run run = *given;
	const uint8_t *begin = run.src;
	uint32_t high = 0;
	uint8_t *dst = run.dst;

	for (; text_ahead(&run, AVX512_AHEAD); run.src += 64, run.dst = dst) {
		__m512i v = load(run.src), w = load(run.src + 64);

		if (_mm512_test_epi16_mask(_mm512_or_si512(v, w), k.above) == 0 &&
		    high == 0) {
			__m512i both = _mm512_packus_epi16(v, w);

			both = _mm512_permutexvar_epi64(
				_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), both);
			_mm512_storeu_si512(run.dst, both);
			run.src += 64;
			dst = run.dst + 64;
			continue;
		}
		dst = take(run.dst, v, run.src > begin ? run.src - 2 : NULL, 32, &high,
			   false, &k);
		if (dst == NULL)
			break;
	}
	/* Its other half is not there, or not yet. */
	if (high != 0) {
		run.src -= 2;
		run.dst -= 2;
	}
	*given = run;
	return dst != NULL;
}

/* What is left at the end, or as much as there is room for. */
static __attribute__((noinline)) void
take_rest(struct codec_text_run *run)
{
	const struct numbers k = numbers();

	for (;;) {
		size_t left = (size_t)(run->src_end - run->src) / 2;
		size_t n = left < 32 ? left : 32;
		uint32_t high = 0;

		/* A pair is not cut. */
		if (n > 0 && (run->src[2 * n - 1] & 0xfc) == 0xd8)
			n--;
		if (n == 0 || run->dst_end - run->dst < (ptrdiff_t)(3 * n))
			return;
		__m512i v = _mm512_maskz_loadu_epi16((__mmask32)first(n), run->src);
		uint8_t *dst = take(run->dst, v, NULL, n, &high, true, &k);
		if (dst == NULL)
			return;
		run->src += 2 * n;
		run->dst = dst;
	}
}

/* More than 32 units and up to 64. NULL: it is not valid. */
static __attribute__((noinline)) uint8_t *
take_two(uint8_t *dst, const uint8_t *src, size_t units)
{
	const struct numbers k = numbers_once();
	uint32_t high = 0;

	dst = take(dst, load(src), NULL, 32, &high, true, &k);
	if (dst == NULL)
		return NULL;
	__m512i v =
		_mm512_maskz_loadu_epi16((__mmask32)first_short(units - 32), src + 64);
	dst = take(dst, v, src + 62, units - 32, &high, true, &k);
	return high == 0 ? dst : NULL;
}

static inline __attribute__((always_inline)) uint8_t *
take_one(uint8_t *dst, const uint8_t *src, size_t units)
{
	const struct numbers k = numbers_once();
	uint32_t high = 0;
	__m512i v = _mm512_maskz_loadu_epi16((__mmask32)first_short(units), src);

	dst = take(dst, v, NULL, units, &high, true, &k);
	return high == 0 ? dst : NULL;
}

static __attribute__((noinline)) struct weir_result
whole_utf16(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	/* Three bytes for each unit are the most. */
	uint8_t *end = cap < n / 2 * 3 ? NULL
		       : n <= 64       ? take_one(dst, src, n / 2)
				       : take_two(dst, src, n / 2);

	if (end == NULL)
		return usual(whole_utf16_to_utf8, dst, cap, src, n);
	return done(n, (size_t)(end - dst));
}

/* Blocks of ASCII that come first, at least 64 units in all; then the rest, as a text of its own. */
static __attribute__((noinline)) struct weir_result
narrow_then(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	const __m512i above = ONCE16(0xff80);
	size_t units = n / 2, at = 0;

	for (; units - at >= 64; at += 64) {
		__m512i v = load(src + 2 * at), w = load(src + 2 * at + 64);

		if (_mm512_test_epi16_mask(_mm512_or_si512(v, w), above) != 0)
			break;
		_mm256_storeu_si256((void *)(dst + at), _mm512_cvtepi16_epi8(v));
		_mm256_storeu_si256((void *)(dst + at + 32), _mm512_cvtepi16_epi8(w));
	}
	if (at == 0)
		return usual(whole_utf16_to_utf8, dst, cap, src, n);
	if (2 * at == n)
		return done(n, at);
	_mm256_zeroupper();
	return behind(avx512_whole_utf16(dst + at, cap - at, src + 2 * at, n - 2 * at),
		      2 * at, at);
}

struct weir_result
avx512_whole_utf16(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	size_t units = n / 2, low = units < 32 ? units : 32;

	if (units > 64 && cap >= units)
		return narrow_then(dst, cap, src, n);
	if (!is_short(units) || n % 2 != 0 || cap < units)
		return usual(whole_utf16_to_utf8, dst, cap, src, n);
	__mmask32 lanes = (__mmask32)first_short(low);
	__m512i v = _mm512_maskz_loadu_epi16(lanes, src), above = ONCE16(0xff80);
	if (units <= 32) {
		if (_mm512_test_epi16_mask(v, above) != 0)
			return whole_utf16(dst, cap, src, n);
		_mm256_mask_storeu_epi8(dst, lanes, _mm512_cvtepi16_epi8(v));
		return done(n, units);
	}
	/* The last 32, which the first ones may overlap. */
	__m512i w = load(src + n - 64);
	if (_mm512_test_epi16_mask(_mm512_or_si512(v, w), above) != 0)
		return whole_utf16(dst, cap, src, n);
	_mm256_storeu_si256((void *)dst, _mm512_cvtepi16_epi8(v));
	_mm256_storeu_si256((void *)(dst + units - 32), _mm512_cvtepi16_epi8(w));
	return done(n, units);
}

void
avx512_utf16_to_utf8(struct codec_text_run *run)
{
	if (!text_ahead(run, AVX512_AHEAD) || take_many(run))
		take_rest(run);
	_mm256_zeroupper();
	if (run->src_end - run->src >= 2)
		avx2_text.utf16_to_utf8(run);
}

#endif
