/* SPDX-License-Identifier: Apache-2.0 */
/*
 * V8's sampling heap profile, which Chrome DevTools and VS Code open: a tree of script frames with
 * the bytes that each allocated itself. Called by cmd_export.c.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/text/json.h"
#include "tools/text/tell.h"
#include "tools/view/export/export.h"

struct node {
	uint32_t frame; /* of the trace, or UINT32_MAX with `name` */
	const char *name;
	uint32_t first_child, next; /* 0: none; node 0 is the root */
	int64_t self_bytes;
};

struct tree {
	struct node *nodes;
	uint32_t n, capacity;
};

static uint32_t
child(struct tree *t, uint32_t parent, uint32_t frame, const char *name)
{
	for (uint32_t i = t->nodes[parent].first_child; i != 0; i = t->nodes[i].next)
		if (t->nodes[i].frame == frame &&
		    (name == NULL || strcmp(t->nodes[i].name, name) == 0))
			return i;
	if (t->n == t->capacity) {
		t->capacity *= 2;
		t->nodes = reallocarray(t->nodes, t->capacity, sizeof(*t->nodes));
		if (t->nodes == NULL)
			tell_no_memory();
	}
	t->nodes[t->n] = (struct node){
		.frame = frame, .name = name, .next = t->nodes[parent].first_child};
	t->nodes[parent].first_child = t->n;
	return t->n++;
}

static void
add_site(struct tree *t, const struct export_job *job, uint32_t site)
{
	uint32_t frames[WEIR_TRACE_MAX_DEPTH], at = 0;
	uint32_t n = export_script_stack(job->view, site, frames);
	const struct trace_view *trace = job->view->trace;
	int64_t bytes = job->amounts[site][job->value].bytes;

	if (bytes <= 0)
		return;
	if (site == 0)
		at = child(t, 0, UINT32_MAX, "(not attributed)");
	else if (n == 0)
		at = child(t, 0, UINT32_MAX,
			   trace_view_kind_name(
				   trace_view_site(trace, site, WEIR_S_caller_kind)));
	while (n-- > 0)
		at = child(t, at, frames[n], NULL);
	t->nodes[at].self_bytes += bytes;
}

static void
open_node(struct json *j, const char *key, const struct export_job *job,
	  const struct tree *t, uint32_t i)
{
	const struct node *node = &t->nodes[i];
	char name[1024], url[1100];
	const struct growth_place *p =
		node->name == NULL ? growth_place(job->view->places, node->frame) : NULL;

	json_open(j, key, '{');
	json_open(j, "callFrame", '{');
	json_string(j, "functionName",
		    p != NULL ? export_frame_name(name, sizeof(name), p) : node->name);
	json_string(j, "scriptId", "0");
	/* Paths become URLs, as DevTools has them. */
	if (p != NULL && p->script && p->file[0] == '/')
		snprintf(url, sizeof(url), "file://%.1000s", p->file);
	else
		snprintf(url, sizeof(url), "%.1000s", p != NULL ? p->file : "");
	json_string(j, "url", url);
	/* Counted from 0 there. */
	json_i64(j, "lineNumber", p != NULL ? (int64_t)p->line - 1 : -1);
	json_i64(j, "columnNumber", p != NULL ? (int64_t)p->column - 1 : -1);
	json_close(j, '}');
	json_i64(j, "selfSize", node->self_bytes);
	json_u64(j, "id", (uint64_t)i + 1);
	json_open(j, "children", '[');
}

/* Not deeper than WEIR_TRACE_MAX_DEPTH. */
static void
put_node(struct json *j, const char *key, const struct export_job *job,
	 const struct tree *t, uint32_t i)
{
	open_node(j, key, job, t, i);
	for (uint32_t k = t->nodes[i].first_child; k != 0; k = t->nodes[k].next)
		put_node(j, NULL, job, t, k);
	json_close(j, ']');
	json_close(j, '}');
}

void
export_heapprofile(const struct export_job *job, FILE *out)
{
	struct tree t = {.n = 1, .capacity = 64};
	struct json j;

	t.nodes = calloc(t.capacity, sizeof(*t.nodes));
	if (t.nodes == NULL)
		tell_no_memory();
	t.nodes[0] = (struct node){.frame = UINT32_MAX, .name = "(root)"};
	for (uint32_t site = 0; site < job->view->trace->n_sites; site++)
		add_site(&t, job, site);
	json_begin(&j, out);
	json_open(&j, NULL, '{');
	put_node(&j, "head", job, &t, 0);
	json_open(&j, "samples", '[');
	for (uint32_t i = 0; i < t.n; i++) {
		if (t.nodes[i].self_bytes == 0)
			continue;
		json_open(&j, NULL, '{');
		json_i64(&j, "size", t.nodes[i].self_bytes);
		json_u64(&j, "nodeId", (uint64_t)i + 1);
		json_u64(&j, "ordinal", (uint64_t)i + 1);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	json_end(&j);
	free(t.nodes);
}
