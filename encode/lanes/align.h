/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tiers that decode whole groups only: the characters before those groups, and behind them.
 */
#ifndef ENCODE_ALIGN_H
#define ENCODE_ALIGN_H

#include "encode/codec.h"

/*
 * Finishes a group that an earlier call has begun, one character at a time. False if it is still not whole: then
 * there is nothing left for the tier to do.
 */
static inline bool
base64_align(struct base64_run *run)
{
	while (run->count > 0 && run->src < run->src_end) {
		uint32_t v = run->table->value[*run->src];

		if (v == BASE64_STOP || (run->count == 3 && run->dst_end - run->dst < 3))
			return false;
		run->src++;
		if (v == BASE64_SKIP)
			continue;
		run->acc = run->acc << 6 | v;
		if (++run->count == 4) {
			*run->dst++ = (uint8_t)(run->acc >> 16);
			*run->dst++ = (uint8_t)(run->acc >> 8);
			*run->dst++ = (uint8_t)run->acc;
			run->acc = run->count = 0;
		}
	}
	return run->count == 0;
}

/* What is left of clean text, less than a group, is held: up to three characters, or four of which the last is padding. */
static inline __attribute__((always_inline)) void
base64_hold(struct base64_run *run)
{
	for (; run->src < run->src_end; run->src++) {
		uint32_t v = run->table->value[*run->src];

		if (v == BASE64_STOP)
			break;
		if (v == BASE64_SKIP)
			continue;
		run->acc = run->acc << 6 | v;
		run->count++;
	}
}

#endif
