/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 with garbage in it, for tiers that cannot compress a register: a piece of text becomes
 * values in a buffer, eight at a time with the unwanted ones shuffled out, and only then bytes, so
 * that no load waits for the stores before it.
 */
#ifndef ENCODE_STAGED_H
#define ENCODE_STAGED_H

#include <string.h>

#include "encode/compress.h"
#include "encode/kept.h"

#if defined(__SSSE3__)

#include <tmmintrin.h>

#define STAGED_PIECE 4096

/* Of `width` characters, a bit each: in no alphabet; and of those, the ones to stop at. */
struct staged_masks {
	uint32_t bad, stop;
};

/* `width` values, rubbish where the masks say so. */
typedef struct staged_masks staged_values(__m128i *values, const uint8_t *src,
					  const void *tables);
/* `width` values to bytes, and nothing else. */
typedef void staged_pack(uint8_t *dst, const uint8_t *values);

/* Of 16 values, those whose bit is not set: each half by itself, then the second one behind the first. */
static inline uint8_t *
staged_compress(uint8_t *out, __m128i v, uint32_t bad)
{
	uint32_t first = bad & 255, second = bad >> 8 & 255;
	uint32_t dropped = kept_dropped(first);
	__m128i order = _mm_set_epi64x((long long)codec_kept[second],
				       (long long)codec_kept[first]);
	const struct row *join = &compress_joins[dropped];

	order = _mm_add_epi8(order, _mm_set_epi64x(0x0808080808080808, 0));
	v = _mm_shuffle_epi8(v, order);
	v = _mm_shuffle_epi8(v, _mm_load_si128((const void *)join));
	_mm_storeu_si128((void *)out, v);
	return out + 16 - dropped - kept_dropped(second);
}

/* `width` values without the one that has its bit set. */
static inline uint8_t *
staged_skip(uint8_t *out, const __m128i *v, uint32_t bad, size_t width)
{
	const struct row *row = &compress_skips[__builtin_ctz(bad)];

	_mm_storeu_si128(
		(void *)out,
		_mm_shuffle_epi8(v[0], _mm_load_si128((const void *)(row + 16))));
	if (width == 32)
		_mm_storeu_si128(
			(void *)(out + 16 - ((bad & 0xffff) != 0)),
			_mm_shuffle_epi8(v[1], _mm_load_si128((const void *)row)));
	return out + width - 1;
}

static inline __attribute__((always_inline)) void
staged_bytes(struct base64_run *run, const uint8_t *values, size_t n, size_t width,
	     staged_pack *pack)
{
	uint8_t rest[64], *dst = run->dst;
	size_t i = 0, groups;

	for (; n - i >= width; i += width, dst += width / 4 * 3)
		pack(dst, values + i);
	groups = (n - i) / 4;
	pack(rest, values + i);
	memcpy(dst, rest, 3 * groups);
	run->dst = dst + 3 * groups;
	run->acc = 0;
	run->count = (uint32_t)(n & 3);
	for (i += 4 * groups; i < n; i++)
		run->acc = run->acc << 6 | values[i];
}

/* One piece, with no group begun. False: stopped, or nothing can be taken. */
static inline __attribute__((always_inline)) bool
staged_decode(struct base64_run *run, size_t width, staged_values *values_of,
	      staged_pack *pack, const void *tables)
{
	uint8_t values[STAGED_PIECE + 64], end[32] = {0}, *out = values;
	const uint8_t *src = run->src;
	size_t left = (size_t)(run->src_end - src);
	size_t room = (size_t)(run->dst_end - run->dst) / 3 * 4;
	bool stopped = false;

	left = left < room ? left : room;
	left = left < STAGED_PIECE ? left : STAGED_PIECE;
	for (size_t taken; left > 0 && !stopped; left -= taken) {
		__m128i v[2];
		struct staged_masks m;

		taken = left < width ? left : width;
		if (taken == width) {
			m = values_of(v, src, tables);
		} else {
			if (src + left < run->src_end)
				break;
			memcpy(end, src, taken);
			m = values_of(v, end, tables);
			m.bad |= ~0u << taken;
			m.stop &= ~(~0u << taken);
		}
		if (m.stop != 0) {
			taken = (size_t)__builtin_ctz(m.stop);
			m.bad |= (uint32_t)(~0ull << taken);
			stopped = true;
		}
		src += taken;
		if (m.bad == 0) {
			memcpy(out, v, width);
			out += width;
			continue;
		}
		if ((m.bad & (m.bad - 1)) == 0) {
			out = staged_skip(out, v, m.bad, width);
			continue;
		}
		out = staged_compress(out, v[0], m.bad);
		if (width == 32)
			out = staged_compress(out, v[1], m.bad >> 16);
	}
	bool some = src > run->src;
	run->src = src;
	staged_bytes(run, values, (size_t)(out - values), width, pack);
	return some && !stopped;
}

#endif
#endif
