/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which site a stack is that has been seen before, by a key of it: a word for each, which any thread reads and
 * writes without a lock. The key says all that the site depends on, but for who waits.
 */
#ifndef TRACE_SEEN_H
#define TRACE_SEEN_H

#include <stdint.h>

#include "trace/walk/walk.h"

/* The site of a stack that has been seen; -1: it has not. */
int32_t seen_site(uint64_t key, uint64_t receiver);

/* `waits`: others wait for the receiver, and belong to the site. */
void seen_keep(uint64_t key, enum walk_waits waits, uint64_t receiver, uint32_t site);

#endif
