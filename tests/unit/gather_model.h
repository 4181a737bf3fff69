/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks side by side of which every other one is free, for the tests of gathering.
 */
#ifndef TESTS_UNIT_GATHER_MODEL_H
#define TESTS_UNIT_GATHER_MODEL_H

#include "tests/unit/pool_model.h"

#include <string.h>

#include "pool/heap.h"
#include "pool/origin.h"
#include "tests/unit/moves.h"

#define MB ((size_t)1 << 20)
enum { BLOCKS = 16 };

static inline struct weir_span *
take(size_t bytes)
{
	return weir_extent_take(&(struct weir_ask){.bytes = bytes,
						   .align = WEIR_PAGE_BYTES,
						   .requested = bytes})
		.span;
}

static inline struct weir_taken
take_zeroed(size_t bytes)
{
	return weir_extent_take(&(struct weir_ask){.bytes = bytes,
						   .align = WEIR_PAGE_BYTES,
						   .requested = bytes,
						   .want_zero = true});
}

static inline void
give(struct weir_span *s)
{
	if (s == NULL || !weir_span_claim(s))
		abort();
	weir_pool_give(s, 5000);
}

/* All that is free goes back to the system. */
static inline void
empty(void)
{
	weir_pool_tick(&(struct weir_tick){.now_ns = 6000,
					   .stock_before_ns = INT64_MAX,
					   .purge_before_ns = INT64_MAX,
					   .cap_bytes = UINT64_MAX,
					   .most_bytes = UINT64_MAX,
					   .slack_bytes = 0});
}

static inline void
fill(const struct weir_span *s, uint32_t with)
{
	for (size_t at = 0; at < s->bytes; at += 4)
		*(uint32_t *)(s->base + at) = with + (uint32_t)at;
}

static inline bool
holds(const struct weir_span *s, uint32_t what)
{
	for (size_t at = 0; at < s->bytes; at += 4)
		if (*(uint32_t *)(s->base + at) != what + (uint32_t)at)
			return false;
	return true;
}

/* Blocks side by side, filled; every other one is then freed. */
static inline void
pieces(struct weir_span *s[BLOCKS], size_t bytes)
{
	model_init();
	heap_gather_from = 128 << 10;
	empty();
	for (int i = 0; i < BLOCKS; i++) {
		s[i] = take(bytes);
		if (s[i] == NULL)
			abort();
		fill(s[i], (uint32_t)i << 24);
	}
	for (int i = 0; i < BLOCKS; i += 2)
		give(s[i]);
}

static inline void
give_the_others(struct weir_span *s[BLOCKS])
{
	for (int i = 1; i < BLOCKS; i += 2) {
		CHECK(holds(s[i], (uint32_t)i << 24));
		give(s[i]);
	}
}

static inline struct weir_heap_stats
stats(void)
{
	struct weir_heap_stats h;

	weir_pool_heap_stats(&h);
	return h;
}

#endif
