/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All of a text in one call with NEON: ASCII that comes first, which mostly is all, without a state and a run; the rest
 * as a text of its own. See struct codec_whole_text.
 */
#include "encode/neon/neon_text.h"

#if defined(__aarch64__)

#include "encode/lanes/whole.h"

static inline __attribute__((always_inline)) void
put(uint8_t *dst, uint8x16_t v, size_t width)
{
	if (width == 1) {
		vst1q_u8(dst, v);
	} else {
		vst1q_u8(dst, vreinterpretq_u8_u16(vmovl_u8(vget_low_u8(v))));
		vst1q_u8(dst + 16, vreinterpretq_u8_u16(vmovl_high_u8(v)));
	}
}

static inline __attribute__((always_inline)) void
put_four(uint8_t *dst, uint8x16x4_t v, size_t width)
{
	put(dst, v.val[0], width);
	put(dst + 16 * width, v.val[1], width);
	put(dst + 32 * width, v.val[2], width);
	put(dst + 48 * width, v.val[3], width);
}

/* 8 to 15 bytes, if they are ASCII. */
static inline __attribute__((always_inline)) size_t
ascii_short(uint8_t *dst, const uint8_t *src, size_t n, size_t width)
{
	uint8x8_t v = vld1_u8(src), w = vld1_u8(src + n - 8);

	if (vmaxv_u8(vorr_u8(v, w)) > 0x7f)
		return 0;
	if (width == 1) {
		vst1_u8(dst, v);
		vst1_u8(dst + n - 8, w);
	} else {
		vst1q_u8(dst, vreinterpretq_u8_u16(vmovl_u8(v)));
		vst1q_u8(dst + 2 * n - 16, vreinterpretq_u8_u16(vmovl_u8(w)));
	}
	return n;
}

/* The first bytes that are ASCII, to units of `width` bytes: in blocks, or to the end. dst has room for all. */
static inline __attribute__((always_inline)) size_t
ascii(uint8_t *dst, const uint8_t *src, size_t n, size_t width)
{
	size_t i = 0;

	for (; n - i >= 128; i += 128) {
		uint8x16x4_t v = vld1q_u8_x4(src + i), w = vld1q_u8_x4(src + i + 64);

		if (any_above(vorrq_u8(all_of(v), all_of(w))))
			break;
		put_four(dst + i * width, v, width);
		put_four(dst + (i + 64) * width, w, width);
	}
	if (n - i >= 64) {
		uint8x16x4_t v = vld1q_u8_x4(src + i);

		if (!any_above(all_of(v))) {
			put_four(dst + i * width, v, width);
			i += 64;
		}
	}
	if (i == n)
		return n;
	if (n < 16)
		return n >= 8 ? ascii_short(dst, src, n, width) : 0;
	for (uint8x16_t v; n - i >= 16; i += 16) {
		v = vld1q_u8(src + i);
		if (any_above(v))
			return i;
		put(dst + i * width, v, width);
	}
	uint8x16_t last = vld1q_u8(src + n - 16);
	if (any_above(last))
		return i;
	put(dst + (n - 16) * width, last, width);
	return n;
}

static inline bool
any_unit_above(uint8x16_t v)
{
	return vmaxvq_u16(vreinterpretq_u16_u8(v)) > 0x7f;
}

/* The same from units: 32 at a time, or to the end. */
static inline size_t
ascii_units(uint8_t *dst, const uint8_t *src, size_t n)
{
	size_t i = 0;

	for (; n - i >= 32; i += 32) {
		uint8x16x4_t v = vld1q_u8_x4(src + 2 * i);

		if (any_unit_above(all_of(v)))
			break;
		vst1q_u8(dst + i, vuzp1q_u8(v.val[0], v.val[1]));
		vst1q_u8(dst + i + 16, vuzp1q_u8(v.val[2], v.val[3]));
	}
	if (n < 8)
		return i;
	for (uint8x16_t v; n - i >= 8; i += 8) {
		v = vld1q_u8(src + 2 * i);
		if (any_unit_above(v))
			return i;
		vst1_u8(dst + i, vmovn_u16(vreinterpretq_u16_u8(v)));
	}
	if (i == n)
		return n;
	uint8x16_t last = vld1q_u8(src + 2 * n - 16);
	if (any_unit_above(last))
		return i;
	vst1_u8(dst + n - 8, vmovn_u16(vreinterpretq_u16_u8(last)));
	return n;
}

/* Without so much room for sure, nothing is tried: the usual way knows where to stop. */
struct weir_result
neon_whole_copy(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	if (n > cap)
		return whole_utf8_copy(dst, cap, src, n);
	size_t at = ascii(dst, src, n, 1);
	if (at == n)
		return done(n, n);
	if (neon_utf8_valid(src + at, n - at) == n - at) {
		memcpy(dst + at, src + at, n - at);
		return (struct weir_result){.read = n, .written = n};
	}
	return behind(whole_utf8_copy(dst + at, cap - at, src + at, n - at), at, at);
}

struct weir_result
neon_whole_to_utf16(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return whole_widen(ascii, neon_utf8_to_utf16, whole_utf8_to_utf16, 2, dst, cap,
			   src, n);
}

struct weir_result
neon_whole_to_low(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return whole_widen(ascii, neon_utf8_to_low, whole_utf8_to_low, 1, dst, cap, src,
			   n);
}

struct weir_result
neon_whole_latin1(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return whole_widen(ascii, neon_latin1_to_utf8, whole_latin1_to_utf8, 1, dst, cap,
			   src, n);
}

struct weir_result
neon_whole_utf16(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	if (n % 2 != 0 || n / 2 > cap)
		return whole_utf16_to_utf8(dst, cap, src, n);
	size_t at = ascii_units(dst, src, n / 2);
	if (2 * at == n)
		return done(n, at);
	return whole_rest(neon_utf16_to_utf8, whole_utf16_to_utf8, dst, cap, src, n,
			  2 * at, at);
}

#endif
