/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small blocks, which are known by samples: how sure that is, which sizes are most of them, and since when.
 * Pure. Called by growth_model.c and the views.
 */
#ifndef TOOLS_CENSUS_H
#define TOOLS_CENSUS_H

#include <stdbool.h>

#include "tools/read/sidecar.h"

enum census_mode {
	CENSUS_UNKNOWN, /* an older weir */
	CENSUS_OFF,
	CENSUS_AUTO,
	CENSUS_ALWAYS,
};

struct census {
	enum census_mode mode;
	bool on; /* at the instant of the sidecar */
	uint64_t starts;
	uint64_t on_ago_ns,
		off_ago_ns;   /* before that instant; when it last began and ended */
	uint64_t grown_bytes; /* which made it begin */
	uint64_t mean_bytes;  /* from sample to sample; 0: none was ever taken */
	uint64_t live, live_bytes;
	double error; /* standard error of live_bytes, as a share */
	/* The row of sizes with most bytes. */
	uint64_t least, most; /* bytes of a block; most: UINT64_MAX without a bound */
	uint64_t row_live, row_bytes;
	double row_error;
};

struct census census_of(const struct sidecar *s, uint64_t mean_bytes);

/* What `bytes` in `count` blocks add to the square of the error if they are known by samples. */
double census_variance(double bytes, double count, double mean);

/* The standard error of such a sum as a share of `bytes`; 0 if it is exact. */
double census_error(double variance, double bytes);

#endif
