/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 of the AVX2 tier: blocks of 32 characters. Clean text a block at a time; what has garbage in it by lines of one
 * length (regular.h) or through a buffer (staged.h).
 */
#include "encode/align.h"
#include "encode/avx2.h"
#include "encode/regular.h"
#include "encode/staged.h"

#if ENCODE_AVX2

/* Twice 12 bytes to 32 characters; `shift` says what to add to a value of each range. */
static inline __m256i
base64_block(const uint8_t *src, __m256i shift)
{
	const __m256i spread = _mm256_broadcastsi128_si256(
		_mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
	__m256i v = _mm256_inserti128_si256(
		_mm256_castsi128_si256(_mm_loadu_si128((const void *)src)),
		_mm_loadu_si128((const void *)(src + 12)), 1);

	v = _mm256_shuffle_epi8(v, spread);
	__m256i odd =
		_mm256_mulhi_epu16(_mm256_and_si256(v, _mm256_set1_epi32(0x0fc0fc00)),
				   _mm256_set1_epi32(0x04000040));
	__m256i even =
		_mm256_mullo_epi16(_mm256_and_si256(v, _mm256_set1_epi32(0x003f03f0)),
				   _mm256_set1_epi32(0x01000010));
	__m256i value = _mm256_or_si256(odd, even);
	/* 13: capitals, 0: small letters, 1 to 10: digits, 11 and 12: the last two. */
	__m256i range = _mm256_subs_epu8(value, _mm256_set1_epi8(51));
	__m256i capital = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), value);

	range = _mm256_or_si256(range, _mm256_and_si256(capital, _mm256_set1_epi8(13)));
	return _mm256_add_epi8(value, _mm256_shuffle_epi8(shift, range));
}

size_t
avx2_base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	const __m256i shift = _mm256_broadcastsi128_si256(_mm_setr_epi8(
		'a' - 26, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4,
		url ? '-' - 62 : '+' - 62, url ? '_' - 63 : '/' - 63, 'A', 0, 0));
	size_t i = 0;

	for (; n - i >= 28; i += 24, dst += 32)
		store(dst, base64_block(src + i, shift));
	_mm256_zeroupper();
	return i;
}

/* Characters of either alphabet to values; what is none of them to rubbish. */
static inline __m256i
base64_values(__m256i v, __m256i high)
{
	const __m256i shift = _mm256_broadcastsi128_si256(
		_mm_setr_epi8(0, 0, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0));
	/* The row of + - /: all others have the top bit set, for which a shuffle gives 0. */
	const __m256i signs = _mm256_broadcastsi128_si256(
		_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -2, 0, -3));
	__m256i sign = _mm256_adds_epu8(v, _mm256_set1_epi8(0x50));
	__m256i line = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('_'));
	__m256i add = _mm256_and_si256(line, _mm256_set1_epi8(33));

	v = _mm256_add_epi8(v, _mm256_shuffle_epi8(shift, high));
	add = _mm256_add_epi8(add, _mm256_shuffle_epi8(signs, sign));
	return _mm256_add_epi8(v, add);
}

static inline __m256i
broadcast(const uint8_t *row)
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)row));
}

struct base64_rows {
	__m256i bad_low, bad_high, mark;
	uint32_t flip; /* all ones: what is not marked is to stop at */
};

static inline __m256i
high_nibbles(__m256i v)
{
	return _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
}

/* A bit for each character that is not in the alphabet. */
static inline uint32_t
base64_bad(__m256i v, __m256i high, const struct base64_rows *rows)
{
	__m256i low = _mm256_and_si256(v, _mm256_set1_epi8(15));
	__m256i bad = _mm256_and_si256(_mm256_shuffle_epi8(rows->bad_low, low),
				       _mm256_shuffle_epi8(rows->bad_high, high));

	bad = _mm256_cmpeq_epi8(bad, _mm256_setzero_si256());
	return ~(uint32_t)_mm256_movemask_epi8(bad);
}

static inline void
base64_store(uint8_t *dst, __m256i values)
{
	const __m256i order = _mm256_broadcastsi128_si256(
		_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
	const __m256i together = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
	__m256i v = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));

	v = _mm256_madd_epi16(v, _mm256_set1_epi32(0x00011000));
	v = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(v, order), together);
	_mm_storeu_si128((void *)dst, _mm256_castsi256_si128(v));
	_mm_storel_epi64((void *)(dst + 16), _mm256_extracti128_si256(v, 1));
}

struct base64_quick_rows {
	__m256i check_key, check, delta_key, delta;
};

static inline struct base64_quick_rows
base64_quick_rows(const struct base64_quick *quick)
{
	return (struct base64_quick_rows){broadcast((const uint8_t *)quick->check_key),
					  broadcast((const uint8_t *)quick->check),
					  broadcast((const uint8_t *)quick->delta_key),
					  broadcast((const uint8_t *)quick->delta)};
}

/* See struct base64_quick. What the shift brings in from the next byte, no shuffle looks at. */
static inline __attribute__((always_inline)) bool
base64_block_of(uint8_t *dst, const uint8_t *src, const void *given)
{
	const struct base64_quick_rows *rows = given;
	__m256i v = load(src), eighth = _mm256_srli_epi32(v, 3);
	__m256i key = _mm256_avg_epu8(_mm256_shuffle_epi8(rows->check_key, v), eighth);
	__m256i check = _mm256_adds_epi8(_mm256_shuffle_epi8(rows->check, key), v);

	key = _mm256_avg_epu8(_mm256_shuffle_epi8(rows->delta_key, v), eighth);
	if (_mm256_movemask_epi8(check) != 0)
		return false;
	base64_store(dst, _mm256_add_epi8(_mm256_shuffle_epi8(rows->delta, key), v));
	return true;
}

static inline __attribute__((always_inline)) struct staged_masks
base64_staged(uint8_t *values, const uint8_t *src, const void *given)
{
	const struct base64_rows *rows = given;
	__m256i v = load(src), high = high_nibbles(v);
	uint32_t bad = base64_bad(v, high, rows);
	__m256i marked = _mm256_cmpeq_epi8(v, _mm256_shuffle_epi8(rows->mark, v));

	store(values, base64_values(v, high));
	return (struct staged_masks){
		bad, bad & ((uint32_t)_mm256_movemask_epi8(marked) ^ rows->flip)};
}

static inline __attribute__((always_inline)) void
base64_pack(uint8_t *dst, const uint8_t *values)
{
	base64_store(dst, load(values));
}

void
avx2_base64_decode(struct base64_run *run)
{
	enum { WIDTH = 32 };
	const struct base64_rows rows = {
		broadcast(run->table->bad_low), broadcast(run->table->bad_high),
		broadcast(run->table->mark), run->table->marks_stop ? 0 : ~0u};

	const struct base64_quick *const *quick = run->table->quick;
	struct base64_quick_rows alphabet = base64_quick_rows(quick[0]);
	size_t which = 0;

	while (base64_align(run)) {
		const uint8_t *src = run->src, *src_end = run->src_end;
		uint8_t *dst = run->dst, *dst_end = run->dst_end;

		while (src_end - src >= WIDTH && dst_end - dst >= 24 &&
		       base64_block_of(dst, src, &alphabet)) {
			src += WIDTH;
			dst += 24;
		}
		run->src = src;
		run->dst = dst;
		if (src_end - src < WIDTH || dst_end - dst < 24)
			break;
		__m256i v = load(src);
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
	_mm256_zeroupper();
}

#endif
