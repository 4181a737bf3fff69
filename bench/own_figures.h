/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the allocator of this process says of itself, to be held against what the kernel says.
 */
#ifndef BENCH_OWN_FIGURES_H
#define BENCH_OWN_FIGURES_H

/* MB that are free, resident and kept; negative if it does not tell. */
double own_kept_mb(void);

#endif
