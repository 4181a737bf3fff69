/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks into a checked struct trace_view: strings, stacks, points, and the names of its
 * enumerations; releases it. Called by everything that shows sites; total: any argument has an answer.
 */
#include "tools/read/trace_view.h"

#include <stdlib.h>
#include <string.h>

void
trace_view_free(struct trace_view *v)
{
	while (v->n_memory > 0)
		free(v->memory[--v->n_memory]);
	memset(v, 0, sizeof(*v));
}

const char *
trace_view_string(const struct trace_view *v, uint32_t offset)
{
	return offset < v->n_strings ? v->strings + offset : "";
}

uint32_t
trace_view_stack(const struct trace_view *v, uint64_t node,
		 uint32_t frames[WEIR_TRACE_MAX_DEPTH])
{
	uint32_t n = 0;

	/* A parent is smaller than its node: this ends. */
	while (node != 0 && node < v->n_nodes && n < WEIR_TRACE_MAX_DEPTH) {
		if (v->nodes[node].frame < v->n_frames)
			frames[n++] = v->nodes[node].frame;
		node = v->nodes[node].parent;
	}
	return n;
}

const struct weir_trace_module *
trace_view_module(const struct trace_view *v, const struct weir_trace_frame *f)
{
	return f->module == 0 || f->module > v->n_modules ? NULL
							  : &v->modules[f->module - 1];
}

const struct weir_trace_point *
trace_view_point(const struct weir_trace_row *row, uint32_t site)
{
	const struct weir_trace_point *points = trace_view_points(row);

	for (uint32_t i = 0; i < row->n_points; i++)
		if (points[i].site == site)
			return &points[i];
	return NULL;
}

const char *
trace_view_tier(const struct trace_view *v)
{
	static const char *const names[] = {
#define X(id, name, meaning) name,
		WEIR_TRACE_TIERS(X)
#undef X
	};

	return names[v->head.tier < WEIR_N_TRACE_TIERS ? v->head.tier : 0];
}

const char *
trace_view_kind_name(uint64_t caller_kind)
{
	static const char *const names[] = {
#define X(id, name, meaning) name,
		WEIR_KINDS(X)
#undef X
	};

	return names[caller_kind < WEIR_N_KINDS ? caller_kind : WEIR_KIND_OTHER];
}

const char *
trace_view_drop_name(enum weir_trace_drop drop)
{
	static const char *const names[] = {
#define X(name, meaning) #name,
		WEIR_TRACE_DROPS(X)
#undef X
	};

	return (unsigned)drop < WEIR_N_TRACE_DROPS ? names[drop] : "unknown";
}

const char *
trace_view_drop_meaning(enum weir_trace_drop drop)
{
	static const char *const meanings[] = {
#define X(name, meaning) meaning,
		WEIR_TRACE_DROPS(X)
#undef X
	};

	return (unsigned)drop < WEIR_N_TRACE_DROPS ? meanings[drop] : "";
}
