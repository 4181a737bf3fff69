/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks a site's stack outwards to the frame that its reader would call the cause. Called by every
 * view of sites, so that all name the same line.
 */
#include "tools/names/growth_blame.h"

#include "tools/text/show.h"

static enum growth_blame_rank
rank_of(const struct growth_place *p)
{
	if (p->script) {
		switch (p->origin) {
		case GROWTH_APP:
			return GROWTH_BLAME_APP;
		case GROWTH_PACKAGE:
			return GROWTH_BLAME_PACKAGE;
		default:
			return GROWTH_BLAME_RUNTIME;
		}
	}
	return p->kind == WEIR_FRAME_NATIVE &&
			       (p->origin == GROWTH_APP || p->origin == GROWTH_PACKAGE)
		       ? GROWTH_BLAME_NATIVE
		       : GROWTH_BLAME_NONE;
}

struct growth_blame
growth_blame_site(struct growth_places *p, uint32_t site)
{
	const struct trace_view *v = growth_places_view(p);
	struct growth_blame best = {.rank = GROWTH_BLAME_NONE};
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];
	uint32_t n = trace_view_stack(v, trace_view_site(v, site, WEIR_S_stack), frames);

	for (uint32_t i = 0; i < n && best.rank != GROWTH_BLAME_APP; i++) {
		enum growth_blame_rank rank = rank_of(growth_place(p, frames[i]));

		if (rank < best.rank)
			best = (struct growth_blame){rank, frames[i], i};
	}
	return best;
}

bool
growth_blame_owned_by_native(struct growth_places *p, uint32_t site,
			     const struct growth_blame *b)
{
	const struct trace_view *v = growth_places_view(p);
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];
	uint32_t n = trace_view_stack(v, trace_view_site(v, site, WEIR_S_stack), frames);

	/* Inside of any script: behind the first script frame the script allocates. */
	for (uint32_t i = 0; i < n && (i <= b->depth || b->frame == 0); i++) {
		const struct growth_place *place = growth_place(p, frames[i]);

		if (place->script)
			return false;
		if (rank_of(place) == GROWTH_BLAME_NATIVE)
			return true;
	}
	return false;
}

char *
growth_blame_text(char *buf, size_t size, struct growth_places *p, uint32_t site,
		  const struct growth_blame *b)
{
	const struct trace_view *v = growth_places_view(p);

	if (site == 0)
		show_format(buf, size, "(not attributed)");
	else if (b->rank == GROWTH_BLAME_NONE &&
		 trace_view_site(v, site, WEIR_S_caller_kind) == WEIR_KIND_MMAP &&
		 trace_view_site(v, site, WEIR_S_stack) == 0)
		show_format(buf, size, "(mapped before weir looked)");
	else if (b->rank == GROWTH_BLAME_NONE)
		show_format(buf, size, "(no %s on the stack: %s)",
			    v->head.tier == WEIR_TIER_PYTHON ? "Python" : "JavaScript",
			    trace_view_kind_name(
				    trace_view_site(v, site, WEIR_S_caller_kind)));
	else
		growth_place_text(buf, size, growth_place(p, b->frame));
	return buf;
}
