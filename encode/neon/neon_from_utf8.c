/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From UTF-8 with NEON, 16 bytes at a time wherever characters begin: each byte becomes the unit of a character that ends
 * with it, its low and its high byte in two registers, and what ends none is shuffled out (compress.h). So no load waits for
 * a result. The first surrogate of a pair takes the place of its third byte. Text without characters of three bytes, and with
 * nothing else, have shorter ways. See struct codec_text.
 */
#include "encode/neon/neon_text.h"

#if defined(__aarch64__)

#include "encode/compress.h"

struct numbers {
	uint8x16_t lead, three, seven, two, places;
	struct rules rules;
};

static inline struct numbers
numbers(void)
{
	return (struct numbers){
		.lead = held(vdupq_n_u8(0xc0)),
		.three = held(vdupq_n_u8(0xe0)),
		.seven = held(vdupq_n_u8(7)),
		.two = held(vdupq_n_u8(2)),
		.places = mask_places(),
		.rules = rules(),
	};
}

/* Low and high bytes of units, and all ones where there is none. */
struct units {
	uint8x16_t low, high, drop;
};

static inline __attribute__((always_inline)) uint8_t *
put(uint8_t *dst, const struct units *u, size_t width, const struct numbers *k)
{
	const struct masks m = masks_of(u->drop, k->places);

	if (width == 2) {
		const uint8_t *a = (const uint8_t *)&compress_words[m.first];
		const uint8_t *b = (const uint8_t *)&compress_words[m.second];

		vst1q_u8(dst, vqtbl1q_u8(vzip1q_u8(u->low, u->high), vld1q_u8(a)));
		dst += 16 - 2 * m.first_ones;
		vst1q_u8(dst, vqtbl1q_u8(vzip2q_u8(u->low, u->high), vld1q_u8(b)));
		return dst + 16 - 2 * m.second_ones;
	}
	vst1_u8(dst, vtbl1_u8(vget_low_u8(u->low), vcreate_u8(codec_kept[m.first])));
	dst += 8 - m.first_ones;
	vst1_u8(dst, vtbl1_u8(vget_high_u8(u->low), vcreate_u8(codec_kept[m.second])));
	return dst + 8 - m.second_ones;
}

/* Pairs of surrogates: `one`, `two` and `three` bytes before. */
static inline void
pairs(struct units *u, uint8x16_t v, uint8x16_t one, uint8x16_t two, uint8x16_t three)
{
	const uint8x16_t four = vdupq_n_u8(0xf0);
	uint8x16_t first = vcgeq_u8(two, four), second = vcgeq_u8(three, four);
	/* 0xd800 and what 0x10000 less makes of ten bits of three bytes. */
	uint8x16_t low = vsliq_n_u8(vshrq_n_u8(v, 4), one, 2);
	uint8x16_t high = vaddq_u8(vandq_u8(two, vdupq_n_u8(7)), vdupq_n_u8(0xd8));
	uint8x16_t last = vandq_u8(vshrq_n_u8(one, 2), vdupq_n_u8(3));

	high = vaddq_u8(high, vcltq_u8(one, vdupq_n_u8(0x90)));
	low = vsubq_u8(low, vdupq_n_u8(0x40));
	u->low = vbslq_u8(first, low, u->low);
	u->high = vbslq_u8(first, high, u->high);
	u->high = vbslq_u8(second, vorrq_u8(last, vdupq_n_u8(0xdc)), u->high);
}

/* The units that v ends, behind `before`. Returns false if it is not valid. max: the greatest of both. */
static inline __attribute__((always_inline)) bool
units_of(struct units *u, uint8x16_t v, uint8x16_t before, uint32_t max,
	 const struct numbers *k)
{
	uint8x16_t one = vextq_u8(before, v, 15), wrong;
	uint8x16_t cont = vcltq_s8(vreinterpretq_s8_u8(v), vreinterpretq_s8_u8(k->lead));
	uint8x16_t high = vshrq_n_u8(one, 2);

	u->low = vbslq_u8(cont, vsliq_n_u8(v, one, 6), v);
	u->high = vandq_u8(vandq_u8(high, cont), k->seven);
	u->drop = vcgeq_u8(v, k->lead);
	if (max < 0xe0) {
		/* One byte behind each lead, and no others; 0xc0 and 0xc1 are too long. */
		wrong = veorq_u8(vcgeq_u8(one, k->lead), cont);
		wrong = vorrq_u8(wrong, vcltq_u8(veorq_u8(v, k->lead), k->two));
		return is_zero(wrong);
	}
	uint8x16_t two = vextq_u8(before, v, 14), three = vextq_u8(before, v, 13);
	wrong = utf8_errors(v, one, two, three, &k->rules);
	if (!is_zero(wrong))
		return false;
	u->high = vbslq_u8(vcgeq_u8(two, k->three), vsliq_n_u8(high, two, 4), u->high);
	u->drop = vorrq_u8(u->drop, vcgeq_u8(one, k->three));
	if (max >= 0xf0)
		pairs(u, v, one, two, three);
	return true;
}

/* Characters of three bytes and nothing else, 16 at a time, from where one begins. */
static inline __attribute__((always_inline)) void
take_threes(struct codec_text_run *run, size_t width)
{
	while (text_ahead(run, 48)) {
		uint8x16x3_t v = vld3q_u8(run->src);
		uint8x16_t low = vsliq_n_u8(v.val[2], v.val[1], 6);
		uint8x16_t high = vsliq_n_u8(vshrq_n_u8(v.val[1], 2), v.val[0], 4);
		int8x16_t rest = vmaxq_s8(vreinterpretq_s8_u8(v.val[1]),
					  vreinterpretq_s8_u8(v.val[2]));
		uint8x16_t lead = veorq_u8(v.val[0], vdupq_n_u8(0xe0));
		uint8x16_t kind = vandq_u8(high, vdupq_n_u8(0xf8));
		uint8x16_t wrong = vorrq_u8(vcgeq_s8(rest, vdupq_n_s8(-0x40)),
					    vcgtq_u8(lead, vdupq_n_u8(15)));

		/* Too long, or a surrogate. */
		wrong = vorrq_u8(wrong, vceqzq_u8(kind));
		wrong = vorrq_u8(wrong, vceqq_u8(kind, vdupq_n_u8(0xd8)));
		if (!is_zero(wrong))
			break;
		if (width == 2) {
			vst1q_u8(run->dst, vzip1q_u8(low, high));
			vst1q_u8(run->dst + 16, vzip2q_u8(low, high));
		} else {
			vst1q_u8(run->dst, low);
		}
		run->src += 48;
		run->dst += 16 * width;
	}
}

/* Does it look like many of them? Nothing before is left open. */
static inline bool
many_threes(const uint8_t *src)
{
	return src[0] >= 0xe0 && src[15] >= 0xe0 && src[45] >= 0xe0 && src[-1] < 0xc0 &&
	       src[-2] < 0xe0 && src[-3] < 0xf0;
}

/* Where there is so much text behind a block that what is written too much of it is overwritten. */
static inline bool
ahead(const struct codec_text_run *run, ptrdiff_t bytes)
{
	return run->src_end - run->src >= bytes + 24 &&
	       run->dst_end - run->dst >= 2 * bytes + 32;
}

static inline __attribute__((always_inline)) void
put_ascii(struct codec_text_run *run, uint8x16_t v, size_t width)
{
	if (width == 2) {
		vst1q_u8(run->dst, vreinterpretq_u8_u16(vmovl_u8(vget_low_u8(v))));
		vst1q_u8(run->dst + 16, vreinterpretq_u8_u16(vmovl_high_u8(v)));
	} else {
		vst1q_u8(run->dst, v);
	}
	run->src += 16;
	run->dst += 16 * width;
}

/* Blocks with text behind them. False: one is not valid. */
static inline __attribute__((always_inline)) bool
take_many(struct codec_text_run *given, size_t width)
{
	const struct numbers k = numbers();
	struct codec_text_run run = *given;
	uint8x16_t before = vdupq_n_u8(0);
	bool valid = true;

	while (ahead(&run, 16)) {
		uint8x16_t v = vld1q_u8(run.src);
		uint32_t max = vmaxvq_u8(vmaxq_u8(v, before));
		struct units u;

		if (max < 0x80) {
			put_ascii(&run, v, width);
			while (ahead(&run, 64)) {
				uint8x16x4_t w = vld1q_u8_x4(run.src);

				if (any_above(all_of(w)))
					break;
				put_ascii(&run, w.val[0], width);
				put_ascii(&run, w.val[1], width);
				put_ascii(&run, w.val[2], width);
				put_ascii(&run, w.val[3], width);
			}
			before = vdupq_n_u8(0);
			continue;
		}
		if (max >= 0xe0 && run.src > given->src && ahead(&run, 48) &&
		    many_threes(run.src)) {
			const uint8_t *from = run.src;

			take_threes(&run, width);
			if (run.src > from) {
				before = vld1q_u8(run.src - 16);
				continue;
			}
		}
		valid = units_of(&u, v, before, max, &k);
		if (!valid)
			break;
		run.dst = put(run.dst, &u, width, &k);
		run.src += 16;
		before = v;
	}
	*given = run;
	return valid;
}

/* At the end of a text fewer are left. */
#define MOST 48

/* What is left, or as much of it as is valid, in a buffer, as nothing may be written too much. */
static inline __attribute__((always_inline)) void
take_end(struct codec_text_run *run, const uint8_t *begin, size_t width)
{
	const struct numbers k = numbers();
	uint8_t out[2 * MOST + 32], *dst = out;
	const uint8_t *src = run->src, *end = run->src_end;
	uint8x16_t before = src > begin ? vld1q_u8(src - 16) : vdupq_n_u8(0);
	const uint8x16_t counts = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

	if (end - src > MOST)
		end = src + MOST;
	while (src < end) {
		size_t left = (size_t)(end - src), n = left < 16 ? left : 16;
		uint8x16_t v = n == 16	     ? vld1q_u8(src)
			       : src > begin ? load_last(end, n)
					     : load_short(src, n);
		struct units u;

		if (!units_of(&u, v, before, vmaxvq_u8(vmaxq_u8(v, before)), &k))
			break;
		u.drop = vorrq_u8(u.drop, vcgeq_u8(counts, vdupq_n_u8((uint8_t)n)));
		dst = put(dst, &u, width, &k);
		src += n;
		before = v;
	}
	if (run->dst_end - run->dst < dst - out)
		return;
	memcpy(run->dst, out, (size_t)(dst - out));
	run->dst += dst - out;
	run->src = src;
}

static inline __attribute__((always_inline)) void
widen(struct codec_text_run *run, size_t width)
{
	const uint8_t *begin = run->src;
	bool valid = take_many(run, width);

	if (valid && run->src_end - begin > 0) {
		const uint8_t *end = run->src_end;
		size_t n = utf8_whole(begin, (size_t)(end - begin));

		run->src_end = begin + n;
		if (run->src < run->src_end)
			take_end(run, begin, width);
		run->src_end = end;
	}
	/* Back to where a character begins that is not whole, and before its first surrogate. */
	size_t at = (size_t)(run->src - begin), whole = utf8_whole(begin, at);
	if (at - whole == 3)
		run->dst -= width;
	run->src = begin + whole;
}

void
neon_utf8_to_utf16(struct codec_text_run *run)
{
	widen(run, 2);
}

void
neon_utf8_to_low(struct codec_text_run *run)
{
	widen(run, 1);
}

#endif
