/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a request goes. Pure: the interposer has already let everything below the floor
 * pass, so this sees large requests only.
 */
#ifndef POLICY_ROUTE_H
#define POLICY_ROUTE_H

#include <stdint.h>

#include "policy/options.h"

enum weir_place { WEIR_PLACE_NEXT, WEIR_PLACE_POOL, WEIR_PLACE_MAP };

struct weir_route {
	enum weir_place place;
	uint32_t grade;	 /* class, when place is POOL */
	uint32_t reason; /* enum weir_fallback, when place is NEXT */
	uint64_t bytes;	 /* capacity of the block; when place is NEXT, the request */
};

/* Alignments above this go to the next allocator. Power of two. */
#define WEIR_ALIGN_MAX (2u << 20)
/*
 * No mapping larger than this: the tables of 64 TB that the kernel will not commit anyway take a
 * tenth of a second and stay. Keeps every sum of sizes far from overflow, too.
 */
#define WEIR_MAP_MAX (1ull << 38)

/*
 * `bytes`: the request, at least the floor. `align`: power of two, 0 for none asked. The pool
 * serves alignments up to 4096, the map tier up to WEIR_ALIGN_MAX. A request between the
 * largest class and the threshold goes to the map tier. That one rounds up to pages, and to
 * 64 KB from 1 MB on, so that blocks of nearly one size can replace each other; this adds no
 * more than 6.25 % there.
 */
struct weir_route weir_route(const struct weir_options *o, uint64_t bytes, uint64_t align,
			     uint32_t kind);

/*
 * The same request where the process is near its memory limit: cut to its pages, since the rest of a
 * class's block, once it was used, takes memory that others could have.
 */
void weir_route_tightly(const struct weir_options *o, struct weir_route *route,
			uint64_t bytes);

#endif
