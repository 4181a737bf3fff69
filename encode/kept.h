/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes with codec_kept, for the tiers that shuffle unwanted bytes out of a register eight at
 * a time (staged.h, text128.h).
 */
#ifndef ENCODE_KEPT_H
#define ENCODE_KEPT_H

#include "encode/codec.h"

/* How many of eight bytes a mask drops. */
static inline uint32_t
kept_dropped(uint32_t mask)
{
#if defined(__POPCNT__) || defined(__aarch64__)
	return (uint32_t)__builtin_popcount(mask);
#else
	mask -= mask >> 1 & 0x55;
	mask = (mask & 0x33) + (mask >> 2 & 0x33);
	return (mask + (mask >> 4)) & 15;
#endif
}

#endif
