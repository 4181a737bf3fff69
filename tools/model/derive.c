/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums and splits over a parsed sidecar. Called by every printer; never reads a file or clock.
 */
#include "tools/model/derive.h"

static uint64_t
add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

struct derive_totals
derive_totals(const struct sidecar *s)
{
	struct derive_totals t = {
		.pool_gets = sidecar_sum(s, WEIR_SECTION_CLASSES, WEIR_K_gets),
		.pool_hits = sidecar_sum(s, WEIR_SECTION_CLASSES, WEIR_K_hits),
		.pool_requested_bytes =
			sidecar_sum(s, WEIR_SECTION_CLASSES, WEIR_K_requested_bytes),
		.pool_rounding_bytes =
			sidecar_sum(s, WEIR_SECTION_CLASSES, WEIR_K_rounding_bytes),
		.cached_dirty_bytes = sidecar_counter(s, WEIR_C_cached_dirty_bytes),
	};

	t.gets = add(t.pool_gets, sidecar_counter(s, WEIR_C_map_gets));
	t.recycled = add(t.pool_hits, sidecar_counter(s, WEIR_C_map_recycled_dirty));
	t.live = add(sidecar_sum(s, WEIR_SECTION_CLASSES, WEIR_K_live),
		     sidecar_counter(s, WEIR_C_map_live));
	return t;
}

bool
derive_class_used(const struct sidecar *s, uint32_t row)
{
	return (sidecar_class(s, row, WEIR_K_gets) | sidecar_class(s, row, WEIR_K_live) |
		sidecar_class(s, row, WEIR_K_cached) |
		sidecar_class(s, row, WEIR_K_inherited) |
		sidecar_class(s, row, WEIR_K_inherited_cached)) != 0;
}
