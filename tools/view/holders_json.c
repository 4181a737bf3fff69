/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir holders` for programs.
 */
#include <stdlib.h>

#include "tools/text/json.h"
#include "tools/view/holders_view.h"

static const char *const kinds[] = {
#define X(id, name) name,
	HEAPSNAP_TARGETS(X)
#undef X
};

static const char *const nodes[] = {
#define X(id, name) name,
	HEAPSNAP_NODE_TYPES(X)
#undef X
		"unknown",
};

static const char *const edges[] = {
#define X(id, name) name,
	HEAPSNAP_EDGE_TYPES(X)
#undef X
		"unknown",
};

static void
print_edge_name(struct json *j, const struct holders_view *v,
		const struct holders_step *s)
{
	if (s->edge_name == HOLDERS_INDEX)
		json_null(j, "edge");
	else
		json_string(j, "edge",
			    s->edge_name == HOLDERS_PAIR ? "(as key of a WeakMap)"
			    : s->edge_name == HOLDERS_KEY
				    ? "(any key)"
				    : holders_name(v->names, s->edge_name));
}

static void
print_steps(struct json *j, const struct holders_view *v, uint32_t shape)
{
	const struct holders *h = v->holders;
	uint32_t n = h->steps[shape].depth, at = shape;
	uint32_t *path = calloc((size_t)n + 1, sizeof(*path));

	for (uint32_t i = n; path != NULL && i > 0; i--, at = h->steps[at].before)
		path[i - 1] = at;
	json_open(j, "path", '[');
	for (uint32_t i = 0; path != NULL && i < n; i++) {
		const struct holders_step *s = &h->steps[path[i]];

		json_open(j, NULL, '{');
		json_string(j, "edge_type", edges[s->edge_type]);
		print_edge_name(j, v, s);
		json_string(j, "node_type", nodes[s->node_type]);
		json_string(j, "node", holders_name(v->names, s->node_name));
		if (s->again > 0)
			json_u64(j, "steps_again", s->again);
		json_close(j, '}');
	}
	json_close(j, ']');
	free(path);
}

static void
print_link(struct json *j, const struct holders_view *v, const struct holders_group *g)
{
	static const char *const links[] = {
		[HOLDERS_NO_LINK] = "none",
		[HOLDERS_BY_SIZE] = "size",
		[HOLDERS_BY_SIZES] = "size of several lines",
		[HOLDERS_BY_TYPE] = "type",
	};
	const struct holders_line *l;

	json_string(j, "link", links[g->link]);
	json_bool(j, "link_sure", g->link == HOLDERS_BY_SIZE);
	if (g->line == HEAPSNAP_NONE) {
		json_null(j, "line");
		return;
	}
	l = &v->lines[g->line];
	json_string(j, "line", v->model->groups[l->place].name);
	json_u64(j, "line_blocks", l->count);
	json_u64(j, "line_block_bytes", l->size);
}

static void
print_group(struct json *j, const struct holders_view *v, const struct holders_group *g)
{
	json_open(j, NULL, '{');
	json_string(j, "kind", kinds[g->kind]);
	json_u64(j, "count", g->count);
	json_u64(j, "bytes", g->bytes);
	json_bool(j, "estimated", g->sampled);
	json_u64(j, "least_bytes", g->least);
	json_u64(j, "most_bytes", g->most);
	json_u64(j, "example_id", g->example);
	json_u64(j, "views", g->views);
	print_link(j, v, g);
	if (g->shape == HOLDERS_NOWHERE) {
		json_null(j, "way");
		json_null(j, "path");
	} else {
		char *way = holders_way(v, g->shape);

		json_string(j, "way", way);
		free(way);
		print_steps(j, v, g->shape);
	}
	json_close(j, '}');
}

static void
print_most(struct json *j, const struct holders_view *v)
{
	const struct holders_most *most = &v->holders->most;
	char *way, name[128];

	if (most->bytes == 0) {
		json_null(j, "most");
		return;
	}
	json_open(j, "most", '{');
	json_u64(j, "bytes", most->bytes);
	json_u64(j, "of_bytes", most->total);
	json_bool(j, "estimated", v->holders->sampled);
	way = holders_way(v, most->shape);
	json_string(j, "way", way);
	free(way);
	print_steps(j, v, most->shape);
	if (most->next != HOLDERS_NOWHERE) {
		json_string(j, "next",
			    holders_what(v, &v->holders->steps[most->next],
					 most->next_count > 1, name, sizeof(name)));
		json_u64(j, "next_count", most->next_count);
		json_bool(j, "next_count_at_least", most->at_least);
	}
	json_close(j, '}');
}

void
holders_json_print(const struct holders_view *v, FILE *out)
{
	const struct heapsnap_targets *t = v->targets;
	size_t shown = 0;
	struct json j;

	json_begin(&j, out);
	json_open(&j, NULL, '{');
	json_string(&j, "file", v->file);
	json_string(&j, "sidecar", v->sidecar);
	json_u64(&j, "objects", v->snap->n_nodes);
	json_u64(&j, "heap_bytes", t->heap_bytes);
	json_u64(&j, "array_buffers", t->count[HEAPSNAP_TARGET_BUFFER]);
	json_u64(&j, "array_buffer_bytes", t->bytes[HEAPSNAP_TARGET_BUFFER]);
	json_u64(&j, "array_buffers_left_out", t->left_out);
	json_u64(&j, "external_strings", t->count[HEAPSNAP_TARGET_STRING]);
	json_string(&j, "line_asked", v->line);
	json_bool(&j, "line_linked", v->line != NULL && !v->unlinked);
	print_most(&j, v);
	json_open(&j, "groups", '[');
	for (size_t i = 0; i < v->holders->n_groups && shown < v->top; i++)
		if (holders_view_shows(v, &v->holders->groups[i])) {
			print_group(&j, v, &v->holders->groups[i]);
			shown++;
		}
	json_close(&j, ']');
	json_close(&j, '}');
	json_end(&j);
}
