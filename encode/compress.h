/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places for shuffles of 16 bytes by a mask of eight bits, for the text kernels of the AVX2 and NEON tiers: 4 KB a table, of which a text
 * uses few rows; and for base64 with other bytes in it. That a mask chooses a row, is in D. Lemire, W. Mula: Transcoding Billions of Unicode Characters per
 * Second with SIMD Instructions; what the rows do, is made for these kernels.
 */
#ifndef ENCODE_COMPRESS_H
#define ENCODE_COMPRESS_H

#include <stdint.h>

struct row {
	uint64_t places[2];
} __attribute__((aligned(16)));

/* Eight pairs of bytes: both where the bit is set, else the first one. */
extern const struct row compress_pairs[256];
/* Four groups of four bytes, two bits each: the last byte, the last two if one bit is set, or three. */
extern const struct row compress_ends[256];
/* Eight words: those whose bit is not set. */
extern const struct row compress_words[256];
/* Two halves, of the first of which so many bytes are not wanted. */
extern const struct row compress_joins[9];
/* [16 + i]: 16 bytes without the i-th; the 16 before and behind: all. */
extern const struct row compress_skips[48];

#endif
