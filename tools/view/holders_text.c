/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir holders` for people.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/text/show.h"
#include "tools/view/holders_view.h"

#define COLUMNS 100

void
holders_view_settle(struct holders_view *v)
{
	v->unlinked = v->line != NULL;
	for (size_t i = 0; v->unlinked && i < v->holders->n_groups; i++) {
		uint32_t line = v->holders->groups[i].line;

		if (line != HEAPSNAP_NONE && v->asked[v->lines[line].place])
			v->unlinked = false;
	}
}

/* What kinds of objects the blocks of the lines that are asked for may be. */
static bool
asks_for_kind(const struct holders_view *v, uint8_t kind)
{
	for (size_t i = 0; i < v->n_lines; i++)
		if (v->asked[v->lines[i].place] && v->lines[i].kind == kind)
			return true;
	return false;
}

bool
holders_view_shows(const struct holders_view *v, const struct holders_group *g)
{
	if (v->line == NULL)
		return true;
	if (v->unlinked)
		return g->line == HEAPSNAP_NONE && asks_for_kind(v, g->kind);
	return g->line != HEAPSNAP_NONE && v->asked[v->lines[g->line].place];
}

static void
print_head(const struct holders_view *v, FILE *out)
{
	const struct heapsnap_targets *t = v->targets;
	char name[1024], n[SHOW_VALUE], b[SHOW_VALUE];

	fprintf(out, "%s: %s objects, ", show_clean(name, sizeof(name), v->file),
		show_count(n, v->snap->n_nodes));
	fprintf(out, "%s on V8's heap\n", show_bytes(b, t->heap_bytes));
	fprintf(out, "outside of it: %s in %s ArrayBuffer%s",
		show_bytes(b, t->bytes[HEAPSNAP_TARGET_BUFFER]),
		show_count(n, t->count[HEAPSNAP_TARGET_BUFFER]),
		show_plural(t->count[HEAPSNAP_TARGET_BUFFER]));
	fprintf(out, ", %s external string%s",
		show_count(n, t->count[HEAPSNAP_TARGET_STRING]),
		show_plural(t->count[HEAPSNAP_TARGET_STRING]));
	if (t->bytes[HEAPSNAP_TARGET_STRING] > 0)
		fprintf(out, " of %s", show_bytes(b, t->bytes[HEAPSNAP_TARGET_STRING]));
	else if (t->count[HEAPSNAP_TARGET_STRING] > 0)
		fputs(" (this V8 does not tell their size)", out);
	fputc('\n', out);
	if (t->left_out > 0)
		fprintf(out,
			"%s ArrayBuffers below %s were too many to be looked at: %s\n",
			show_count(n, t->left_out), show_bytes(name, t->least),
			show_bytes(b, t->left_out_bytes));
}

/* The line that is asked for, as weir knows it. */
static void
print_lines(const struct holders_view *v, FILE *out)
{
	char name[1024], live[SHOW_VALUE], n[SHOW_VALUE];

	if (v->sidecar == NULL)
		return;
	fprintf(out, "lines: %s\n", show_clean(name, sizeof(name), v->sidecar));
	for (size_t i = 0; v->line != NULL && i < v->model->n_groups; i++) {
		const struct growth_group *g = &v->model->groups[i];

		if (!v->asked[i])
			continue;
		fprintf(out, "%s: %s live in %s block%s, %s\n",
			show_clean(name, sizeof(name), g->name),
			show_bytes(live, g->live_bytes), show_count(n, g->live_count),
			show_plural(g->live_count),
			growth_verdict_name(g->finding.verdict));
	}
	if (v->unlinked)
		fputs("No object of the snapshot can be told to be of that line by the "
		      "size of its blocks: they\nare of different sizes, or the snapshot "
		      "is of another time. Below are all objects of that\ntype that have "
		      "no other line's size; how many of them are its is not known.\n",
		      out);
}

static void
print_wrapped(const char *text, FILE *out)
{
	size_t column = 0;

	while (*text != '\0') {
		const char *end = strstr(text, " -> ");
		size_t len = end != NULL ? (size_t)(end - text) + 3 : strlen(text);

		if (column > 0 && column + len + 1 > COLUMNS) {
			fputs("\n  ", out);
			column = 0;
		}
		fprintf(out, "%s%.*s", column > 0 ? " " : "   ", (int)len, text);
		column += len + 1;
		text += len;
		text += *text == ' ';
	}
	fputc('\n', out);
}

/* What most hangs on, if that is one object. */
static void
print_most(const struct holders_view *v, FILE *out)
{
	char b[SHOW_VALUE], of[SHOW_VALUE], n[SHOW_VALUE], name[128];
	const struct holders_most *most = &v->holders->most;
	const char *about = v->holders->sampled ? "about " : "";
	uint32_t shape = most->shape;
	char *way;

	if (v->line != NULL || most->bytes == 0)
		return;
	fprintf(out, "\nMost of it hangs on one object: %s%s of %s", about,
		show_bytes(b, most->bytes), show_bytes(of, most->total));
	if (most->next != HOLDERS_NOWHERE) {
		shape = most->next;
		fprintf(out, ", behind %s%s %s", most->at_least ? "at least " : about,
			show_count(n, most->next_count),
			holders_what(v, &v->holders->steps[shape], most->next_count > 1,
				     name, sizeof(name)));
	}
	fputs("\n", out);
	way = holders_way(v, shape);
	print_wrapped(way, out);
	free(way);
}

static void
print_objects(const struct holders_view *v, const struct holders_group *g, size_t rank,
	      FILE *out)
{
	static const char *const words[] = {
#define X(id, name) name,
		HEAPSNAP_TARGETS(X)
#undef X
	};
	char n[SHOW_VALUE], b[SHOW_VALUE], least[SHOW_VALUE], most[SHOW_VALUE], name[128];
	const struct holders_step *s =
		g->shape != HOLDERS_NOWHERE ? &v->holders->steps[g->shape] : NULL;
	const char *what = words[g->kind], *plural = show_plural(g->count);
	const char *about = g->sampled ? "about " : "";

	if (g->kind == HEAPSNAP_TARGET_CLASS && s != NULL) {
		what = holders_what(v, s, g->count > 1, name, sizeof(name));
		plural = "";
	}
	fprintf(out, "\n%zu. %s%s %s%s", rank, about, show_count(n, g->count), what,
		plural);
	if (g->bytes > 0)
		fprintf(out, ", %s%s", about, show_bytes(b, g->bytes));
	if (g->most > 0 && g->least == g->most)
		fprintf(out, ", %s bytes%s", show_count(least, g->most),
			g->count > 1 ? " each" : "");
	else if (g->most > 0)
		fprintf(out, ", of %s to %s", show_bytes(least, g->least),
			show_bytes(most, g->most));
	if (s != NULL)
		fprintf(out, ", %u steps from the root", s->depth);
	fprintf(out, " (one: @%" PRIu32 ")\n", g->example);
}

static void
print_group(const struct holders_view *v, const struct holders_group *g, size_t rank,
	    FILE *out)
{
	char name[1024], n[SHOW_VALUE], m[SHOW_VALUE];

	print_objects(v, g, rank, out);
	if (g->shape == HOLDERS_NOWHERE) {
		fputs("   no root leads to them: garbage, or held by what is not in the "
		      "snapshot\n",
		      out);
	} else {
		char *way = holders_way(v, g->shape);

		print_wrapped(way, out);
		free(way);
	}
	if (g->views > 1)
		fprintf(out,
			"   up to %s Buffers or typed arrays are views of one of them: "
			"each "
			"keeps all of it\n",
			show_count(n, g->views));
	if (g->line != HEAPSNAP_NONE) {
		const struct holders_line *l = &v->lines[g->line];

		fprintf(out,
			"   allocated at %s: %s live block%s of %s bytes\n"
			"   linked %s\n",
			show_clean(name, sizeof(name), v->model->groups[l->place].name),
			show_count(n, l->count), show_plural(l->count),
			show_count(m, l->size), holders_link_meaning(g->link));
		holders_view_beyond(v, g->line, out);
	}
}

static void
print_classes(const struct holders_view *v, FILE *out)
{
	char n[SHOW_VALUE], step[SHOW_VALUE], name[256];

	for (unsigned i = 0; i < v->targets->n_classes; i++) {
		const struct heapsnap_class *c = &v->targets->classes[i];

		if (c->step > 1)
			fprintf(out,
				"Of %s %s one in %s was looked at, at random: "
				"\"about\" is what follows from these.\n",
				show_count(n, c->count),
				c->type == HEAPSNAP_OBJECT
					? show_clean(name, sizeof(name),
						     holders_name(v->names, c->name))
					: holders_type_word(c->type, true),
				show_count(step, c->step));
	}
}

void
holders_text_print(const struct holders_view *v, FILE *out)
{
	size_t shown = 0, more = 0;
	uint64_t more_bytes = 0;
	char n[SHOW_VALUE], b[SHOW_VALUE];

	print_head(v, out);
	print_lines(v, out);
	print_most(v, out);
	for (size_t i = 0; i < v->holders->n_groups; i++) {
		const struct holders_group *g = &v->holders->groups[i];

		if (!holders_view_shows(v, g))
			continue;
		if (shown < v->top) {
			print_group(v, g, ++shown, out);
		} else {
			more++;
			more_bytes += g->bytes;
		}
	}
	if (shown == 0)
		fputs("\nnothing of the kind is in the snapshot\n", out);
	if (more > 0 || v->holders->apart > 0)
		fprintf(out, "\nand %s other way%s, to %s (--top=N shows more)\n",
			show_count(n, more), show_plural(more),
			show_bytes(b, more_bytes + v->holders->apart_bytes));
	if (v->line == NULL)
		print_classes(v, out);
	if (v->holders->crowded)
		fputs("There are more ways than are kept apart: some end early.\n", out);
}
