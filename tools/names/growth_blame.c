/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks a site's stack outwards to the frame that its reader would call the cause. Called by every
 * view of sites, so that all name the same line.
 */
#include "tools/names/growth_blame.h"

#include <string.h>

#include "tools/names/runtime_work.h"
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

/*
 * How much a script of the runtime's tells of what was asked of it: not what makes every buffer, nor what calls
 * everybody back; a stream's machinery only if there is nothing else.
 */
enum runtime_part { PLUMBING, STREAMS, API };

static enum runtime_part
runtime_part(const char *file)
{
	static const struct {
		const char *prefix;
		enum runtime_part part;
	} parts[] = {
		{"node:buffer", PLUMBING},
		{"node:internal/buffer", PLUMBING},
		{"node:internal/process/", PLUMBING},
		{"node:internal/main/", PLUMBING},
		{"node:internal/bootstrap/", PLUMBING},
		{"node:internal/modules/run_main", PLUMBING},
		{"node:internal/timers", PLUMBING},
		{"node:internal/async", PLUMBING},
		{"node:async_hooks", PLUMBING},
		{"node:internal/util", PLUMBING},
		{"node:internal/per_context/", PLUMBING},
		{"node:diagnostics_channel", PLUMBING},
		{"node:domain", PLUMBING},
		{"node:timers", PLUMBING},
		{"node:events", STREAMS},
		{"node:internal/event_target", STREAMS},
		{"node:internal/streams/", STREAMS},
		{"node:internal/stream_base_commons", STREAMS},
		{"node:_stream", STREAMS},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strncmp(file, parts[i].prefix, strlen(parts[i].prefix)) == 0)
			return parts[i].part;
	return API;
}

/* Of a stack on which nothing but the runtime has scripts: its outermost function that says what was asked for. */
static struct growth_blame
outermost_api(struct growth_places *p, const uint32_t *frames, uint32_t n,
	      struct growth_blame innermost)
{
	struct growth_blame best = innermost;
	enum runtime_part found = PLUMBING;

	for (uint32_t i = innermost.depth; i < n; i++) {
		const struct growth_place *place = growth_place(p, frames[i]);
		enum runtime_part part;

		if (!place->script || (part = runtime_part(place->file)) < found ||
		    part == PLUMBING)
			continue;
		found = part;
		best = (struct growth_blame){GROWTH_BLAME_RUNTIME, frames[i], i};
	}
	return best;
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
	return best.rank == GROWTH_BLAME_RUNTIME ? outermost_api(p, frames, n, best)
						 : best;
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

bool
growth_blame_is_queued(struct growth_places *p, uint32_t site)
{
	const struct trace_view *v = growth_places_view(p);
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];
	uint32_t n = trace_view_stack(v, trace_view_site(v, site, WEIR_S_stack), frames);

	for (uint32_t i = 0; i < n; i++) {
		const struct growth_place *place = growth_place(p, frames[i]);

		if (place->script)
			return false;
		if (runtime_work_is_queue(place->function))
			return true;
	}
	return false;
}

/* What a stack without a script is at work for: the innermost frame that tells, or the kind of caller; NULL of neither. */
static const char *
work_of(struct growth_places *p, uint32_t site)
{
	const struct trace_view *v = growth_places_view(p);
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];
	uint32_t n = trace_view_stack(v, trace_view_site(v, site, WEIR_S_stack), frames);
	uint64_t kind = trace_view_site(v, site, WEIR_S_caller_kind);
	const char *work = NULL;

	for (uint32_t i = 0; i < n && work == NULL; i++)
		work = runtime_work(growth_place(p, frames[i])->function);
	return work == NULL && kind != WEIR_KIND_OTHER ? trace_view_kind_name(kind)
						       : work;
}

char *
growth_blame_text(char *buf, size_t size, struct growth_places *p, uint32_t site,
		  const struct growth_blame *b)
{
	const struct trace_view *v = growth_places_view(p);
	const char *runtime = v->head.tier == WEIR_TIER_PYTHON ? "Python" : "JavaScript";
	const char *work;

	if (site == 0) {
		show_format(buf, size, "(not attributed)");
	} else if (b->rank != GROWTH_BLAME_NONE) {
		growth_place_text(buf, size, growth_place(p, b->frame));
	} else if (trace_view_site(v, site, WEIR_S_caller_kind) == WEIR_KIND_MMAP &&
		   trace_view_site(v, site, WEIR_S_stack) == 0) {
		show_format(buf, size, "(mapped before weir looked)");
	} else {
		work = work_of(p, site);
		/* A script may well be on a stack whose scripts are not read. */
		if (v->head.tier == WEIR_TIER_NATIVE)
			show_format(buf, size, "(no line is known%s%s)",
				    work != NULL ? ": " : "", work != NULL ? work : "");
		else
			show_format(buf, size, "(no %s on the stack%s%s)", runtime,
				    work != NULL ? ": " : "", work != NULL ? work : "");
	}
	return buf;
}
