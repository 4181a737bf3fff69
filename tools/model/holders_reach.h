/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shortest way from the roots of a heap to each of its objects, as Chrome DevTools measures distance: first from
 * the roots that a program knows (its global objects), then, to what those do not reach, from all others.
 */
#ifndef TOOLS_HOLDERS_REACH_H
#define TOOLS_HOLDERS_REACH_H

#include "tools/read/heapsnap_graph.h"

/*
 * For each node the one before it on its way, HEAPSNAP_NONE where nothing leads to it; node 0, the root, has itself.
 * The array is the caller's, counted in `s`. 0, or -ENOMEM with a sentence in s->why.
 */
int holders_reach(struct heapsnap *s, const struct heapsnap_graph *g, uint32_t **before,
		  size_t *room);

#endif
