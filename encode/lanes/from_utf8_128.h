/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From UTF-8 in registers of 128 bits: a piece is checked first, and converted when it is known to
 * be valid; characters outside of the basic plane one by one. See text128.h.
 */
#ifndef ENCODE_FROM_UTF8_128_H
#define ENCODE_FROM_UTF8_128_H

#include "encode/lanes/text128.h"

#if defined(V128)

/* One by one, at least `least` bytes of valid text, to units of `width` bytes. */
static inline __attribute__((always_inline)) void
utf8_slowly(struct codec_text_run *run, size_t least, size_t width)
{
	const uint8_t *enough = run->src + least;

	text_skip(run, enough);
	while (run->src < enough) {
		const uint8_t *s = run->src;
		uint32_t c = s[0], units;
		size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

		if (n == 2)
			c = (c & 31) << 6 | (s[1] & 63);
		else if (n == 3)
			c = (c & 15) << 12 | (uint32_t)(s[1] & 63) << 6 | (s[2] & 63);
		else if (n == 4)
			c = (c & 7) << 18 | (uint32_t)(s[1] & 63) << 12 |
			    (uint32_t)(s[2] & 63) << 6 | (s[3] & 63);
		run->src += n;
		units = c;
		if (n == 4)
			units = (0xd800 + ((c - 0x10000) >> 10)) | (0xdc00 | (c & 0x3ff))
									   << 16;
		if (width == 1)
			units = (units & 255) | (units >> 8 & 0xff00);
		memcpy(run->dst, &units, 4);
		run->dst += (n == 4 ? 2 : 1) * width;
	}
}

struct utf8_numbers {
	v128 before_lead, four, one, low6, low5, ascii, two, byte;
};

static inline struct utf8_numbers
utf8_numbers(void)
{
	return (struct utf8_numbers){v128_held(v128_all8(-64)),
				     v128_held(v128_all8(0xf0)),
				     v128_held(v128_all8(1)),
				     text_16(0x3f),
				     text_16(0x1f),
				     text_16(0x7f),
				     text_16(0xdf),
				     text_16(0xff)};
}

/*
 * The characters that begin in the first eight of these valid bytes. Always eight bytes on, even
 * if that is inside a character, so that the next load need not wait for this one.
 */
static inline __attribute__((always_inline)) void
utf8_eight(struct codec_text_run *run, v128 v, size_t width, const struct utf8_numbers *k)
{
	uint32_t conts = v128_top_bits(v128_above8(k->before_lead, v));
	v128 at = text_places(conts), at2 = v128_add8(at, k->one);
	v128 at3 = v128_add8(at2, k->one);
	v128 first = v128_widen8(v128_shuffle(v, at));
	v128 second = v128_and(v128_widen8(v128_shuffle(v, at2)), k->low6);
	v128 third = v128_and(v128_widen8(v128_shuffle(v, at3)), k->low6);
	v128 c2 = v128_or(v128_left16(v128_and(first, k->low5), 6), second);
	v128 c3 = v128_or(v128_or(v128_left16(first, 12), v128_left16(second, 6)), third);

	c2 = v128_choose(first, c2, v128_above16(first, k->ascii));
	c3 = v128_choose(c2, c3, v128_above16(first, k->two));
	if (width == 1)
		v128_store_half(run->dst, v128_narrow16(v128_and(c3, k->byte), c3));
	else
		v128_store(run->dst, c3);
	run->dst += (8 - kept_dropped(conts & 255)) * width;
	run->src += 8;
}

static inline __attribute__((always_inline)) void
utf8_widen(struct codec_text_run *given, size_t width)
{
	struct codec_text_run run = *given;
	const struct utf8_numbers k = utf8_numbers();

	while (text_ahead(&run, TEXT_AHEAD)) {
		const uint8_t *valid_end =
			run.src + utf8_valid(run.src, text_piece(&run));

		if (valid_end - run.src < 16)
			break;
		while (valid_end - run.src >= 16 && text_ahead(&run, TEXT_AHEAD)) {
			v128 v = v128_load(run.src);

			if (!v128_any_top_bit(v)) {
				if (width == 1) {
					v128_store(run.dst, v);
				} else {
					v128_store(run.dst, v128_widen8(v));
					v128_store(run.dst + 16,
						   v128_widen8(v128_upper_half(v)));
				}
				run.src += 16;
				run.dst += 16 * width;
			} else if (v128_any_from8(v, k.four)) {
				utf8_slowly(&run, 8, width);
			} else {
				utf8_eight(&run, v, width, &k);
			}
		}
		text_skip(&run, valid_end);
	}
	*given = run;
}

static __attribute__((noinline)) void
utf8_widen_2(struct codec_text_run *run)
{
	utf8_widen(run, 2);
}

static __attribute__((noinline)) void
utf8_widen_1(struct codec_text_run *run)
{
	utf8_widen(run, 1);
}

static void
utf8_to_utf16(struct codec_text_run *run)
{
	utf8_widen_2(run);
	text_end(run, utf8_widen_2, 1, 2);
}

static void
utf8_to_low(struct codec_text_run *run)
{
	utf8_widen_1(run);
	text_end(run, utf8_widen_1, 1, 1);
}

#endif
#endif
