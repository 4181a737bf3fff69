/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 with other bytes in it, with NEON: a piece of text becomes values in a buffer, 16 at a time with the
 * unwanted ones shuffled out, and only then bytes, so that no load waits for the stores before it.
 */
#include "encode/neon/neon_base64.h"

#if defined(__aarch64__)

#include "encode/compress.h"
#include "encode/kept.h"

#define STAGED_PIECE 4096

/* Of 16 values, those whose bit is not set: each half by itself, then the second one behind the first. */
static inline uint8_t *
put_some(uint8_t *out, uint8x16_t v, uint32_t bad)
{
	uint32_t first = bad & 255, second = bad >> 8;
	uint32_t dropped = kept_dropped(first);
	uint64_t order = codec_kept[second] + 0x0808080808080808;

	v = vqtbl1q_u8(v, vcombine_u8(vcreate_u8(codec_kept[first]), vcreate_u8(order)));
	v = vqtbl1q_u8(v, vld1q_u8((const uint8_t *)&compress_joins[dropped]));
	vst1q_u8(out, v);
	return out + 16 - dropped - kept_dropped(second);
}

/* Of 16 values, those that are in the alphabet; `bad` is all ones where one is not. */
static inline uint8_t *
put_values(uint8_t *out, uint8x16_t v, uint8x16_t bad)
{
	/* Four bits for each. */
	uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(bad), 4);
	uint64_t mask =
		vget_lane_u64(vreinterpret_u64_u8(narrow), 0) & 0x1111111111111111;
	const uint8x16_t places = {1, 2, 4, 8, 16, 32, 64, 128,
				   1, 2, 4, 8, 16, 32, 64, 128};

	if ((mask & (mask - 1)) == 0) {
		size_t at = (size_t)__builtin_ctzll(mask) / 4;
		const struct row *row = &compress_skips[16 + at];

		vst1q_u8(out, vqtbl1q_u8(v, vld1q_u8((const uint8_t *)row)));
		return out + 15;
	}
	bad = vandq_u8(bad, places);
	return put_some(out, v,
			vaddv_u8(vget_low_u8(bad)) | (uint32_t)vaddv_u8(vget_high_u8(bad))
							     << 8);
}

static inline void
pack(struct base64_run *run, const uint8_t *values, size_t n)
{
	uint8_t rest[48], *dst = run->dst;
	size_t i = 0, groups;

	for (; n - i >= 64; i += 64, dst += 48)
		neon_pack(dst, vld4q_u8(values + i));
	groups = (n - i) / 4;
	neon_pack(rest, vld4q_u8(values + i));
	memcpy(dst, rest, 3 * groups);
	run->dst = dst + 3 * groups;
	run->acc = 0;
	run->count = (uint32_t)(n & 3);
	for (i += 4 * groups; i < n; i++)
		run->acc = run->acc << 6 | values[i];
}

bool
neon_staged_decode(struct base64_run *run, const struct neon_values *given)
{
	const bool high_stops = run->table->high_stops;
	const struct neon_values table = *given;
	uint8_t values[STAGED_PIECE + 64], *out = values;
	const uint8_t *src = run->src, *end;
	size_t left = (size_t)(run->src_end - src);
	size_t room = (size_t)(run->dst_end - run->dst) / 3 * 4;
	bool stopped = false;

	left = left < room ? left : room;
	left = left < STAGED_PIECE ? left : STAGED_PIECE;
	for (end = src + left; end - src >= 16; src += 16) {
		uint8x16_t c = vld1q_u8(src), v = neon_values_of(c, &table);
		uint8x16_t all = vorrq_u8(v, c);

		if (!any_above(all)) {
			vst1q_u8(out, v);
			out += 16;
			continue;
		}
		/* BASE64_STOP, or what is as good. */
		stopped = vmaxvq_u8(v) >= BASE64_STOP || (high_stops && any_above(c));
		if (stopped)
			break;
		out = put_values(out, v, vcgeq_u8(all, vdupq_n_u8(BASE64_SKIP)));
	}
	bool some = src > run->src;
	run->src = src;
	pack(run, values, (size_t)(out - values));
	return some && !stopped;
}

#endif
