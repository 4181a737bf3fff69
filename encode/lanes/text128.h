/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text in registers of 128 bits, for the SSE4 tier: what the kernels to UTF-8 (to_utf8_128.h) and from it (from_utf8_128.h) share,
 * and the check that comes first. See struct codec_text.
 */
#ifndef ENCODE_TEXT128_H
#define ENCODE_TEXT128_H

#include "encode/kept.h"
#include "encode/lanes/text_run.h"
#include "encode/lanes/utf8_rules.h"
#include "encode/lanes/v128.h"

#if defined(V128)

#define TEXT_AHEAD 64

static inline v128
text_16(int n)
{
	return v128_held(v128_all16(n));
}

static inline v128
text_32(uint32_t n)
{
	return v128_held(v128_all32(n));
}

static inline v128
text_places(uint32_t drop)
{
	return v128_load_half(&codec_kept[drop & 255]);
}

/*
 * The last TEXT_AHEAD bytes or fewer, in units of `from` bytes: converted in a buffer, with ASCII behind them,
 * each of which becomes `to` bytes. Nothing is done if they are not valid or there is not room.
 */
static inline __attribute__((always_inline)) void
text_end(struct codec_text_run *run, void (*convert)(struct codec_text_run *run),
	 size_t from, size_t to)
{
	uint8_t in[2 * TEXT_AHEAD], out[4 * TEXT_AHEAD + TEXT_AHEAD];
	size_t left = (size_t)(run->src_end - run->src) / from * from;
	struct codec_text_run end = {in, in + sizeof(in), out, out + sizeof(out)};

	if (left == 0 || left > TEXT_AHEAD)
		return;
	for (size_t i = 0; i < sizeof(in); i += 16)
		v128_store(in + i, from == 2 ? v128_all16('a') : v128_all8('a'));
	memcpy(in, run->src, left);
	convert(&end);
	size_t more = (size_t)(end.src - in), n = (size_t)(end.dst - out);
	if (more < left)
		return;
	n -= (more - left) / from * to;
	if ((size_t)(run->dst_end - run->dst) < n)
		return;
	memcpy(run->dst, out, n);
	run->src += left;
	run->dst += n;
}

/* Not zero where `v`, behind `before`, is not UTF-8. */
static inline v128
utf8_errors(v128 v, v128 before)
{
	const v128 first_high = v128_load(utf8_first_high);
	const v128 first_low = v128_load(utf8_first_low);
	const v128 second_high = v128_load(utf8_second_high);
	v128 one = v128_behind(v, before, 1);
	v128 two = v128_behind(v, before, 2);
	v128 three = v128_behind(v, before, 3);
	v128 wrong = v128_shuffle(first_high, v128_high_nibbles(one));

	wrong = v128_and(wrong, v128_shuffle(first_low, v128_low_nibbles(one)));
	wrong = v128_and(wrong, v128_shuffle(second_high, v128_high_nibbles(v)));
	/* The top bit where a third or a fourth byte must be. */
	v128 must = v128_or(v128_less8(two, v128_all8(0xe0 - 0x80)),
			    v128_less8(three, v128_all8(0xf0 - 0x80)));
	return v128_xor(wrong, v128_and(must, v128_all8(0x80)));
}

/* How many of n bytes, in blocks of 32, are whole valid characters. */
static inline size_t
utf8_valid(const uint8_t *src, size_t n)
{
	v128 before = v128_all8(0);
	size_t i = 0;

	for (; n - i >= 32; i += 32) {
		v128 a = v128_load(src + i), b = v128_load(src + i + 16), wrong;

		if (!v128_any_top_bit(v128_or(v128_or(a, b), before))) {
			before = b;
			continue;
		}
		wrong = v128_or(utf8_errors(a, before), utf8_errors(b, a));
		if (!v128_disjoint(wrong, wrong))
			break;
		before = b;
	}
	return utf8_whole(src, i);
}

static void
utf8_copy(struct codec_text_run *run)
{
	text_copy(run, utf8_valid(run->src, text_both(run)));
}

#endif
#endif
