/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lays out `weir top`: the process, its memory, then as many sites and size classes as there is
 * room for. Narrow screens lose columns, low ones lose lines, from the least important on.
 */
#include "tools/view/top/top_frame.h"

#include <stdlib.h>

#include "tools/text/show.h"
#include "tools/view/top/top_columns.h"
#include "tools/view/top/top_head.h"

#define LOW_ROWS   16 /* below: one line of memory, no rates, no empty lines */
#define ONCE_SITES 20

static const struct {
	const char *keys, *meaning;
} key_rows[] = {
	{"q", "quit"},
	{"l", "sort lines by live bytes"},
	{"g", "sort by growth a second"},
	{"n", "sort by number of live blocks"},
	{"a", "sort by bytes allocated, ever"},
	{"s", "next order"},
	{"space", "look again now"},
	{"p", "pause, go on"},
	{"h ?", "this help"},
};

/* Sites on `rows` lines, the heading among them. */
static void
add_sites(struct top_layout *l, int rows)
{
	char text[TOP_LINE_MAX];
	size_t n = l->sites->n, nothing = 0;

	if (!l->m->has_trace) {
		show_format(text, sizeof(text), "No lines: %s", l->m->why_no_trace);
		top_head_add(l, TOP_DIM, text);
		return;
	}
	if (n == 0) {
		top_head_add(l, TOP_DIM,
			     "No block that is traced has been allocated yet.");
		return;
	}
	top_columns_site_heading(text, l->view->columns, l->view->sort);
	top_head_add(l, TOP_HEADING, text);
	for (size_t i = 0; i < n && rows > 1; i++) {
		const struct top_site *s = &l->sites->sites[i];

		/* What was given back is told by its bytes, ever, alone. */
		if (s->live_bytes == 0 && l->view->sort != TOP_BY_ALLOCATED) {
			nothing++;
			continue;
		}
		rows--;
		top_columns_site(text, l->view->columns, l->view->utf8, s);
		top_head_add(l, s->held ? TOP_BAD : TOP_PLAIN, text);
	}
	if (nothing > 0 && rows > 1) {
		show_format(text, sizeof(text), "and %zu line%s hold%s nothing now",
			    nothing, nothing == 1 ? "" : "s", nothing == 1 ? "s" : "");
		top_head_add(l, TOP_DIM, text);
	}
}

static void
add_classes(struct top_layout *l, int rows)
{
	const struct sidecar *s = &l->m->entry.sidecar;
	char text[TOP_LINE_MAX];

	if (rows < 2)
		return;
	top_columns_class_heading(text, l->view->columns);
	top_head_add(l, TOP_HEADING, text);
	rows--;
	for (uint32_t i = 0; i < s->rows[WEIR_SECTION_CLASSES].records && rows > 0; i++) {
		if (!derive_class_used(s, i))
			continue;
		top_columns_class(text, l->view->columns, s, i);
		top_head_add(l, TOP_PLAIN, text);
		rows--;
	}
}

static int
n_classes(const struct sidecar *s)
{
	int n = 0;

	for (uint32_t i = 0; i < s->rows[WEIR_SECTION_CLASSES].records; i++)
		n += derive_class_used(s, i);
	return n;
}

static void
add_help(struct top_layout *l)
{
	char text[TOP_LINE_MAX];

	for (size_t i = 0; i < sizeof(key_rows) / sizeof(key_rows[0]); i++) {
		show_format(text, sizeof(text), "%5s  %s", key_rows[i].keys,
			    key_rows[i].meaning);
		top_head_add(l, TOP_PLAIN, text);
	}
	if (l->room < 3)
		return;
	top_head_add(l, TOP_PLAIN, "");
	top_head_add(l, TOP_PLAIN,
		     "live: in use; cached: free, kept by weir; rest: not weir's.");
	top_head_add(l, TOP_PLAIN,
		     "held: grows and survives collections. man weir has more.");
}

/* Sites get what they need up to two thirds of the room, classes the rest, an empty line between. */
static void
add_tables(struct top_layout *l, bool low)
{
	int room = l->room, classes = n_classes(&l->m->entry.sidecar), sites, wanted;

	if (l->view->rows == 0) {
		top_head_add(l, TOP_PLAIN, "");
		add_sites(l, ONCE_SITES + 1);
		top_head_add(l, TOP_PLAIN, "");
		add_classes(l, classes + 1);
		return;
	}
	if (!low && l->room > 0)
		top_head_add(l, TOP_PLAIN, "");
	room = l->room;
	wanted =
		l->sites->n == 0 ? 1 : (int)(l->sites->n < 1000 ? l->sites->n : 1000) + 1;
	sites = wanted;
	if (!low && wanted + 2 + classes > room)
		sites = wanted < room * 2 / 3 ? wanted : room * 2 / 3;
	add_sites(l, sites < room ? sites : room);
	if (classes == 0 || l->room < 3)
		return;
	if (!low)
		top_head_add(l, TOP_PLAIN, "");
	add_classes(l, l->room);
}

void
top_frame_make(struct top_frame *f, const struct top_model *m,
	       const struct top_sites *sites, const struct top_view *view)
{
	struct top_layout l = {.frame = f, .m = m, .sites = sites, .view = view};
	bool low = view->rows != 0 && view->rows < LOW_ROWS;
	bool foot = view->live && view->rows > 1;

	f->lines = NULL;
	f->n = 0;
	l.room = view->rows == 0 ? INT_MAX : view->rows - foot;
	top_head_title(&l);
	if (view->help) {
		add_help(&l);
	} else {
		top_head_memory(&l);
		if (!low)
			top_head_rates(&l);
		if (!low)
			top_head_headline(&l);
		add_tables(&l, low);
	}
	if (!foot)
		return;
	while (l.room > 0)
		top_head_add(&l, TOP_PLAIN, "");
	l.room = 1;
	top_head_add(&l, view->message != NULL ? TOP_BAD : TOP_DIM,
		     view->message != NULL ? view->message
		     : view->help	   ? "any key: back  q: quit"
					   : "q quit  s sort  p pause  h help");
}

void
top_frame_free(struct top_frame *f)
{
	free(f->lines);
	f->lines = NULL;
	f->n = 0;
}
