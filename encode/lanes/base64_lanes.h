/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 decoded by shuffles, for registers of any width: `lanes`, which sse4.h and avx2.h define, for
 * sse4_base64.c and avx2_base64.c; encoding is in base64_encode_lanes.h. Clean text is decoded a block at a time, text with other characters
 * in it by lines of one length (regular.h) or through a buffer (staged.h).
 */
#ifndef ENCODE_BASE64_LANES_H
#define ENCODE_BASE64_LANES_H

#include "encode/lanes/align.h"
#include "encode/lanes/base64_encode_lanes.h"
#include "encode/lanes/regular.h"
#include "encode/lanes/staged.h"

#if defined(LANES)

/* BASE64_WIDTH values to BASE64_BYTES bytes: the including file's. */
static inline void base64_store(uint8_t *dst, lanes values);

/* Characters of either alphabet to values; what is none of them to rubbish. */
static inline lanes
base64_values(lanes v, lanes high)
{
	static const int8_t shifts[16] = {0, 0, 19, 4, -65, -65, -71, -71};
	/* The row of + - /: all others have the top bit set, for which a shuffle gives 0. */
	static const int8_t signs[16] = {0, 0, 0, 0, 0, 0,  0, 0,
					 0, 0, 0, 0, 0, -2, 0, -3};
	lanes sign = LANES(adds_epu8)(v, LANES(set1_epi8)(0x50));
	lanes line = LANES(cmpeq_epi8)(v, LANES(set1_epi8)('_'));
	lanes add = LANES_ALL(and)(line, LANES(set1_epi8)(33));

	v = LANES(add_epi8)(v, LANES(shuffle_epi8)(row_of(shifts), high));
	add = LANES(add_epi8)(add, LANES(shuffle_epi8)(row_of(signs), sign));
	return LANES(add_epi8)(v, add);
}

struct base64_rows {
	lanes bad_low, bad_high, mark;
	uint32_t flip; /* all ones: what is not marked is to stop at */
};

static inline lanes
high_nibbles(lanes v)
{
	return LANES_ALL(and)(LANES(srli_epi16)(v, 4), LANES(set1_epi8)(15));
}

/* A bit for each character that is not in the alphabet. */
static inline uint32_t
base64_bad(lanes v, lanes high, const struct base64_rows *rows)
{
	const uint32_t all = (uint32_t)((1ull << BASE64_WIDTH) - 1);
	lanes low = LANES_ALL(and)(v, LANES(set1_epi8)(15));
	lanes bad = LANES_ALL(and)(LANES(shuffle_epi8)(rows->bad_low, low),
				   LANES(shuffle_epi8)(rows->bad_high, high));

	bad = LANES(cmpeq_epi8)(bad, LANES_ALL(setzero)());
	return (uint32_t)LANES(movemask_epi8)(bad) ^ all;
}

struct base64_quick_rows {
	lanes check_key, check, delta_key, delta;
};

static inline struct base64_quick_rows
base64_quick_rows(const struct base64_quick *quick)
{
	return (struct base64_quick_rows){row_of(quick->check_key), row_of(quick->check),
					  row_of(quick->delta_key), row_of(quick->delta)};
}

/* See struct base64_quick. What the shift brings in from the next byte, no shuffle looks at. Returns what is in no alphabet. */
static inline uint32_t
base64_quick(lanes *values, lanes v, const struct base64_quick_rows *rows)
{
	lanes eighth = LANES(srli_epi32)(v, 3);
	lanes key = LANES(avg_epu8)(LANES(shuffle_epi8)(rows->check_key, v), eighth);
	lanes check = LANES(adds_epi8)(LANES(shuffle_epi8)(rows->check, key), v);

	key = LANES(avg_epu8)(LANES(shuffle_epi8)(rows->delta_key, v), eighth);
	*values = LANES(add_epi8)(LANES(shuffle_epi8)(rows->delta, key), v);
	return (uint32_t)LANES(movemask_epi8)(check);
}

static inline __attribute__((always_inline)) bool
base64_block_of(uint8_t *dst, const uint8_t *src, const void *given)
{
	lanes values;

	if (base64_quick(&values, load(src), given) != 0)
		return false;
	base64_store(dst, values);
	return true;
}

struct base64_staging {
	struct base64_rows rows;
	struct base64_quick_rows alphabet;
	const uint8_t *value;
};

/* All in the alphabet but for one character that is to be skipped; or looked at closely. */
static inline __attribute__((always_inline)) struct staged_masks
base64_staged(__m128i *values, const uint8_t *src, const void *given)
{
	const struct base64_staging *s = given;
	lanes v = load(src), w, high, marked;
	uint32_t bad = base64_quick(&w, v, &s->alphabet);

	memcpy(values, &w, sizeof(w));
	if (bad == 0 ||
	    ((bad & (bad - 1)) == 0 && s->value[src[__builtin_ctz(bad)]] == BASE64_SKIP))
		return (struct staged_masks){bad, 0};
	high = high_nibbles(v);
	bad = base64_bad(v, high, &s->rows);
	marked = LANES(cmpeq_epi8)(v, LANES(shuffle_epi8)(s->rows.mark, v));
	v = base64_values(v, high);
	memcpy(values, &v, sizeof(v));
	return (struct staged_masks){
		bad, bad & ((uint32_t)LANES(movemask_epi8)(marked) ^ s->rows.flip)};
}

static inline __attribute__((always_inline)) void
base64_pack(uint8_t *dst, const uint8_t *values)
{
	base64_store(dst, load(values));
}

/*
 * The end of clean text, less than a block, in one that overlaps the blocks before: all is clean from `begin`, and no
 * group is begun. False: nothing is done, it is not clean, or too short.
 */
static inline __attribute__((always_inline)) bool
base64_rest(struct base64_run *run, const uint8_t *begin, const void *alphabet)
{
	size_t left = (size_t)(run->src_end - run->src), n, bytes;

	left -= left > 0 && run->src[left - 1] == '=';
	n = left & ~(size_t)3;
	bytes = n / 4 * 3;
	if (run->src - begin + (ptrdiff_t)n < BASE64_WIDTH ||
	    (size_t)(run->dst_end - run->dst) < bytes ||
	    (n > 0 && !base64_block_of(run->dst + bytes - BASE64_BYTES,
				       run->src + n - BASE64_WIDTH, alphabet)))
		return false;
	run->src += n;
	run->dst += bytes;
	base64_hold(run);
	return true;
}

static inline __attribute__((always_inline)) void
base64_decode_lanes(struct base64_run *run)
{
	const struct base64_quick *const *quick = run->table->quick;
	struct base64_staging staging = {
		.rows = {row_of(run->table->bad_low), row_of(run->table->bad_high),
			 row_of(run->table->mark), run->table->marks_stop ? 0 : ~0u},
		.alphabet = base64_quick_rows(quick[0]),
		.value = run->table->value,
	};
	size_t which = 0;

	while (base64_align(run)) {
		const uint8_t *src = run->src, *src_end = run->src_end;
		uint8_t *dst = run->dst, *dst_end = run->dst_end;

		while (src_end - src >= BASE64_WIDTH && dst_end - dst >= BASE64_BYTES &&
		       base64_block_of(dst, src, &staging.alphabet)) {
			src += BASE64_WIDTH;
			dst += BASE64_BYTES;
		}
		const uint8_t *begin = run->src;
		run->src = src;
		run->dst = dst;
		if (src > begin && src_end - src < BASE64_WIDTH &&
		    base64_rest(run, begin, &staging.alphabet))
			break;
		if (src_end - src < BASE64_WIDTH || dst_end - dst < BASE64_BYTES)
			break;
		lanes v = load(src);
		uint32_t bad = base64_bad(v, high_nibbles(v), &staging.rows);
		if (bad == 0) {
			/* All in the other alphabet, or of both. */
			staging.alphabet = base64_quick_rows(quick[which ^= 1]);
			if (base64_block_of(dst, src, &staging.alphabet))
				continue;
		}
		if ((bad == 0 ||
		     !regular_try(run, (size_t)__builtin_ctz(bad), BASE64_WIDTH,
				  base64_block_of, &staging.alphabet)) &&
		    !staged_decode(run, BASE64_WIDTH, base64_staged, base64_pack,
				   &staging))
			break;
	}
}

#endif
#endif
