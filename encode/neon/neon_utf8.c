/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check of UTF-8 with NEON, 64 bytes at a time: all the rules by utf8_rules.h where there are characters of three bytes,
 * fewer where there are none. See struct codec_text.
 */
#include "encode/neon/neon_text.h"

#if defined(__aarch64__)

/* Four registers behind `before`, by all the rules. */
static inline __attribute__((always_inline)) uint8x16_t
far_errors(uint8x16x4_t v, uint8x16_t before, const struct rules *k)
{
	uint8x16_t wrong = errors_behind(v.val[0], before, k);

	wrong = vorrq_u8(wrong, errors_behind(v.val[1], v.val[0], k));
	wrong = vorrq_u8(wrong, errors_behind(v.val[2], v.val[1], k));
	return vorrq_u8(wrong, errors_behind(v.val[3], v.val[2], k));
}

/* Not zero where v, behind `before`, has not one byte of 0x80 to 0xbf behind each one from 0xc0 on, and no others. */
static inline uint8x16_t
two_errors(uint8x16_t v, uint8x16_t before)
{
	uint8x16_t lead = vcgeq_u8(vextq_u8(before, v, 15), vdupq_n_u8(0xc0));

	return veorq_u8(lead, vcltq_s8(vreinterpretq_s8_u8(v), vdupq_n_s8(-0x40)));
}

/* The same for four registers without characters of three bytes, and where one of two is too long. */
static inline bool
twos_wrong(uint8x16x4_t v, uint8x16_t before)
{
	const uint8x16_t lead = vdupq_n_u8(0xc0);
	uint8x16_t wrong =
		vorrq_u8(two_errors(v.val[0], before), two_errors(v.val[1], v.val[0]));
	uint8x16_t least = vminq_u8(veorq_u8(v.val[0], lead), veorq_u8(v.val[1], lead));

	wrong = vorrq_u8(wrong, two_errors(v.val[2], v.val[1]));
	wrong = vorrq_u8(wrong, two_errors(v.val[3], v.val[2]));
	least = vminq_u8(least, veorq_u8(v.val[2], lead));
	least = vminq_u8(least, veorq_u8(v.val[3], lead));
	return !is_zero(vorrq_u8(wrong, vcltq_u8(least, vdupq_n_u8(2))));
}

static inline uint8x16_t
greatest(uint8x16x4_t v)
{
	return vmaxq_u8(vmaxq_u8(v.val[0], v.val[1]), vmaxq_u8(v.val[2], v.val[3]));
}

/*
 * By all the rules, 128 bytes at a time, as long as they begin with characters of three bytes. By itself, for its numbers.
 * Returns where it stopped; i is at least 16.
 */
static __attribute__((noinline)) size_t
valid_far(const uint8_t *src, size_t i, size_t n)
{
	const struct rules all = rules(), *k = &all;
	uint8x16_t before = vld1q_u8(src + i - 16);

	for (; n - i >= 128; i += 128) {
		uint8x16x4_t v = vld1q_u8_x4(src + i), w = vld1q_u8_x4(src + i + 64);

		if (vmaxvq_u8(v.val[0]) < 0xe0 ||
		    !is_zero(vorrq_u8(far_errors(v, before, k),
				      far_errors(w, v.val[3], k))))
			break;
		before = w.val[3];
	}
	return i;
}

/* Blocks of 64. Returns where the first one is that is not valid, or the end. */
static inline size_t
valid_blocks(const uint8_t *src, size_t i, size_t n)
{
	uint8x16_t before = vdupq_n_u8(0);

	for (; n - i >= 64; i += 64) {
		uint8x16x4_t v = vld1q_u8_x4(src + i);
		uint32_t max = vmaxvq_u8(vmaxq_u8(greatest(v), before));

		if (max < 0xe0) {
			if (max > 0x7f && twos_wrong(v, before))
				break;
			before = v.val[3];
			continue;
		}
		const struct rules k = rules();
		if (!is_zero(far_errors(v, before, &k)))
			break;
		before = v.val[3];
		/* There may be more of them. */
		if (n - i >= 64 + 128) {
			i = valid_far(src, i + 64, n) - 64;
			before = vld1q_u8(src + i + 48);
		}
	}
	return i;
}

/*
 * The last bytes of n, fewer than 64, from i on, which is a multiple of 64: n, or i if one is not valid, or a character is cut.
 * By itself, for its numbers, as most of a short text's time would go to saving registers.
 */
static __attribute__((noinline)) size_t
valid_end(const uint8_t *src, size_t i, size_t n)
{
	const struct rules all = rules(), *k = &all;
	const size_t begin = i;
	uint8x16_t before = i > 0 ? vld1q_u8(src + i - 16) : vdupq_n_u8(0);
	uint8x16_t wrong = vdupq_n_u8(0), v;

	for (; n - i >= 16; i += 16, before = v) {
		v = vld1q_u8(src + i);
		wrong = vorrq_u8(wrong, errors_behind(v, before, k));
	}
	/* Behind a character that is cut at the very end nothing is looked at. */
	v = i == n  ? vdupq_n_u8(0)
	    : i > 0 ? load_last(src + n, n - i)
		    : load_short(src, n);
	return is_zero(vorrq_u8(wrong, errors_behind(v, before, k))) ? n : begin;
}

/* ASCII that comes first, in blocks of 64. */
static inline size_t
ascii_first(const uint8_t *src, size_t n)
{
	size_t i = 0;

	for (; n - i >= 128; i += 128)
		if (any_above(vorrq_u8(all_of(vld1q_u8_x4(src + i)),
				       all_of(vld1q_u8_x4(src + i + 64)))))
			break;
	if (n - i >= 64 && !any_above(all_of(vld1q_u8_x4(src + i))))
		i += 64;
	return i;
}

/* How many of n bytes are whole valid characters; where not all are, in blocks of 64. */
size_t
neon_utf8_valid(const uint8_t *src, size_t n)
{
	size_t i;

	if (n < 64)
		return valid_end(src, 0, n);
	i = ascii_first(src, n);
	if (i == n)
		return n;
	i = valid_blocks(src, i, n);
	if (n - i < 64 && n > i && valid_end(src, i, n) == n)
		return n;
	return utf8_whole(src, i);
}

void
neon_utf8_copy(struct codec_text_run *run)
{
	text_copy(run, neon_utf8_valid(run->src, text_both(run)));
}

#endif
