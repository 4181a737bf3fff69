/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See cache.h. Called once, by copy.c.
 */
#include "encode/cache.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <stdint.h>

/* Intel's leaf 4 and AMD's 0x8000001d have the same layout: a subleaf a cache, the last largest. */
static size_t
largest(uint32_t leaf)
{
	size_t bytes = 0;
	uint32_t a, b, c, d;

	for (uint32_t i = 0; i < 8; i++) {
		if (!__get_cpuid_count(leaf, i, &a, &b, &c, &d) || (a & 31) == 0)
			break;
		bytes = (size_t)((b >> 22) + 1) * ((b >> 12 & 1023) + 1) *
			((b & 4095) + 1) * ((size_t)c + 1);
	}
	return bytes;
}

size_t
cache_last_bytes(void)
{
	size_t bytes = largest(0x8000001d);

	return bytes != 0 ? bytes : largest(4);
}

#else

size_t
cache_last_bytes(void)
{
	return 0;
}

#endif
