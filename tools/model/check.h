/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Do the numbers of a sidecar add up? Pure: a parsed sidecar in, the identities that fail out.
 * The identities are those written in weir/stats.h, turned so that nothing is subtracted.
 */
#ifndef TOOLS_CHECK_H
#define TOOLS_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "tools/read/sidecar.h"

#define CHECK_NO_ROW UINT32_MAX
#define CHECK_SIDE   40 /* digits of 2^128 - 1, and the end */

struct check_failure {
	const char *identity; /* "gets = hits + misses"; static */
	uint32_t row;	      /* of the size class, or CHECK_NO_ROW */
	char left[CHECK_SIDE], right[CHECK_SIDE];
};

struct check_result {
	size_t held;
	size_t failed;	/* may exceed the room for failures */
	size_t skipped; /* the file lacks one of their numbers */
};

/* Fills up to `max` failures. A class counts each of its identities. */
struct check_result check_run(const struct sidecar *s, struct check_failure *failures,
			      size_t max);

/* What both write a side with. */
void check_print_wide(char out[CHECK_SIDE], unsigned __int128 value);

/* The same for the sites of a trace of the same instant (equal monotonic_ns). */
struct trace_view;
struct check_result check_sites(const struct sidecar *s, const struct trace_view *v,
				struct check_failure *failures, size_t max);

#endif
