/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-16 to UTF-8 with NEON. Units below 0x800: two bytes each, of which the second one is shuffled out if it is
 * ASCII. Others: four bytes each, the last one to three of which are wanted; half of a surrogate pair is
 * two bytes by itself but for two bits of the other half. A first half that ends a block is left for the next one.
 * See struct codec_text and compress.h.
 */
#include "encode/neon/neon_text.h"

#if defined(__aarch64__)

#include "encode/compress.h"

#define BYTES(v) vreinterpretq_u8_u16(v)
#define UNITS(v) vreinterpretq_u16_u8(v)

static inline uint16x8_t
load(const uint8_t *src)
{
	return UNITS(vld1q_u8(src));
}

static inline uint8x16_t
in_row(uint16x8_t v, const struct row *rows, uint32_t mask)
{
	return vqtbl1q_u8(BYTES(v), vld1q_u8((const uint8_t *)&rows[mask]));
}

/* Eight units below 0x800. */
static inline __attribute__((always_inline)) uint8_t *
take_twos(uint8_t *dst, uint16x8_t v)
{
	/* The places of bits below, and how many there are above. */
	const uint16x8_t places = {0x101, 0x102, 0x104, 0x108,
				   0x110, 0x120, 0x140, 0x180};
	uint16x8_t two = vcgtq_u16(v, vdupq_n_u16(0x7f));
	uint16x8_t bytes = vsliq_n_u16(vshrq_n_u16(v, 6), v, 8);
	uint32_t both = vaddvq_u16(vandq_u16(two, places));

	bytes = vbslq_u16(vdupq_n_u16(0x3f1f), bytes, vdupq_n_u16(0x80c0));
	bytes = vbslq_u16(two, bytes, v);
	vst1q_u8(dst, in_row(bytes, compress_pairs, both & 255));
	return dst + 8 + (both >> 8);
}

/* 16 units, none of which is less than 0x800 or half of a pair. False: one is. */
static inline __attribute__((always_inline)) bool
take_threes(uint8_t *dst, uint16x8_t v, uint16x8_t w)
{
	uint8x16_t low = vuzp1q_u8(BYTES(v), BYTES(w)),
		   high = vuzp2q_u8(BYTES(v), BYTES(w));
	uint8x16_t kind = vandq_u8(high, vdupq_n_u8(0xf8));
	const uint8x16_t six = vdupq_n_u8(0x3f), mark = vdupq_n_u8(0x80);
	uint8x16x3_t out;

	if (vminvq_u8(vminq_u8(kind, veorq_u8(kind, vdupq_n_u8(0xd8)))) == 0)
		return false;
	out.val[0] = vsriq_n_u8(vdupq_n_u8(0xe0), high, 4);
	out.val[1] = vbslq_u8(six, vsliq_n_u8(vshrq_n_u8(low, 6), high, 2), mark);
	out.val[2] = vbslq_u8(six, low, mark);
	vst3q_u8(dst, out);
	return true;
}

/*
 * Instead of `words`, the last two bytes of each unit, where there are halves of pairs: the first two bytes of a pair
 * and the others.
 */
static inline uint16x8_t
halves(uint16x8_t words, uint16x8_t v, uint16x8_t highs, uint16x8_t lows)
{
	/* The plane, five bits, less one, and six more bits. */
	uint16x8_t top = vaddq_u16(v, vdupq_n_u16(0x2840));
	uint16x8_t high = vorrq_u16(vshrq_n_u16(top, 8),
				    vandq_u16(vshlq_n_u16(top, 6), vdupq_n_u16(0x3f00)));
	/* The third byte has two bits of the other half, in place of those that mark this one. */
	uint16x8_t before = vextq_u16(vdupq_n_u16(0), v, 7);
	uint16x8_t low = vandq_u16(words, vdupq_n_u16(0xff8f));

	before = vshlq_n_u16(vandq_u16(before, vdupq_n_u16(3)), 4);
	low = vorrq_u16(low, before);
	high = vaddq_u16(high, vdupq_n_u16(0x80f0));
	return vbslq_u16(lows, low, vbslq_u16(highs, high, words));
}

/* Four units, their bytes at the end of each four. */
static inline uint8_t *
put_ends(uint8_t *dst, uint16x8_t v, uint32_t more, uint32_t ones)
{
	vst1q_u8(dst, in_row(v, compress_ends, more));
	return dst + 4 + ones;
}

/*
 * Any eight units, of which *taken are taken: one less, if the last one is the first half of a pair. NULL: a half has no
 * other one.
 */
static inline __attribute__((always_inline)) uint8_t *
take_any(uint8_t *dst, uint16x8_t v, size_t *taken)
{
	const uint16x8_t places = {1, 4, 16, 64, 0x100, 0x400, 0x1000, 0x4000};
	const uint16x8_t zero = vdupq_n_u16(0), plane = vdupq_n_u16(0xf800);
	uint16x8_t two = vcgtq_u16(v, vdupq_n_u16(0x7f)), three = vtstq_u16(v, plane);
	uint16x8_t words = vsliq_n_u16(vshrq_n_u16(v, 6), v, 8);
	uint16x8_t mark, lead = vsriq_n_u16(vdupq_n_u16(0xe000), v, 4);
	uint16x8_t pairs = vceqq_u16(vandq_u16(v, plane), vdupq_n_u16(0xd800));

	mark = vbslq_u16(three, vdupq_n_u16(0x8080), vdupq_n_u16(0x80c0));
	words = vbslq_u16(vdupq_n_u16(0x3f3f), words, mark);
	words = vbslq_u16(two, words, vshlq_n_u16(v, 8));
	*taken = 8;
	if (!is_zero(BYTES(pairs))) {
		uint16x8_t highs =
			vceqq_u16(vandq_u16(v, vdupq_n_u16(0xfc00)), vdupq_n_u16(0xd800));
		uint16x8_t lows = vbicq_u16(pairs, highs);

		if (!is_zero(BYTES(veorq_u16(lows, vextq_u16(zero, highs, 7)))))
			return NULL;
		words = halves(words, v, highs, lows);
		three = vbicq_u16(three, pairs);
		*taken -= vgetq_lane_u16(highs, 7) & 1;
	}
	uint8x16_t more = BYTES(vdupq_n_u16(vaddvq_u16(vaddq_u16(
		vandq_u16(two, places), vandq_u16(three, vshlq_n_u16(places, 1))))));
	uint32_t mask = vgetq_lane_u16(UNITS(more), 0);
	uint32_t ones = vgetq_lane_u16(UNITS(vcntq_u8(more)), 0);
	dst = put_ends(dst, vzip1q_u16(lead, words), mask & 255, ones & 255);
	dst = put_ends(dst, vzip2q_u16(lead, words), mask >> 8, ones >> 8);
	return dst - 2 * (8 - *taken);
}

/* Is there so much left behind a block that what is written too much of it is overwritten? */
static inline bool
ahead(const struct codec_text_run *run, ptrdiff_t source, ptrdiff_t room)
{
	return run->src_end - run->src >= source && run->dst_end - run->dst >= room;
}

/* Units of ASCII, 32 at a time. */
static inline void
take_ascii(struct codec_text_run *run)
{
	for (; ahead(run, 64, 32); run->src += 64, run->dst += 32) {
		uint8x16x4_t v = vld1q_u8_x4(run->src);

		if (vmaxvq_u16(UNITS(all_of(v))) > 0x7f)
			break;
		vst1q_u8(run->dst, vuzp1q_u8(v.val[0], v.val[1]));
		vst1q_u8(run->dst + 16, vuzp1q_u8(v.val[2], v.val[3]));
	}
}

/* Blocks with text behind them. False: one is not valid. */
static inline bool
utf16_blocks(struct codec_text_run *given)
{
	struct codec_text_run run = *given;
	bool valid = true;

	while (ahead(&run, 56, 64)) {
		uint16x8_t v = load(run.src), w = load(run.src + 16);
		uint32_t max = vmaxvq_u16(vmaxq_u16(v, w));
		size_t taken = 16;

		if (max < 0x80) {
			vst1q_u8(run.dst, vuzp1q_u8(BYTES(v), BYTES(w)));
			run.src += 32;
			run.dst += 16;
			take_ascii(&run);
			continue;
		}
		if (max < 0x800) {
			run.dst = take_twos(take_twos(run.dst, v), w);
		} else if (take_threes(run.dst, v, w)) {
			run.dst += 48;
		} else {
			uint8_t *dst = take_any(run.dst, v, &taken);

			valid = dst != NULL;
			if (!valid)
				break;
			run.dst = dst;
		}
		run.src += 2 * taken;
	}
	*given = run;
	return valid;
}

/* At the end of a text fewer units are left. */
#define MOST 32

/* What is left, or as much of it as is valid, in a buffer, as nothing may be written too much. */
static inline void
utf16_end(struct codec_text_run *run, const uint8_t *begin)
{
	uint8_t out[3 * MOST + 16], *dst = out, *next;
	const uint8_t *src = run->src;
	size_t left = (size_t)(run->src_end - src) / 2, taken;

	for (left = left < MOST ? left : MOST; left > 0; left -= taken) {
		const uint8_t *end = src + 2 * left;
		uint16x8_t v = left >= 8	   ? load(src)
			       : end - begin >= 16 ? UNITS(load_last(end, 2 * left))
						   : UNITS(load_short(src, 2 * left));

		next = take_any(dst, v, &taken);
		/* A half whose other one is not there, or not yet. */
		if (next == NULL)
			break;
		/* Zeros behind it are a byte each. */
		if (left < 8) {
			next -= 8 - left;
			taken = left;
		}
		dst = next;
		src += 2 * taken;
	}
	if (run->dst_end - run->dst < dst - out)
		return;
	memcpy(run->dst, out, (size_t)(dst - out));
	run->dst += dst - out;
	run->src = src;
}

void
neon_utf16_to_utf8(struct codec_text_run *run)
{
	const uint8_t *begin = run->src;

	if (utf16_blocks(run))
		utf16_end(run, begin);
}

#endif
