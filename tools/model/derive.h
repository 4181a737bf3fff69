/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures that a sidecar does not hold but that follow from it: totals over classes, rates. Pure. One place, so that text, JSON and the summary agree.
 */
#ifndef TOOLS_DERIVE_H
#define TOOLS_DERIVE_H

#include <stdbool.h>

#include "tools/read/sidecar.h"

struct derive_totals {
	uint64_t pool_gets, pool_hits;
	uint64_t pool_requested_bytes, pool_rounding_bytes;
	uint64_t gets,
		recycled; /* both tiers: blocks asked for, served by resident pages */
	uint64_t live;	  /* blocks in use, both tiers */
	uint64_t cached_dirty_bytes;
};

struct derive_totals derive_totals(const struct sidecar *s);

/* True if the class has ever been used or holds anything. */
bool derive_class_used(const struct sidecar *s, uint32_t row);

#endif
