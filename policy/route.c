/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a large request goes, see route.h. Called by the interposer on every one of them;
 * total: any options and any request have an answer, even ones that make little sense.
 */
#include "policy/route.h"

#include "include/weir/stats.h"

#define COARSE	   65536ull /* the largest page, too */
#define COARSE_MIN (1ull << 20)

static struct weir_route
next(uint64_t bytes, enum weir_fallback reason)
{
	return (struct weir_route){WEIR_PLACE_NEXT, 0, reason, bytes};
}

/*
 * Coarse steps let a freed mapping serve the next request of nearly its size; they start
 * where a step adds at most a sixteenth.
 */
static uint64_t
in_steps(uint64_t bytes, uint64_t step)
{
	return bytes > 0 ? (bytes + step - 1) & ~(step - 1) : step;
}

struct weir_route
weir_route(const struct weir_options *o, uint64_t bytes, uint64_t align, uint32_t kind)
{
	if (kind >= WEIR_N_KINDS || (o->kinds >> kind & 1) == 0)
		return next(bytes, WEIR_F_KIND);
	if (bytes > WEIR_MAP_MAX)
		return next(bytes, WEIR_F_TOO_LARGE);
	if (align > WEIR_ALIGN_MAX)
		return next(bytes, WEIR_F_ALIGNMENT);
	if (bytes <= o->threshold && align <= WEIR_GRADE_ALIGN) {
		uint32_t grade = weir_grade_of(&o->classes, bytes);

		if (grade != WEIR_GRADE_NONE)
			return (struct weir_route){WEIR_PLACE_POOL, grade, 0,
						   o->classes.bytes[grade]};
	}
	uint64_t step = bytes < COARSE_MIN ? o->page : COARSE;
	return (struct weir_route){WEIR_PLACE_MAP, 0, 0, in_steps(bytes, step)};
}

void
weir_route_tightly(const struct weir_options *o, struct weir_route *route, uint64_t bytes)
{
	if (route->place == WEIR_PLACE_NEXT)
		return;
	route->place = WEIR_PLACE_MAP;
	route->grade = 0;
	route->bytes = in_steps(bytes, o->page);
}
