/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The NEON tier, for 64-bit ARM, where it is always there. Structure loads and stores do the
 * shuffling that the other tiers do by hand; what is left over is the scalar tier's.
 */
#include "encode/neon/neon_base64.h"

#if defined(__aarch64__)

#include <arm_neon.h>
#include <string.h>

static size_t
hex_encode(uint8_t *dst, const uint8_t *src, size_t n)
{
	const uint8x16_t digits = vld1q_u8((const uint8_t *)"0123456789abcdef");
	size_t i = 0;

	while (n - i >= 16) {
		uint8x16_t v = vld1q_u8(src + i);
		uint8x16x2_t out;

		out.val[0] = vqtbl1q_u8(digits, vshrq_n_u8(v, 4));
		out.val[1] = vqtbl1q_u8(digits, vandq_u8(v, vdupq_n_u8(15)));
		vst2q_u8(dst + 2 * i, out);
		i += 16;
		if (n - i > 0 && n - i < 16)
			i = n - 16;
	}
	return i;
}

/* The value of each digit; 16 or more where there is none. */
static inline uint8x16_t
hex_value(uint8x16_t v)
{
	uint8x16_t digit = vsubq_u8(v, vdupq_n_u8('0'));
	uint8x16_t letter = vqaddq_u8(
		vsubq_u8(vandq_u8(v, vdupq_n_u8(0xdf)), vdupq_n_u8('A')), vdupq_n_u8(10));

	return vbslq_u8(vcltq_u8(digit, vdupq_n_u8(10)), digit, letter);
}

static size_t
hex_decode(uint8_t *dst, const uint8_t *src, size_t pairs)
{
	size_t i = 0;

	while (pairs - i >= 16) {
		uint8x16x2_t v = vld2q_u8(src + 2 * i);
		uint8x16_t high = hex_value(v.val[0]), low = hex_value(v.val[1]);

		if (vmaxvq_u8(vmaxq_u8(high, low)) > 15)
			break;
		vst1q_u8(dst + i, vorrq_u8(vshlq_n_u8(high, 4), low));
		i += 16;
		if (pairs - i > 0 && pairs - i < 16)
			i = pairs - 16;
	}
	return i;
}

static size_t
ascii_run(const uint8_t *src, size_t n)
{
	size_t i = 0;

	for (; n - i >= 64; i += 64)
		if (any_above(all_of(vld1q_u8_x4(src + i))))
			break;
	for (; n - i >= 16; i += 16)
		if (any_above(vld1q_u8(src + i)))
			break;
	return i + codec_scalar.ascii_run(src + i, n - i);
}

static void
copy(uint8_t *dst, const uint8_t *src, size_t n)
{
	memcpy(dst, src, n);
}

static size_t
find_pair(const uint8_t *bytes, size_t n, const struct codec_pair *pair)
{
	const uint8x16_t first = vdupq_n_u8(pair->first),
			 second = vdupq_n_u8(pair->second);
	size_t i = 0;

	for (; n - i >= 16; i += 16) {
		uint8x16_t a = vceqq_u8(vld1q_u8(bytes + i), first);
		uint8x16_t b = vceqq_u8(vld1q_u8(bytes + i + pair->distance), second);

		if (vmaxvq_u8(vandq_u8(a, b)) != 0)
			return i + codec_scalar.find_pair(bytes + i, 16, pair);
	}
	return i + codec_scalar.find_pair(bytes + i, n - i, pair);
}

static const struct codec_text neon_text = {
	.utf8_valid = neon_utf8_valid,
	.utf8_copy = neon_utf8_copy,
	.utf8_to_utf16 = neon_utf8_to_utf16,
	.utf8_to_low = neon_utf8_to_low,
	.utf16_to_utf8 = neon_utf16_to_utf8,
	.latin1_to_utf8 = neon_latin1_to_utf8,
};

static const struct codec_tier tier = {
	.name = "neon",
	.hex_encode = hex_encode,
	.base64_encode = neon_base64_encode,
	.base64_encode_all = base64_encode_groups,
	.base64_encode_lines = neon_base64_encode_lines,
	.hex_decode = hex_decode,
	.base64_decode = neon_base64_decode,
	.ascii_run = ascii_run,
	.copy = copy,
	.copy_stream = copy,
	.find_pair = find_pair,
	.text = &neon_text,
	.whole = {.utf8_copy = neon_whole_copy,
		  .utf8_to_utf16 = neon_whole_to_utf16,
		  .utf8_to_low = neon_whole_to_low,
		  .utf16_to_utf8 = neon_whole_utf16,
		  .latin1_to_utf8 = neon_whole_latin1},
	.widen = neon_widen,
	.narrow = codec_narrow,
};
const struct codec_tier *const codec_neon = &tier;

#else

const struct codec_tier *const codec_neon = NULL;

#endif
