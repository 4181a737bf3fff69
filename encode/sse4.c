/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tier for processors with SSSE3 and SSE4.1 but not AVX2. Blocks of 16 bytes; what is left
 * is the scalar tier's.
 */
#include "encode/align.h"
#include "encode/regular.h"
#include "encode/staged.h"

#if defined(__SSE4_1__) && defined(__SSSE3__)

#include <smmintrin.h>
#include <string.h>

static inline __m128i
load(const uint8_t *p)
{
	return _mm_loadu_si128((const void *)p);
}

static inline void
store(uint8_t *p, __m128i v)
{
	_mm_storeu_si128((void *)p, v);
}

static size_t
hex_encode(uint8_t *dst, const uint8_t *src, size_t n)
{
	const __m128i digits = _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8',
					     '9', 'a', 'b', 'c', 'd', 'e', 'f');
	const __m128i nibble = _mm_set1_epi8(15);
	size_t i = 0;

	while (n - i >= 16) {
		__m128i v = load(src + i);
		__m128i high = _mm_and_si128(_mm_srli_epi16(v, 4), nibble);
		__m128i low = _mm_and_si128(v, nibble);

		high = _mm_shuffle_epi8(digits, high);
		low = _mm_shuffle_epi8(digits, low);
		store(dst + 2 * i, _mm_unpacklo_epi8(high, low));
		store(dst + 2 * i + 16, _mm_unpackhi_epi8(high, low));
		i += 16;
		if (n - i > 0 && n - i < 16)
			i = n - 16;
	}
	return i;
}

/* 16 digits to eight values in words; the top bit of a byte of *bad: it is no digit. */
static inline __m128i
hex_values_of(__m128i v, __m128i *bad)
{
	__m128i digit = _mm_subs_epu8(_mm_add_epi8(v, _mm_set1_epi8((char)(255 - '9'))),
				      _mm_set1_epi8(6));
	__m128i letter = _mm_sub_epi8(_mm_and_si128(v, _mm_set1_epi8((char)0xdf)),
				      _mm_set1_epi8('A'));

	v = _mm_min_epu8(_mm_sub_epi8(digit, _mm_set1_epi8((char)0xf0)),
			 _mm_adds_epu8(letter, _mm_set1_epi8(10)));
	*bad = _mm_or_si128(*bad, _mm_adds_epu8(v, _mm_set1_epi8(112)));
	return _mm_maddubs_epi16(v, _mm_set1_epi16(0x0110));
}

static size_t
hex_decode(uint8_t *dst, const uint8_t *src, size_t pairs)
{
	size_t i = 0;

	while (pairs - i >= 16) {
		__m128i bad = _mm_setzero_si128();
		__m128i a = hex_values_of(load(src + 2 * i), &bad);
		__m128i b = hex_values_of(load(src + 2 * i + 16), &bad);

		if (_mm_movemask_epi8(bad) != 0)
			break;
		store(dst + i, _mm_packus_epi16(a, b));
		i += 16;
		if (pairs - i > 0 && pairs - i < 16)
			i = pairs - 16;
	}
	return i;
}

/* 12 bytes to 16 characters; `shift` says what to add to a value of each range. */
static inline __m128i
base64_block(__m128i v, __m128i shift)
{
	v = _mm_shuffle_epi8(
		v, _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
	__m128i odd = _mm_mulhi_epu16(_mm_and_si128(v, _mm_set1_epi32(0x0fc0fc00)),
				      _mm_set1_epi32(0x04000040));
	__m128i even = _mm_mullo_epi16(_mm_and_si128(v, _mm_set1_epi32(0x003f03f0)),
				       _mm_set1_epi32(0x01000010));
	__m128i value = _mm_or_si128(odd, even);
	/* 13: capitals, 0: small letters, 1 to 10: digits, 11 and 12: the last two. */
	__m128i range = _mm_subs_epu8(value, _mm_set1_epi8(51));
	__m128i capital = _mm_cmpgt_epi8(_mm_set1_epi8(26), value);

	range = _mm_or_si128(range, _mm_and_si128(capital, _mm_set1_epi8(13)));
	return _mm_add_epi8(value, _mm_shuffle_epi8(shift, range));
}

static size_t
base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	const __m128i shift = _mm_setr_epi8('a' - 26, -4, -4, -4, -4, -4, -4, -4, -4, -4,
					    -4, url ? '-' - 62 : '+' - 62,
					    url ? '_' - 63 : '/' - 63, 'A', 0, 0);
	size_t i = 0;

	for (; n - i >= 16; i += 12, dst += 16)
		store(dst, base64_block(load(src + i), shift));
	return i;
}

/* Characters of either alphabet to values; what is none of them to rubbish. */
static inline __m128i
base64_values(__m128i v, __m128i high)
{
	const __m128i shift =
		_mm_setr_epi8(0, 0, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
	/* The row of + - /: all others have the top bit set, for which a shuffle gives 0. */
	const __m128i signs =
		_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -2, 0, -3);
	__m128i sign = _mm_adds_epu8(v, _mm_set1_epi8(0x50));
	__m128i line = _mm_cmpeq_epi8(v, _mm_set1_epi8('_'));
	__m128i add = _mm_and_si128(line, _mm_set1_epi8(33));

	v = _mm_add_epi8(v, _mm_shuffle_epi8(shift, high));
	add = _mm_add_epi8(add, _mm_shuffle_epi8(signs, sign));
	return _mm_add_epi8(v, add);
}

struct base64_rows {
	__m128i bad_low, bad_high, mark;
	uint32_t flip; /* all ones: what is not marked is to stop at */
};

static inline __m128i
high_nibbles(__m128i v)
{
	return _mm_and_si128(_mm_srli_epi16(v, 4), _mm_set1_epi8(15));
}

/* A bit for each character that is not in the alphabet. */
static inline uint32_t
base64_bad(__m128i v, __m128i high, const struct base64_rows *rows)
{
	__m128i low = _mm_and_si128(v, _mm_set1_epi8(15));
	__m128i bad = _mm_and_si128(_mm_shuffle_epi8(rows->bad_low, low),
				    _mm_shuffle_epi8(rows->bad_high, high));

	bad = _mm_cmpeq_epi8(bad, _mm_setzero_si128());
	return (uint32_t)_mm_movemask_epi8(bad) ^ 0xffff;
}

static inline void
base64_store(uint8_t *dst, __m128i values)
{
	const __m128i order =
		_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
	__m128i v = _mm_maddubs_epi16(values, _mm_set1_epi32(0x01400140));
	uint32_t last;

	v = _mm_madd_epi16(v, _mm_set1_epi32(0x00011000));
	v = _mm_shuffle_epi8(v, order);
	_mm_storel_epi64((void *)dst, v);
	last = (uint32_t)_mm_extract_epi32(v, 2);
	memcpy(dst + 8, &last, sizeof(last));
}

struct base64_quick_rows {
	__m128i check_key, check, delta_key, delta;
};

static inline struct base64_quick_rows
base64_quick_rows(const struct base64_quick *quick)
{
	return (struct base64_quick_rows){load((const uint8_t *)quick->check_key),
					  load((const uint8_t *)quick->check),
					  load((const uint8_t *)quick->delta_key),
					  load((const uint8_t *)quick->delta)};
}

/* See struct base64_quick. What the shift brings in from the next byte, no shuffle looks at. */
static inline __attribute__((always_inline)) bool
base64_block_of(uint8_t *dst, const uint8_t *src, const void *given)
{
	const struct base64_quick_rows *rows = given;
	__m128i v = load(src), eighth = _mm_srli_epi32(v, 3);
	__m128i key = _mm_avg_epu8(_mm_shuffle_epi8(rows->check_key, v), eighth);
	__m128i check = _mm_adds_epi8(_mm_shuffle_epi8(rows->check, key), v);

	key = _mm_avg_epu8(_mm_shuffle_epi8(rows->delta_key, v), eighth);
	if (_mm_movemask_epi8(check) != 0)
		return false;
	base64_store(dst, _mm_add_epi8(_mm_shuffle_epi8(rows->delta, key), v));
	return true;
}

static inline __attribute__((always_inline)) struct staged_masks
base64_staged(uint8_t *values, const uint8_t *src, const void *given)
{
	const struct base64_rows *rows = given;
	__m128i v = load(src), high = high_nibbles(v);
	uint32_t bad = base64_bad(v, high, rows);
	__m128i marked = _mm_cmpeq_epi8(v, _mm_shuffle_epi8(rows->mark, v));

	store(values, base64_values(v, high));
	return (struct staged_masks){
		bad, bad & ((uint32_t)_mm_movemask_epi8(marked) ^ rows->flip)};
}

static inline __attribute__((always_inline)) void
base64_pack(uint8_t *dst, const uint8_t *values)
{
	base64_store(dst, load(values));
}

static void
base64_decode(struct base64_run *run)
{
	enum { WIDTH = 16 };
	const struct base64_rows rows = {
		load(run->table->bad_low), load(run->table->bad_high),
		load(run->table->mark), run->table->marks_stop ? 0 : ~0u};

	const struct base64_quick *const *quick = run->table->quick;
	struct base64_quick_rows alphabet = base64_quick_rows(quick[0]);
	size_t which = 0;

	while (base64_align(run)) {
		const uint8_t *src = run->src, *src_end = run->src_end;
		uint8_t *dst = run->dst, *dst_end = run->dst_end;

		while (src_end - src >= WIDTH && dst_end - dst >= 12 &&
		       base64_block_of(dst, src, &alphabet)) {
			src += WIDTH;
			dst += 12;
		}
		run->src = src;
		run->dst = dst;
		if (src_end - src < WIDTH || dst_end - dst < 12)
			break;
		__m128i v = load(src);
		uint32_t bad = base64_bad(v, high_nibbles(v), &rows);
		if (bad == 0) {
			/* All in the other alphabet, or of both. */
			alphabet = base64_quick_rows(quick[which ^= 1]);
			if (base64_block_of(dst, src, &alphabet))
				continue;
		}
		if ((bad == 0 || !regular_try(run, (size_t)__builtin_ctz(bad), WIDTH,
					      base64_block_of, &alphabet)) &&
		    !staged_decode(run, WIDTH, base64_staged, base64_pack, &rows))
			break;
	}
}

static size_t
ascii_run(const uint8_t *src, size_t n)
{
	size_t i = 0;

	for (; n - i >= 16; i += 16) {
		int above = _mm_movemask_epi8(load(src + i));

		if (above != 0)
			return i + (size_t)__builtin_ctz((unsigned)above);
	}
	return i + codec_scalar.ascii_run(src + i, n - i);
}

static void
copy(uint8_t *dst, const uint8_t *src, size_t n)
{
	for (size_t i = 0; n - i > 64; i += 64) {
		__m128i a = load(src + i), b = load(src + i + 16), c = load(src + i + 32),
			d = load(src + i + 48);

		store(dst + i, a);
		store(dst + i + 16, b);
		store(dst + i + 32, c);
		store(dst + i + 48, d);
	}
	for (size_t j = n - 64; j < n; j += 16)
		store(dst + j, load(src + j));
}

static void
copy_stream(uint8_t *dst, const uint8_t *src, size_t n)
{
	size_t i = 16 - ((uintptr_t)dst & 15);

	store(dst, load(src));
	for (; n - i >= 16; i += 16)
		_mm_stream_si128((void *)(dst + i), load(src + i));
	_mm_sfence();
	store(dst + n - 16, load(src + n - 16));
}

static size_t
find_pair(const uint8_t *bytes, size_t n, const struct codec_pair *pair)
{
	const __m128i first = _mm_set1_epi8((char)pair->first);
	const __m128i second = _mm_set1_epi8((char)pair->second);
	size_t i = 0;

	for (; n - i >= 16; i += 16) {
		__m128i a = _mm_cmpeq_epi8(load(bytes + i), first);
		__m128i b = _mm_cmpeq_epi8(load(bytes + i + pair->distance), second);
		int found = _mm_movemask_epi8(_mm_and_si128(a, b));

		if (found != 0)
			return i + (size_t)__builtin_ctz((unsigned)found);
	}
	return i + codec_scalar.find_pair(bytes + i, n - i, pair);
}

static const struct codec_tier tier = {
	.name = "sse4",
	.hex_encode = hex_encode,
	.base64_encode = base64_encode,
	.hex_decode = hex_decode,
	.base64_decode = base64_decode,
	.ascii_run = ascii_run,
	.copy = copy,
	.copy_stream = copy_stream,
	.find_pair = find_pair,
};
const struct codec_tier *const codec_sse4 = &tier;

#else

const struct codec_tier *const codec_sse4 = NULL;

#endif
