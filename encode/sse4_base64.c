/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 of the SSE4 tier: blocks of 16 characters. Clean text a block at a time; what has garbage in it by lines of one
 * length (regular.h) or through a buffer (staged.h).
 */
#include "encode/align.h"
#include "encode/sse4.h"
#include "encode/regular.h"
#include "encode/staged.h"

#if ENCODE_SSE4

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

size_t
sse4_base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url)
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

void
sse4_base64_decode(struct base64_run *run)
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

#endif
