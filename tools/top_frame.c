/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lays out `weir top`: the process, its memory, then as many sites and size classes as there is
 * room for. Narrow screens lose columns, low ones lose lines, from the least important on.
 */
#include "tools/top_frame.h"

#include <stdlib.h>
#include <string.h>

#include "tools/show.h"
#include "tools/tell.h"
#include "tools/top_columns.h"
#include "tools/top_text.h"

#define LOW_ROWS   16 /* below: one line of memory, no rates, no empty lines */
#define ONCE_SITES 20

static const struct {
	const char *keys, *meaning;
} key_rows[] = {
	{"q", "quit"},
	{"l", "sort sites by live bytes"},
	{"g", "sort by growth a second"},
	{"n", "sort by number of live blocks"},
	{"a", "sort by bytes allocated, ever"},
	{"s", "next order"},
	{"space", "look again now"},
	{"p", "pause, go on"},
	{"h ?", "this help"},
};

struct layout {
	struct top_frame *frame;
	const struct top_model *m;
	const struct top_sites *sites;
	const struct top_view *view;
	int room; /* lines that may still be added */
};

/* The next line, its text cut to the width; false when there is no room left. */
static bool
add(struct layout *l, enum top_style style, const char *text)
{
	struct top_line *line;

	if (l->room <= 0)
		return false;
	l->room--;
	if ((l->frame->n & (l->frame->n - 1)) == 0) {
		size_t more = l->frame->n == 0 ? 1 : 2 * (size_t)l->frame->n;

		l->frame->lines =
			reallocarray(l->frame->lines, more, sizeof(*l->frame->lines));
		if (l->frame->lines == NULL)
			tell_no_memory();
	}
	line = &l->frame->lines[l->frame->n++];
	line->style = style;
	top_text_fit(line->text, sizeof(line->text), text, (size_t)l->view->columns,
		     l->view->utf8);
	return true;
}

static void
add_title(struct layout *l)
{
	const struct locate_entry *e = &l->m->entry;
	const char *slash = strrchr(e->sidecar.header.exe, '/');
	char text[TOP_LINE_MAX], age[SHOW_VALUE];

	show_format(text, sizeof(text), "weir top: %s, process %d, %s, written %s ago",
		    slash != NULL ? slash + 1 : e->sidecar.header.exe,
		    (int)e->sidecar.header.pid, locate_life_text(e->life),
		    show_duration(age, locate_age_ns(&e->sidecar)));
	add(l, TOP_TITLE, text);
	if (!top_model_alive(l->m))
		add(l, TOP_BAD,
		    e->life == LOCATE_EXITED
			    ? "The process has exited: this is its last state."
			    : "The process is gone: this is the last it wrote.");
	if (l->m->note[0] != '\0') {
		show_format(text, sizeof(text), "Not the newest state: %s", l->m->note);
		add(l, TOP_BAD, text);
	}
}

static char *
slope_text(char buf[SHOW_VALUE], double slope)
{
	char v[SHOW_VALUE];

	if (slope < 1 && slope > -1)
		show_format(buf, SHOW_VALUE, "0 B/s");
	else
		show_format(buf, SHOW_VALUE, "%c%s/s", slope < 0 ? '-' : '+',
			    show_bytes(v, (uint64_t)(slope < 0 ? -slope : slope)));
	return buf;
}

static void
add_rss(struct layout *l)
{
	const struct top_model *m = l->m;
	double slope = top_model_rss_slope(m);
	char text[TOP_LINE_MAX], spark[TOP_LINE_MAX], rss[SHOW_VALUE], s[SHOW_VALUE];
	char limit[SHOW_VALUE], eta[SHOW_VALUE], tail[128] = "";
	size_t width, used;

	if (m->limit_bytes != 0) {
		show_format(tail, sizeof(tail), "  limit %s",
			    show_bytes(limit, m->limit_bytes));
		used = strlen(tail);
		if (slope > 1 && m->limit_bytes > m->memory.rss_bytes)
			show_format(
				tail + used, sizeof(tail) - used, " in %s",
				show_duration(eta,
					      (uint64_t)((double)(m->limit_bytes -
								  m->memory.rss_bytes) /
							 slope * 1e9)));
	}
	show_format(text, sizeof(text), "RSS %s  %s%s ",
		    show_bytes(rss, m->memory.rss_bytes), slope_text(s, slope), tail);
	used = show_width(text);
	width = used + 10 > (size_t)l->view->columns ? 0
						     : (size_t)l->view->columns - used;
	top_text_spark(spark, sizeof(spark), m->history, m->n_history,
		       width < 60 ? width : 60, l->view->utf8);
	show_format(text + strlen(text), sizeof(text) - strlen(text), "%s", spark);
	add(l, TOP_PLAIN, text);
}

static void
add_split(struct layout *l)
{
	const struct top_model *m = l->m;
	uint64_t heap = m->js_heap_bytes < m->memory.rest_bytes ? m->js_heap_bytes
								: m->memory.rest_bytes;
	char text[TOP_LINE_MAX], a[SHOW_VALUE], b[SHOW_VALUE], c[SHOW_VALUE];
	char heap_text[64] = "";

	if (heap != 0)
		show_format(heap_text, sizeof(heap_text), "  V8 heap %s",
			    show_bytes(c, heap));
	show_format(text, sizeof(text), "live %s  cached %s%s  rest %s",
		    show_bytes(a, m->memory.live_bytes),
		    show_bytes(b, m->memory.cached_bytes), heap_text,
		    show_bytes((char[SHOW_VALUE]){0}, m->memory.rest_bytes - heap));
	add(l, TOP_PLAIN, text);
}

static void
add_rates(struct layout *l)
{
	const struct top_rates *r = &l->m->rates;
	struct derive_totals sum = derive_totals(&l->m->entry.sidecar);
	char text[TOP_LINE_MAX], bytes[SHOW_VALUE], hits[SHOW_VALUE], gcs[64] = "";

	if (l->m->has_trace && l->m->trace.head.gc_known != 0)
		show_format(gcs, sizeof(gcs), "  major GCs %.1f/min", r->major_gcs * 60);
	show_format(text, sizeof(text), "%s%.*f requests/s  %s/s  hit rate %s%s",
		    r->since_start ? "on average " : "", r->requests < 10 ? 1 : 0,
		    r->requests,
		    show_bytes(bytes, (uint64_t)(r->bytes < 1e18 ? r->bytes : 1e18)),
		    show_percent(hits, sum.recycled, sum.gets), gcs);
	add(l, TOP_PLAIN, text);
}

/* Sites on `rows` lines, the heading among them. */
static void
add_sites(struct layout *l, int rows)
{
	char text[TOP_LINE_MAX];
	size_t n = l->sites->n;

	if (!l->m->has_trace) {
		show_format(text, sizeof(text), "No sites: %s", l->m->why_no_trace);
		add(l, TOP_DIM, text);
		return;
	}
	if (n == 0) {
		add(l, TOP_DIM, "No block that is traced has been allocated yet.");
		return;
	}
	top_columns_site_heading(text, l->view->columns, l->view->sort);
	add(l, TOP_HEADING, text);
	for (size_t i = 0; i < n && (int)i < rows - 1; i++) {
		const struct top_site *s = &l->sites->sites[i];

		top_columns_site(text, l->view->columns, l->view->utf8, s);
		add(l, s->held ? TOP_BAD : TOP_PLAIN, text);
	}
}

static void
add_classes(struct layout *l, int rows)
{
	const struct sidecar *s = &l->m->entry.sidecar;
	char text[TOP_LINE_MAX];

	if (rows < 2)
		return;
	top_columns_class_heading(text, l->view->columns);
	add(l, TOP_HEADING, text);
	rows--;
	for (uint32_t i = 0; i < s->rows[WEIR_SECTION_CLASSES].records && rows > 0; i++) {
		if (!derive_class_used(s, i))
			continue;
		top_columns_class(text, l->view->columns, s, i);
		add(l, TOP_PLAIN, text);
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
add_help(struct layout *l)
{
	char text[TOP_LINE_MAX];

	for (size_t i = 0; i < sizeof(key_rows) / sizeof(key_rows[0]); i++) {
		show_format(text, sizeof(text), "%5s  %s", key_rows[i].keys,
			    key_rows[i].meaning);
		add(l, TOP_PLAIN, text);
	}
	if (l->room < 3)
		return;
	add(l, TOP_PLAIN, "");
	add(l, TOP_PLAIN, "live: in use; cached: free, kept by weir; rest: not weir's.");
	add(l, TOP_PLAIN, "held: grows and survives collections. man weir has more.");
}

/* Sites get what they need up to two thirds of the room, classes the rest, an empty line between. */
static void
add_tables(struct layout *l, bool low)
{
	int room = l->room, classes = n_classes(&l->m->entry.sidecar), sites, wanted;

	if (l->view->rows == 0) {
		add(l, TOP_PLAIN, "");
		add_sites(l, ONCE_SITES + 1);
		add(l, TOP_PLAIN, "");
		add_classes(l, classes + 1);
		return;
	}
	if (!low && l->room > 0)
		add(l, TOP_PLAIN, "");
	room = l->room;
	wanted =
		l->sites->n == 0 ? 1 : (int)(l->sites->n < 1000 ? l->sites->n : 1000) + 1;
	sites = wanted;
	if (!low && wanted + 2 + classes > room)
		sites = wanted < room * 2 / 3 ? wanted : room * 2 / 3;
	add_sites(l, sites < room ? sites : room);
	if (low || classes == 0 || l->room < 4)
		return;
	add(l, TOP_PLAIN, "");
	add_classes(l, l->room);
}

void
top_frame_make(struct top_frame *f, const struct top_model *m,
	       const struct top_sites *sites, const struct top_view *view)
{
	struct layout l = {.frame = f, .m = m, .sites = sites, .view = view};
	bool low = view->rows != 0 && view->rows < LOW_ROWS;
	bool foot = view->live && view->rows > 1;

	f->lines = NULL;
	f->n = 0;
	l.room = view->rows == 0 ? INT_MAX : view->rows - foot;
	add_title(&l);
	if (view->help) {
		add_help(&l);
	} else {
		add_rss(&l);
		add_split(&l);
		if (!low)
			add_rates(&l);
		add_tables(&l, low);
	}
	if (!foot)
		return;
	while (l.room > 0)
		add(&l, TOP_PLAIN, "");
	l.room = 1;
	add(&l, view->message != NULL ? TOP_BAD : TOP_DIM,
	    view->message != NULL ? view->message
	    : view->help	  ? "any key: back  q: quit"
				  : "q quit  s sort  p pause  h help");
}

void
top_frame_free(struct top_frame *f)
{
	free(f->lines);
	f->lines = NULL;
	f->n = 0;
}
