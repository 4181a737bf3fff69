/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other allocators than glibc's tell of themselves. Asked by trim.c, on the clock's thread.
 */
#ifndef PRELOAD_PEERS_H
#define PRELOAD_PEERS_H

#include <stdbool.h>
#include <stdint.h>

struct next_told;

/* Before main: what they export is looked for. */
void peers_init(void);

/* False where the next allocator tells nothing that is known here. By one thread. */
bool peers_told(struct next_told *t);

/* True: they are not asked until peers_let_in, so that one may wait for the clock. False: they are being asked. */
bool peers_keep_out(void);
void peers_let_in(void);
void peers_after_fork(void);

#endif
