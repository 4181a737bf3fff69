/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Libraries that watch what a process unmaps and moves, as those of RDMA do. Purges and unmapping are
 * visible to them as they are to everybody; pages that move are not, so where they are none moves.
 */
#ifndef PRELOAD_WATCHERS_H
#define PRELOAD_WATCHERS_H

/* From the constructor. */
void watchers_look(void);

#endif
