/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 of the NEON tier: neon_base64.c, and what it shares with neon_staged.c.
 */
#ifndef ENCODE_NEON_BASE64_H
#define ENCODE_NEON_BASE64_H

#include "encode/neon/neon_text.h"

#if defined(__aarch64__)

size_t neon_base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url);
codec_encode_lines neon_base64_encode_lines;
void neon_base64_decode(struct base64_run *run);

/* struct base64_decode_table's values of what is below 64, and of the 64 behind it. */
struct neon_values {
	uint8x16x4_t low, high;
};

/* BASE64_SKIP or BASE64_STOP where c is in no alphabet; from 0x80 on 0. */
static inline __attribute__((always_inline)) uint8x16_t
neon_values_of(uint8x16_t c, const struct neon_values *table)
{
	/* A lookup beyond 64 gives 0, and vqtbx leaves what was there. */
	return vqtbx4q_u8(vqtbl4q_u8(table->low, c), table->high,
			  veorq_u8(c, vdupq_n_u8(64)));
}

/* 64 values, each register every fourth one, to 48 bytes. */
static inline __attribute__((always_inline)) void
neon_pack(uint8_t *dst, uint8x16x4_t v)
{
	uint8x16x3_t out = {{vsliq_n_u8(vshrq_n_u8(v.val[1], 4), v.val[0], 2),
			     vsliq_n_u8(vshrq_n_u8(v.val[2], 2), v.val[1], 4),
			     vsliq_n_u8(v.val[3], v.val[2], 6)}};

	vst3q_u8(dst, out);
}

/* A piece of text with other bytes in it, with no group begun. False: stopped, or nothing can be taken. */
bool neon_staged_decode(struct base64_run *run, const struct neon_values *table);

#endif
#endif
