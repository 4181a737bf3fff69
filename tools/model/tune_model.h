/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what a sidecar recorded to the options that would have served that program best, and what
 * to expect of them. Pure: no output, no clock.
 */
#ifndef TOOLS_TUNE_MODEL_H
#define TOOLS_TUNE_MODEL_H

#include <stdint.h>

#include "policy/options.h"
#include "tools/read/sidecar.h"

/* Of fewer requests nothing can be said. */
#define TUNE_LEAST_REQUESTS 50

struct tune_figures {
	uint64_t requests, hits; /* both tiers */
	uint64_t pool_bytes, pool_rounding_bytes;
	uint64_t idle_bytes; /* weir's memory once nothing happens */
};

struct tune {
	struct weir_options
		options;     /* classes, threshold, decay_ms, cache_max; others default */
	uint32_t n_chosen;   /* classes that the recorded sizes need */
	uint64_t longest_ms; /* decay beyond which hardly anything more is reused */
	bool in_force;	     /* the process ran with these options */
	struct tune_figures recorded, expected;
};

enum tune_error {
	TUNE_OK,
	TUNE_NO_PROFILE, /* an older weir, which did not record what this needs */
	TUNE_TOO_FEW,
};

/*
 * Whether the forecast is better than what was recorded by more than such a forecast is worth: a hundredth more
 * hits, a twentieth of the pool's blocks less rounding, or a tenth less memory at rest. Never with the options in force.
 */
bool tune_gains(const struct tune *t);

enum tune_error tune_from(struct tune *t, const struct sidecar *s);

#endif
