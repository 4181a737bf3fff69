/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes to units of 16 bits and back, a register at a time on any machine: what every instruction
 * set has a plain instruction for needs no tier. For text.c and units.c.
 */
#ifndef ENCODE_WIDEN_H
#define ENCODE_WIDEN_H

#include <string.h>

#include "encode/codec.h"

typedef uint8_t widen_bytes __attribute__((vector_size(16)));
typedef uint16_t widen_units __attribute__((vector_size(32)));

/* dst need not be aligned to units. */
static inline void
widen(uint8_t *dst, const uint8_t *src, size_t n, uint8_t mask)
{
	size_t i = 0;

	for (; n - i >= sizeof(widen_bytes); i += sizeof(widen_bytes)) {
		widen_bytes bytes;
		widen_units units;

		memcpy(&bytes, src + i, sizeof(bytes));
		units = __builtin_convertvector(bytes & mask, widen_units);
		memcpy(dst + 2 * i, &units, sizeof(units));
	}
	for (; i < n; i++) {
		dst[2 * i] = src[i] & mask;
		dst[2 * i + 1] = 0;
	}
}

/* The low byte of each unit; above 0xff, 0xff if they may not be cut. */
static inline void
narrow(uint8_t *dst, const uint8_t *src, size_t n, bool cut)
{
	const widen_units limit = {};
	size_t i = 0;

	for (; n - i >= sizeof(widen_bytes); i += sizeof(widen_bytes)) {
		widen_bytes bytes;
		widen_units units;

		memcpy(&units, src + 2 * i, sizeof(units));
		if (!cut)
			units |= (widen_units)(units > limit + 0xff);
		bytes = __builtin_convertvector(units, widen_bytes);
		memcpy(dst + i, &bytes, sizeof(bytes));
	}
	for (; i < n; i++)
		dst[i] = cut || src[2 * i + 1] == 0 ? src[2 * i] : 0xff;
}

#endif
