/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames and stacks for the report's flame view, root first, as JSON. Called by report_data.c.
 */
#include "tools/view/report/report.h"

#include <stdlib.h>

#include "tools/text/json.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define MAX_STACKS 1000 /* of the heaviest sites */

static unsigned
shade(const struct growth_place *p)
{
	if (p->origin == GROWTH_APP)
		return 0;
	if (p->origin == GROWTH_PACKAGE)
		return 1;
	return p->script ? 2 : 3;
}

/* Every frame of the stacks that are shown, numbered as they come. */
struct numbering {
	uint32_t *number; /* of a frame of the trace; 0: not yet, else 1 + its number */
	uint32_t *frames;
	uint32_t n;
};

static uint32_t
number_of(struct numbering *u, uint32_t frame)
{
	if (u->number[frame] == 0) {
		u->frames[u->n] = frame;
		u->number[frame] = ++u->n;
	}
	return u->number[frame] - 1;
}

struct weight {
	uint32_t site;
	uint64_t bytes;
};

static int
by_weight(const void *a, const void *b)
{
	const struct weight *x = a, *y = b;

	return x->bytes > y->bytes ? -1 : x->bytes < y->bytes;
}

static struct weight *
weigh(const struct trace_view *v, uint32_t n)
{
	struct weight *w = calloc((size_t)n + 1, sizeof(*w));

	if (w == NULL)
		tell_no_memory();
	for (uint32_t i = 0; i < n; i++) {
		/* Live bytes count first, but what only comes and goes counts too. */
		w[i].site = i;
		w[i].bytes = trace_view_site(v, i, WEIR_S_live_bytes) / 2 +
			     trace_view_site(v, i, WEIR_S_alloc_bytes) / 64;
	}
	qsort(w, n, sizeof(*w), by_weight);
	return w;
}

static int64_t
grown(const struct report *r, uint32_t site)
{
	const struct weir_trace_point *first =
		r->rows.n > 0 ? trace_view_point(r->rows.rows[0], site) : NULL;
	uint64_t then = first != NULL ? first->live_bytes : 0;

	return (int64_t)(trace_view_site(r->trace, site, WEIR_S_live_bytes) - then);
}

static void
print_stack(const struct report *r, uint32_t site, struct numbering *u, struct json *j)
{
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];
	uint32_t n = trace_view_stack(
		r->trace, trace_view_site(r->trace, site, WEIR_S_stack), frames);

	json_open(j, NULL, '{');
	json_open(j, "f", '[');
	while (n > 0)
		json_u64(j, NULL, number_of(u, frames[--n]));
	json_close(j, ']');
	json_u64(j, "live", trace_view_site(r->trace, site, WEIR_S_live_bytes));
	json_u64(j, "alloc", trace_view_site(r->trace, site, WEIR_S_alloc_bytes));
	json_i64(j, "growth", grown(r, site));
	json_close(j, '}');
}

static void
print_frame(const struct report *r, uint32_t frame, struct json *j)
{
	const struct growth_place *p = growth_place(r->places, frame);
	char text[REPORT_NAME_MAX], clean[REPORT_NAME_MAX], name[REPORT_NAME_MAX];

	json_open(j, NULL, '{');
	growth_place_text(text, sizeof(text), p);
	json_string(j, "n",
		    show_clean(clean, sizeof(clean), app_root_cut(r->root, name, text)));
	json_u64(j, "k", shade(p));
	json_close(j, '}');
}

void
report_stacks_print(const struct report *r, struct json *j)
{
	const struct trace_view *v = r->trace;
	uint32_t n_frames = v != NULL ? v->n_frames : 0, n = v != NULL ? v->n_sites : 0;
	struct weight *w = weigh(v, n);
	struct numbering u = {
		.number = calloc((size_t)n_frames + 1, sizeof(uint32_t)),
		.frames = calloc((size_t)n_frames + 1, sizeof(uint32_t)),
	};

	if (u.number == NULL || u.frames == NULL)
		tell_no_memory();
	json_open(j, "stacks", '[');
	for (uint32_t i = 0; i < n && i < MAX_STACKS && w[i].bytes > 0; i++)
		print_stack(r, w[i].site, &u, j);
	json_close(j, ']');
	json_open(j, "frames", '[');
	for (uint32_t i = 0; i < u.n; i++)
		print_frame(r, u.frames[i], j);
	json_close(j, ']');
	free(u.number);
	free(u.frames);
	free(w);
}
