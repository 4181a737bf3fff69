/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 with garbage in it, for tiers that cannot compress a register: a piece of text becomes
 * values in a buffer, eight at a time with the unwanted ones shuffled out, and only then bytes, so
 * that no load waits for the stores before it.
 */
#ifndef ENCODE_STAGED_H
#define ENCODE_STAGED_H

#include <string.h>

#include "encode/kept.h"

#if defined(__SSSE3__)

#include <tmmintrin.h>

#define STAGED_PIECE 1024

/* Of `width` characters, a bit each: in no alphabet; and of those, the ones to stop at. */
struct staged_masks {
	uint32_t bad, stop;
};

/* Writes `width` values, rubbish where the masks say so. */
typedef struct staged_masks staged_values(uint8_t *values, const uint8_t *src,
					  const void *tables);
/* `width` values to bytes, and nothing else. */
typedef void staged_pack(uint8_t *dst, const uint8_t *values);

/* In place: what is written is never beyond what has been read. Returns how many are left. */
static inline __attribute__((always_inline)) size_t
staged_compress(uint8_t *values, uint32_t bad, size_t width)
{
	uint8_t *out = values;

	for (size_t i = 0; i < width; i += 8, bad >>= 8) {
		__m128i v = _mm_loadl_epi64((const void *)(values + i));
		__m128i order = _mm_loadl_epi64((const void *)&codec_kept[bad & 255]);

		_mm_storel_epi64((void *)out, _mm_shuffle_epi8(v, order));
		out += 8 - kept_dropped(bad & 255);
	}
	return (size_t)(out - values);
}

static inline __attribute__((always_inline)) void
staged_bytes(struct base64_run *run, const uint8_t *values, size_t n, size_t width,
	     staged_pack *pack)
{
	uint8_t rest[64];
	size_t i = 0, groups;

	for (; n - i >= width; i += width, run->dst += width / 4 * 3)
		pack(run->dst, values + i);
	groups = (n - i) / 4;
	pack(rest, values + i);
	memcpy(run->dst, rest, 3 * groups);
	run->dst += 3 * groups;
	run->acc = 0;
	run->count = (uint32_t)(n & 3);
	for (i += 4 * groups; i < n; i++)
		run->acc = run->acc << 6 | values[i];
}

/* One piece, with no group begun. False: stopped, or too little left to be worth it. */
static inline __attribute__((always_inline)) bool
staged_decode(struct base64_run *run, size_t width, staged_values *values_of,
	      staged_pack *pack, const void *tables)
{
	uint8_t values[STAGED_PIECE + 64];
	size_t left = (size_t)(run->src_end - run->src), n = 0;
	size_t room = (size_t)(run->dst_end - run->dst) / 3 * 4;
	bool stopped = false;

	left = left < room ? left : room;
	left = left < STAGED_PIECE ? left : STAGED_PIECE;
	if (left < width)
		return false;
	for (; left >= width && !stopped; left -= width) {
		struct staged_masks m = values_of(values + n, run->src, tables);
		size_t taken = width;

		if (m.bad == 0) {
			n += width;
		} else {
			if (m.stop != 0) {
				taken = (size_t)__builtin_ctz(m.stop);
				m.bad |= (uint32_t)(~0ull << taken);
				stopped = true;
			}
			n += staged_compress(values + n, m.bad, width);
		}
		run->src += taken;
	}
	staged_bytes(run, values, n, width, pack);
	return !stopped;
}

#endif
#endif
