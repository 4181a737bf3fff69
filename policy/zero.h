/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How to serve a zeroed request: clear recycled pages, or take pages that are zero already. To
 * clear is 13 times cheaper than fresh pages if all of the block is used, and the dearer way if
 * hardly any of it is; the size alone does not tell. So the share that the host touched is
 * learned, per size, from blocks that were served by zero pages. Pure.
 */
#ifndef POLICY_ZERO_H
#define POLICY_ZERO_H

#include <stdbool.h>
#include <stdint.h>

#define WEIR_ZERO_SIZES 256 /* rows of memory: four a doubling */

/* What is known of one size; all zero: nothing yet. One word, so that it can be kept atomic. */
struct weir_zero_memory {
	uint16_t seen;	  /* blocks observed, saturating */
	uint16_t touched; /* mean share touched, in 1/256 parts */
	uint16_t
		since_look; /* requests cleared since the last one served by zero pages */
	uint16_t reserved;
};

/* The row of a size. */
uint32_t weir_zero_row(uint64_t bytes);

/* Whether it may be worth it at all: a smaller block is cleared before the kernel has been asked. */
bool weir_zero_worth(uint64_t bytes);

/* Whether the next zeroed request of this size should get zero pages. Updates since_look. */
bool weir_zero_pages(struct weir_zero_memory *m);

/* A block served by zero pages is back: `touched` of its 256 parts are resident. */
void weir_zero_learn(struct weir_zero_memory *m, uint32_t touched);

/* Whether so little of a block was touched that its pages should go back to the system at once. */
bool weir_zero_sparse(uint32_t touched);

#endif
