/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the whole texts of codec_whole_text end, in the tiers with wide registers that have their own. Only for files
 * that are compiled for one of them.
 */
#ifndef ENCODE_WHOLE_H
#define ENCODE_WHOLE_H

#include "encode/codec.h"

#if defined(__AVX__)

#include <immintrin.h>

/* All of a short text is done. */
static inline __attribute__((always_inline)) struct weir_result
done(size_t n, size_t written)
{
	_mm256_zeroupper();
	return (struct weir_result){.read = n, .written = written};
}

/* The usual way, whose code is not told of wide registers: it waits for their upper halves if they are not 0. */
static inline struct weir_result
usual(codec_whole *all, uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	_mm256_zeroupper();
	return all(dst, cap, src, n);
}

/* What a text gives of which so much was done before. */
static inline struct weir_result
behind(struct weir_result r, size_t read, size_t written)
{
	r.read += read;
	r.written += written;
	return r;
}

#endif
#endif
