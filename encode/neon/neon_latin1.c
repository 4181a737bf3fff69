/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Latin-1 with NEON: to UTF-8, each byte as two of which the second one is shuffled out if it is ASCII; and to units of
 * UTF-16. What UTF-8 is of Latin-1, neon_from_utf8.c finds. See struct codec_text.
 */
#include "encode/neon/neon_text.h"

#if defined(__aarch64__)

#include "encode/compress.h"

struct numbers {
	uint8x16_t lead, rest, places;
};

static inline struct numbers
numbers(void)
{
	return (struct numbers){held(vdupq_n_u8(0xc0)), held(vdupq_n_u8(0xbf)),
				mask_places()};
}

/* 16 bytes of Latin-1: 0xc2 or 0xc3 where two bytes are wanted, and the second one. */
static inline __attribute__((always_inline)) uint8_t *
take_latin1(uint8_t *dst, uint8x16_t v, const struct numbers *k)
{
	uint8x16_t above = vcltzq_s8(vreinterpretq_s8_u8(v));
	uint8x16_t first = vorrq_u8(vshrq_n_u8(v, 6), k->lead);
	uint8x16_t last = vandq_u8(v, k->rest);
	const struct masks m = masks_of(above, k->places);
	const uint8_t *a = (const uint8_t *)&compress_pairs[m.first];
	const uint8_t *b = (const uint8_t *)&compress_pairs[m.second];

	first = vbslq_u8(above, first, v);
	vst1q_u8(dst, vqtbl1q_u8(vzip1q_u8(first, last), vld1q_u8(a)));
	dst += 8 + m.first_ones;
	vst1q_u8(dst, vqtbl1q_u8(vzip2q_u8(first, last), vld1q_u8(b)));
	return dst + 8 + m.second_ones;
}

static inline bool
ahead(const struct codec_text_run *run, ptrdiff_t source, ptrdiff_t room)
{
	return run->src_end - run->src >= source && run->dst_end - run->dst >= room;
}

static inline void
latin1_blocks(struct codec_text_run *given, const struct numbers *k)
{
	struct codec_text_run run = *given;

	/* Up to eight bytes are written too much, which the rest overwrites. */
	while (ahead(&run, 16 + 8, 48)) {
		uint8x16_t v = vld1q_u8(run.src);

		run.src += 16;
		if (any_above(v)) {
			run.dst = take_latin1(run.dst, v, k);
			continue;
		}
		vst1q_u8(run.dst, v);
		run.dst += 16;
		for (; ahead(&run, 64, 64); run.src += 64, run.dst += 64) {
			uint8x16x4_t w = vld1q_u8_x4(run.src);

			if (any_above(all_of(w)))
				break;
			vst1q_u8_x4(run.dst, w);
		}
	}
	*given = run;
}

/* At the end of a text fewer are left. */
#define MOST 32

void
neon_latin1_to_utf8(struct codec_text_run *run)
{
	const uint8_t *begin = run->src, *src, *end = run->src_end;
	const struct numbers k = numbers();
	uint8_t out[2 * MOST + 16], *dst = out;

	latin1_blocks(run, &k);
	src = run->src;
	if (end - src > MOST)
		end = src + MOST;
	for (; end - src >= 16; src += 16)
		dst = take_latin1(dst, vld1q_u8(src), &k);
	if (src < end) {
		size_t n = (size_t)(end - src);

		/* Zeros behind it are a byte each. */
		dst = take_latin1(
			dst, src > begin ? load_last(end, n) : load_short(src, n), &k);
		dst -= 16 - n;
		src = end;
	}
	if (run->dst_end - run->dst < dst - out)
		return;
	memcpy(run->dst, out, (size_t)(dst - out));
	run->dst += dst - out;
	run->src = src;
}

static inline __attribute__((always_inline)) void
widen_16(uint8_t *dst, uint8x16_t v)
{
	vst1q_u8(dst, vreinterpretq_u8_u16(vmovl_u8(vget_low_u8(v))));
	vst1q_u8(dst + 16, vreinterpretq_u8_u16(vmovl_high_u8(v)));
}

/* See struct codec_tier. */
void
neon_widen(uint8_t *dst, const uint8_t *src, size_t n, uint8_t mask)
{
	size_t i = 0;

	if (mask != 0xff || n < 16) {
		codec_widen(dst, src, n, mask);
		return;
	}
	for (; n - i >= 64; i += 64) {
		uint8x16x4_t v = vld1q_u8_x4(src + i);

		widen_16(dst + 2 * i, v.val[0]);
		widen_16(dst + 2 * i + 32, v.val[1]);
		widen_16(dst + 2 * i + 64, v.val[2]);
		widen_16(dst + 2 * i + 96, v.val[3]);
	}
	for (; n - i >= 16; i += 16)
		widen_16(dst + 2 * i, vld1q_u8(src + i));
	/* The rest overlaps. */
	if (i < n)
		widen_16(dst + 2 * n - 32, vld1q_u8(src + n - 16));
}

#endif
