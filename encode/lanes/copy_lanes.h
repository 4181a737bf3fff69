/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The copying loop of the SSE4 and AVX2 tiers: four registers from loads on to stores, the end
 * overlapped. sse4.h and avx2.h say what `lanes` are.
 */
#ifndef ENCODE_COPY_LANES_H
#define ENCODE_COPY_LANES_H

#include "encode/codec.h"

#if defined(LANES)

/* At least four registers. */
static inline __attribute__((always_inline)) void
copy_lanes(uint8_t *dst, const uint8_t *src, size_t n)
{
	enum { WIDTH = sizeof(lanes), FOUR = 4 * WIDTH };

	for (size_t i = 0; n - i > FOUR; i += FOUR) {
		lanes a = load(src + i), b = load(src + i + WIDTH);
		lanes c = load(src + i + 2 * WIDTH), d = load(src + i + 3 * WIDTH);

		store(dst + i, a);
		store(dst + i + WIDTH, b);
		store(dst + i + 2 * WIDTH, c);
		store(dst + i + 3 * WIDTH, d);
	}
	for (size_t j = n - FOUR; j < n; j += WIDTH)
		store(dst + j, load(src + j));
}

#endif
#endif
