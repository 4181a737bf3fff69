/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fewer than 16 bytes as two words, with zeros behind them, without a load that waits for stores.
 */
#ifndef ENCODE_SHORT_LOAD_H
#define ENCODE_SHORT_LOAD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline void
short_load(const uint8_t *src, size_t n, uint64_t *low, uint64_t *high)
{
	*low = *high = 0;
	if (n > 8) {
		memcpy(low, src, 8);
		memcpy(high, src + n - 8, 8);
		*high >>= 8 * (16 - n);
	} else if (n >= 4) {
		uint32_t first, last;

		memcpy(&first, src, 4);
		memcpy(&last, src + n - 4, 4);
		*low = first | (uint64_t)last << 8 * (n - 4);
	} else {
		for (size_t i = 0; i < n; i++)
			*low |= (uint64_t)src[i] << 8 * i;
	}
}

#endif
