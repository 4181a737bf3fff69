/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir stat --prune`: sidecars in the default folders that nobody needs any more.
 */
#ifndef TOOLS_PRUNE_H
#define TOOLS_PRUNE_H

#include <stdbool.h>
#include <stdint.h>

struct prune {
	bool by_count, by_size; /* neither: those gone for more than a day */
	uint64_t keep;		/* the latest of processes that are gone */
	uint64_t bytes;		/* that all files together take on the disk */
};

/* The exit status. */
int prune_run(const struct prune *p);

#endif
