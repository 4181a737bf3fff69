/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The NEON tier, for 64-bit ARM, where it is always there. Structure loads and stores do the
 * shuffling that the other tiers do by hand; what is left over is the scalar tier's.
 */
#include "encode/align.h"
#include "encode/regular.h"

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
base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	const uint8x16x4_t alphabet = vld1q_u8_x4((const uint8_t *)base64_alphabet[url]);
	const uint8x16_t six = vdupq_n_u8(63);
	size_t i = 0;

	for (; n - i >= 48; i += 48, dst += 64) {
		uint8x16x3_t v = vld3q_u8(src + i);
		uint8x16x4_t out;

		out.val[0] = vshrq_n_u8(v.val[0], 2);
		out.val[1] =
			vandq_u8(vsliq_n_u8(vshrq_n_u8(v.val[1], 4), v.val[0], 4), six);
		out.val[2] =
			vandq_u8(vsliq_n_u8(vshrq_n_u8(v.val[2], 6), v.val[1], 2), six);
		out.val[3] = vandq_u8(v.val[2], six);
		for (int j = 0; j < 4; j++)
			out.val[j] = vqtbl4q_u8(alphabet, out.val[j]);
		vst4q_u8(dst, out);
	}
	return i;
}

struct base64_halves {
	uint8x16x4_t low, high;
};

/* 64 clean characters to 48 bytes, and nothing else; false: they are not. */
static inline __attribute__((always_inline)) bool
base64_block_of(uint8_t *dst, const uint8_t *src, const void *given)
{
	const struct base64_halves *table = given;
	uint8x16x4_t v = vld4q_u8(src);
	uint8x16_t bad = vdupq_n_u8(0);
	uint8x16x3_t out;

	/* A lookup beyond 64 gives 0, and vqtbx leaves what was there. */
	for (int j = 0; j < 4; j++) {
		uint8x16_t c = v.val[j];

		v.val[j] = vqtbx4q_u8(vqtbl4q_u8(table->low, c), table->high,
				      vsubq_u8(c, vdupq_n_u8(64)));
		bad = vorrq_u8(bad, vorrq_u8(v.val[j], c));
	}
	if (vmaxvq_u8(bad) > 127)
		return false;
	out.val[0] = vorrq_u8(vshlq_n_u8(v.val[0], 2), vshrq_n_u8(v.val[1], 4));
	out.val[1] = vorrq_u8(vshlq_n_u8(v.val[1], 4), vshrq_n_u8(v.val[2], 2));
	out.val[2] = vorrq_u8(vshlq_n_u8(v.val[2], 6), v.val[3]);
	vst3q_u8(dst, out);
	return true;
}

static void
base64_decode(struct base64_run *run)
{
	enum { WIDTH = 64 };
	const uint8_t *value = run->table->value;
	const struct base64_halves table = {vld1q_u8_x4(value), vld1q_u8_x4(value + 64)};

	while (base64_align(run)) {
		size_t bad = 0;

		while (run->src_end - run->src >= WIDTH &&
		       run->dst_end - run->dst >= 48 &&
		       base64_block_of(run->dst, run->src, &table)) {
			run->src += WIDTH;
			run->dst += 48;
		}
		if (run->src_end - run->src < WIDTH || run->dst_end - run->dst < 48)
			break;
		while (value[run->src[bad]] < BASE64_SKIP)
			bad++;
		if (!regular_try(run, bad, WIDTH, base64_block_of, &table))
			break;
	}
}

static size_t
ascii_run(const uint8_t *src, size_t n)
{
	size_t i = 0;

	while (n - i >= 16 && vmaxvq_u8(vld1q_u8(src + i)) < 0x80)
		i += 16;
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

static const struct codec_tier tier = {
	.name = "neon",
	CODEC_KERNELS,
	.text = &neon_text,
};
const struct codec_tier *const codec_neon = &tier;

#else

const struct codec_tier *const codec_neon = NULL;

#endif
