/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To UTF-8 in registers of 128 bits: every unit as three or two bytes, then the unwanted ones
 * shuffled out; characters outside of the basic plane one by one. See text128.h.
 */
#ifndef ENCODE_TO_UTF8_128_H
#define ENCODE_TO_UTF8_128_H

#include "encode/lanes/text128.h"

#if defined(V128)

/* The bytes of v that are not to be dropped, eight at a time. Returns where they end. */
static inline uint8_t *
text_compress(uint8_t *dst, v128 v, uint32_t drop)
{
	v128_store_half(dst, v128_shuffle(v, text_places(drop)));
	dst += 8 - kept_dropped(drop & 255);
	v128_store_half(dst, v128_shuffle(v128_upper_half(v), text_places(drop >> 8)));
	return dst + (8 - kept_dropped(drop >> 8 & 255));
}

struct text_two {
	v128 low, mark, lead, plane;
};

static inline struct text_two
text_two_numbers(void)
{
	return (struct text_two){text_16(0x3f), text_16(0x80), text_16(0xc0),
				 text_16(0xf800)};
}

/* Eight units below 0x800. */
static inline uint8_t *
text_two(uint8_t *dst, v128 units, const struct text_two *k)
{
	v128 one = v128_above16(k->mark, units);
	v128 lead = v128_or(v128_right16(units, 6), k->lead);
	v128 cont = v128_or(v128_and(units, k->low), k->mark);
	v128 v = v128_or(v128_choose(lead, units, one), v128_left16(cont, 8));

	return text_compress(dst, v, v128_top_bits(v128_left16(one, 8)));
}

struct text_three {
	v128 low, mark, two, lead2, lead3, last;
};

static inline struct text_three
text_three_numbers(void)
{
	return (struct text_three){text_32(0x3f), text_32(0x80), text_32(0x800),
				   text_32(0xc0), text_32(0xe0), text_32(0xff000000)};
}

/* Four units that are no surrogates, in 32 bits each. */
static inline uint8_t *
text_three(uint8_t *dst, v128 units, const struct text_three *k)
{
	v128 one = v128_above32(k->mark, units);
	v128 two = v128_above32(k->two, units);
	v128 last = v128_or(v128_and(units, k->low), k->mark);
	v128 high = v128_right32(units, 6);
	v128 middle = v128_or(v128_and(high, k->low), k->mark);
	v128 lead2 = v128_or(high, k->lead2);
	v128 lead3 = v128_or(v128_right32(units, 12), k->lead3);
	v128 v2 = v128_or(lead2, v128_left32(last, 8));
	v128 v3 = v128_or(v128_or(lead3, v128_left32(middle, 8)), v128_left32(last, 16));
	v128 drop = v128_or(v128_or(v128_left32(v128_right32(one, 24), 8),
				    v128_left32(v128_right32(two, 24), 16)),
			    k->last);

	v3 = v128_choose(v128_choose(v3, v2, two), units, one);
	return text_compress(dst, v3, v128_top_bits(drop));
}

static __attribute__((noinline)) void
latin1_blocks(struct codec_text_run *given)
{
	const struct text_two two = text_two_numbers();
	struct codec_text_run run = *given;

	for (; text_ahead(&run, TEXT_AHEAD); run.src += 16) {
		v128 v = v128_load(run.src);

		if (!v128_any_top_bit(v)) {
			v128_store(run.dst, v);
			run.dst += 16;
			continue;
		}
		run.dst = text_two(run.dst, v128_widen8(v), &two);
		run.dst = text_two(run.dst, v128_widen8(v128_upper_half(v)), &two);
	}
	*given = run;
}

static void
latin1_to_utf8(struct codec_text_run *run)
{
	latin1_blocks(run);
	text_end(run, latin1_blocks, 1, 1);
}

/* One by one, at least `least` units of valid text. False: it is not. */
static inline bool
utf16_slowly(struct codec_text_run *run, size_t least, const struct text_three *three)
{
	for (size_t done = 0; done < least; done++) {
		uint32_t c = run->src[0] | (uint32_t)run->src[1] << 8;
		uint32_t low = run->src[2] | (uint32_t)run->src[3] << 8;
		uint32_t bytes;

		if ((c & 0xf800) != 0xd800) {
			uint8_t lane[16];
			v128 v = v128_of(c);

			/* Of four units only the first is one: a byte each for the others. */
			size_t n = (size_t)(text_three(lane, v, three) - lane) - 3;

			memcpy(run->dst, lane, 4);
			run->dst += n;
			run->src += 2;
			continue;
		}
		if ((c & 0xfc00) != 0xd800 || (low & 0xfc00) != 0xdc00)
			return false;
		c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
		bytes = 0x808080f0 | c >> 18 | (c >> 12 & 63) << 8 | (c >> 6 & 63) << 16 |
			(c & 63) << 24;
		memcpy(run->dst, &bytes, 4);
		run->dst += 4;
		run->src += 4;
		done++;
	}
	return true;
}

static __attribute__((noinline)) void
utf16_blocks(struct codec_text_run *given)
{
	const struct text_two two = text_two_numbers();
	const struct text_three three = text_three_numbers();
	const v128 ascii = text_16(0xff80), surrogate = text_16(0xd800);
	struct codec_text_run run = *given;

	while (text_ahead(&run, TEXT_AHEAD)) {
		v128 v = v128_load(run.src), w = v128_load(run.src + 16);
		v128 both = v128_or(v, w);
		v128 kind = v128_and(v, two.plane);

		if (v128_disjoint(both, ascii)) {
			v128_store(run.dst, v128_narrow16(v, w));
			run.src += 32;
			run.dst += 16;
			continue;
		}
		if (v128_disjoint(kind, kind)) {
			run.dst = text_two(run.dst, v, &two);
		} else if (!v128_any_top_bit(v128_equal16(kind, surrogate))) {
			run.dst = text_three(run.dst, v128_widen16(v), &three);
			run.dst = text_three(run.dst, v128_widen16(v128_upper_half(v)),
					     &three);
		} else {
			if (!utf16_slowly(&run, 8, &three))
				break;
			continue;
		}
		run.src += 16;
	}
	*given = run;
}

static void
utf16_to_utf8(struct codec_text_run *run)
{
	utf16_blocks(run);
	text_end(run, utf16_blocks, 2, 1);
}

#endif
#endif
