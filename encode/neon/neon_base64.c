/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 with NEON: structure loads and stores do the shuffling, 48 bytes and 64 characters at a time, and lookups in four registers
 * have a whole alphabet, as in aklomp/base64. What is less overlaps the block before it. Loops over registers are written out: gcc 12 puts their
 * values in memory. Text with other bytes in it: neon_staged.c.
 */
#include "encode/neon/neon_base64.h"

#if defined(__aarch64__)

#include "encode/lanes/align.h"
#include "encode/lanes/regular.h"

enum { BYTES = 48, WIDTH = 64, SMALL_BYTES = 24, SMALL = 32 };

/* Three bytes to four values, before what is above six bits of them is cut. */
#define VALUES(TYPE, Q, v0, v1, v2)                                                      \
	{                                                                                \
		{                                                                        \
			vshr##Q##_n_u8(v0, 2),                                           \
				vand##Q##_u8(                                            \
					vsli##Q##_n_u8(vshr##Q##_n_u8(v1, 4), v0, 4),    \
					vdup##Q##_n_u8(63)),                             \
				vand##Q##_u8(                                            \
					vsli##Q##_n_u8(vshr##Q##_n_u8(v2, 6), v1, 2),    \
					vdup##Q##_n_u8(63)),                             \
				vand##Q##_u8(v2, vdup##Q##_n_u8(63))                     \
		}                                                                        \
	}

static inline __attribute__((always_inline)) void
encode_block(uint8_t *dst, const uint8_t *src, uint8x16x4_t alphabet)
{
	uint8x16x3_t v = vld3q_u8(src);
	uint8x16x4_t out = VALUES(uint8x16x4_t, q, v.val[0], v.val[1], v.val[2]);

	out.val[0] = vqtbl4q_u8(alphabet, out.val[0]);
	out.val[1] = vqtbl4q_u8(alphabet, out.val[1]);
	out.val[2] = vqtbl4q_u8(alphabet, out.val[2]);
	out.val[3] = vqtbl4q_u8(alphabet, out.val[3]);
	vst4q_u8(dst, out);
}

static inline __attribute__((always_inline)) void
encode_small(uint8_t *dst, const uint8_t *src, uint8x16x4_t alphabet)
{
	uint8x8x3_t v = vld3_u8(src);
	uint8x8x4_t out = VALUES(uint8x8x4_t, , v.val[0], v.val[1], v.val[2]);

	out.val[0] = vqtbl4_u8(alphabet, out.val[0]);
	out.val[1] = vqtbl4_u8(alphabet, out.val[1]);
	out.val[2] = vqtbl4_u8(alphabet, out.val[2]);
	out.val[3] = vqtbl4_u8(alphabet, out.val[3]);
	vst4_u8(dst, out);
}

static inline uint8x16x4_t
alphabet_of(bool url)
{
	return vld1q_u8_x4((const uint8_t *)base64_alphabet[url]);
}

/* Whole groups: all of them, but for fewer than eight. */
size_t
neon_base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	const uint8x16x4_t alphabet = alphabet_of(url);
	const uint8_t *end = src + n;
	uint8_t *dst_end = dst + n / 3 * 4;

	if (n < SMALL_BYTES)
		return 0;
	for (; end - src >= 2 * BYTES; src += 2 * BYTES, dst += 2 * WIDTH) {
		encode_block(dst, src, alphabet);
		encode_block(dst + WIDTH, src + BYTES, alphabet);
	}
	if (end - src >= BYTES) {
		encode_block(dst, src, alphabet);
		src += BYTES;
		dst += WIDTH;
	}
	if (end - src > SMALL_BYTES) {
		encode_small(dst, src, alphabet);
		src += SMALL_BYTES;
	}
	if (end > src)
		encode_small(dst_end - SMALL, end - SMALL_BYTES, alphabet);
	return n;
}

/* Lines of `width` characters or more, in blocks of as many, of which the last one overlaps. */
static inline __attribute__((always_inline)) size_t
encode_lines(uint8_t *dst, const uint8_t *src, size_t n, const struct codec_lines *lines,
	     uint8x16x4_t alphabet, size_t width)
{
	const size_t columns = lines->columns, bytes = columns / 4 * 3,
		     last = columns - width, step = columns + lines->eol_length;
	const uint16_t eol = lines->eol;
	size_t at = 0;

#define BLOCK(c)                                                                         \
	(width == WIDTH ? encode_block(dst + (c), src + at + (c) / 4 * 3, alphabet)      \
			: encode_small(dst + (c), src + at + (c) / 4 * 3, alphabet))
	for (; n - at >= bytes + 4; at += bytes, dst += step) {
		for (size_t c = 0; c < last; c += width)
			BLOCK(c);
		BLOCK(last);
		/* Perhaps too much of it: more is to come. */
		memcpy(dst + columns, &eol, sizeof(eol));
	}
#undef BLOCK
	return at;
}

size_t
neon_base64_encode_lines(uint8_t *dst, const uint8_t *src, size_t n,
			 const struct codec_lines *lines, bool url)
{
	const uint8x16x4_t alphabet = alphabet_of(url);

	return lines->columns >= WIDTH
		       ? encode_lines(dst, src, n, lines, alphabet, WIDTH)
		       : encode_lines(dst, src, n, lines, alphabet, SMALL);
}

/* 64 clean characters to 48 bytes, and nothing else; false: they are not. */
static inline __attribute__((always_inline)) bool
decode_block(uint8_t *dst, const uint8_t *src, const void *given)
{
	const struct neon_values *table = given;
	uint8x16x4_t v = vld4q_u8(src);
	uint8x16_t bad = all_of(v);

	v.val[0] = neon_values_of(v.val[0], table);
	v.val[1] = neon_values_of(v.val[1], table);
	v.val[2] = neon_values_of(v.val[2], table);
	v.val[3] = neon_values_of(v.val[3], table);
	if (any_above(vorrq_u8(bad, all_of(v))))
		return false;
	neon_pack(dst, v);
	return true;
}

/*
 * The end of clean text, less than a block, in one that overlaps the blocks before: all is clean from `begin`, and no
 * group is begun. False: nothing is done, it is not clean, or too short.
 */
static inline bool
decode_rest(struct base64_run *run, const uint8_t *begin, const struct neon_values *table)
{
	size_t left = (size_t)(run->src_end - run->src), n, bytes;

	left -= left > 0 && run->src[left - 1] == '=';
	n = left & ~(size_t)3;
	bytes = n / 4 * 3;
	if (run->src - begin + (ptrdiff_t)n < WIDTH ||
	    (size_t)(run->dst_end - run->dst) < bytes ||
	    (n > 0 &&
	     !decode_block(run->dst + bytes - BYTES, run->src + n - WIDTH, table)))
		return false;
	run->src += n;
	run->dst += bytes;
	base64_hold(run);
	return true;
}

void
neon_base64_decode(struct base64_run *run)
{
	const uint8_t *value = run->table->value;
	const struct neon_values table = {vld1q_u8_x4(value), vld1q_u8_x4(value + 64)};

	while (base64_align(run)) {
		const uint8_t *begin = run->src;
		size_t bad = 0;

		while (run->src_end - run->src >= WIDTH &&
		       run->dst_end - run->dst >= BYTES &&
		       decode_block(run->dst, run->src, &table)) {
			run->src += WIDTH;
			run->dst += BYTES;
		}
		if (run->src > begin && run->src_end - run->src < WIDTH &&
		    decode_rest(run, begin, &table))
			break;
		if (run->src_end - run->src < WIDTH || run->dst_end - run->dst < BYTES)
			break;
		while (value[run->src[bad]] < BASE64_SKIP)
			bad++;
		if (!regular_try(run, bad, WIDTH, decode_block, &table) &&
		    !neon_staged_decode(run, &table))
			break;
	}
}

#endif
