/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first lines of `weir top`: which process, its memory, its rates. Where the screen is narrow
 * they go on in the next line.
 */
#include "tools/view/attached.h"
#include "tools/view/top/top_head.h"

#include <stdlib.h>
#include <string.h>

#include "tools/model/growth_trend.h"
#include "tools/read/script_name.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"
#include "tools/view/top/top_text.h"

#define UNTOUCHED_WORTH (16u << 20)
#define SPARK_LEAST	8
#define SPARK_MOST	60

/* The next line, its text cut to the width; false when there is no room left. */
void
top_head_add(struct top_layout *l, enum top_style style, const char *text)
{
	struct top_line *line;

	if (l->room <= 0)
		return;
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
}

/* The longest that fits of what there is to say of the process. */
void
top_head_title(struct top_layout *l)
{
	const struct locate_entry *e = &l->m->entry;
	const char *life = locate_life_text(e->life);
	int pid = (int)e->sidecar.header.pid;
	char text[TOP_LINE_MAX], age[SHOW_VALUE], name[SCRIPT_NAME_BYTES];

	script_name(&e->sidecar, name);
	show_duration(age, locate_age_ns(&e->sidecar));
	show_format(text, sizeof(text), "weir top: %s, process %d, %s, written %s ago",
		    name, pid, life, age);
	if (show_width(text) > (size_t)l->view->columns)
		show_format(text, sizeof(text), "%s, process %d, %s", name, pid, life);
	if (show_width(text) > (size_t)l->view->columns)
		show_format(text, sizeof(text), "%d %s, written %s ago", pid, life, age);
	if (show_width(text) > (size_t)l->view->columns)
		show_format(text, sizeof(text), "%d %s", pid, life);
	top_head_add(l, TOP_TITLE, text);
	if (attached_text(text, &e->sidecar.header,
			  e->sidecar.slot.unix_ns + locate_age_ns(&e->sidecar)))
		top_head_add(l, TOP_PLAIN, text);
	if (!top_model_alive(l->m))
		top_head_add(l, TOP_BAD,
			     l->m->has_trace && l->m->trace.before_exit
				     ? "ended: its state just before that is below"
				     : "ended: its last state is below");
	if (l->m->note[0] != '\0') {
		show_format(text, sizeof(text), "not the newest state: %s", l->m->note);
		top_head_add(l, TOP_BAD, text);
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

/* Parts of a line that go on in the next one where the screen is too narrow. */
struct flow {
	struct top_layout *l;
	char text[TOP_LINE_MAX];
};

static void
flow_end(struct flow *f)
{
	if (f->text[0] != '\0')
		top_head_add(f->l, TOP_PLAIN, f->text);
	f->text[0] = '\0';
}

static size_t
flow_left(const struct flow *f)
{
	size_t used = show_width(f->text), all = (size_t)f->l->view->columns;

	return used + 2 < all ? all - used - 2 : 0;
}

static void
flow_add(struct flow *f, const char *part)
{
	size_t used;

	if (f->text[0] != '\0' && show_width(part) > flow_left(f))
		flow_end(f);
	used = strlen(f->text);
	show_format(f->text + used, sizeof(f->text) - used, "%s%s", used > 0 ? "  " : "",
		    part);
}

static void
flow_bytes(struct flow *f, const char *what, uint64_t bytes)
{
	char text[64], v[SHOW_VALUE];

	show_format(text, sizeof(text), "%s %s", what, show_bytes(v, bytes));
	flow_add(f, text);
}

static void
add_limit(struct flow *f, const struct top_model *m, double slope)
{
	char text[96], limit[SHOW_VALUE], eta[SHOW_VALUE];
	double left = growth_eta(m->rss.rss_bytes, m->limit_bytes, slope);

	if (m->limit_bytes == 0)
		return;
	show_bytes(limit, m->limit_bytes);
	if (top_model_alive(m) && slope > 1 && left >= 0 && left < 1e9)
		show_format(text, sizeof(text), "limit %s in %s", limit,
			    show_duration(eta, (uint64_t)(left * 1e9)));
	else
		show_format(text, sizeof(text), "limit %s", limit);
	flow_add(f, text);
}

static void
add_rss(struct top_layout *l)
{
	const struct top_model *m = l->m;
	double slope = 0;
	bool measured = top_model_rss_slope(m, &slope);
	struct flow f = {.l = l};
	char spark[TOP_LINE_MAX], s[SHOW_VALUE];
	size_t width;

	if (m->rss.rss_bytes != 0)
		flow_bytes(&f, "RSS", m->rss.rss_bytes);
	else
		flow_add(&f, "RSS not recorded");
	if (measured)
		flow_add(&f, slope_text(s, slope));
	add_limit(&f, m, slope);
	width = flow_left(&f);
	if (width >= SPARK_LEAST && m->n_history > 1) {
		top_text_spark(spark, sizeof(spark), m->history, m->n_history,
			       width < SPARK_MOST ? width : SPARK_MOST, l->view->utf8);
		flow_add(&f, spark);
	}
	flow_end(&f);
}

static const char *
top_name(const char *part)
{
	return strcmp(part, "script") == 0    ? "V8 heap"
	       : strcmp(part, "next") == 0    ? "own allocator"
	       : strcmp(part, "unsplit") == 0 ? "rest"
					      : part;
}

static void
add_split(struct top_layout *l)
{
	const struct resident *r = &l->m->rss;
	uint64_t asked = l->m->asked_bytes;
	struct resident_row rows[WEIR_N_MEMORY_PARTS];
	struct flow f = {.l = l};
	char text[64], v[SHOW_VALUE];
	size_t n;

	if (r->rss_bytes == 0)
		return;
	n = resident_rows(r, rows);
	/* Of a process that weir only looks at nothing is lent or kept by it: its blocks are the next allocator's. */
	const bool served = l->m->entry.sidecar.header.attached_unix_ns == 0;
	for (size_t i = served ? 0 : 2; i < n; i++) {
		flow_bytes(&f, top_name(rows[i].name), rows[i].bytes);
		/* Pages that nobody has touched yet take no memory; an older look has not seen the last. */
		if (i > 0 || r->age_ns != 0 || asked / 5 * 4 <= r->live_bytes ||
		    asked - r->live_bytes <= UNTOUCHED_WORTH)
			continue;
		show_format(text, sizeof(text), "(%s asked for)", show_bytes(v, asked));
		flow_add(&f, text);
	}
	flow_end(&f);
}

void
top_head_memory(struct top_layout *l)
{
	add_rss(l);
	add_split(l);
}

/* What is going on, in as many lines as it takes. */
void
top_head_headline(struct top_layout *l)
{
	const char *at = l->sites->headline;
	enum top_style style = l->sites->mood == GROWTH_BAD ? TOP_BAD : TOP_PLAIN;
	size_t width = (size_t)l->view->columns;
	char text[TOP_LINE_MAX];

	while (*at != '\0') {
		size_t n = strlen(at);

		if (n > width) {
			for (n = width; n > 0 && at[n] != ' '; n--)
				;
			n = n > 0 ? n : width;
		}
		show_format(text, sizeof(text), "%.*s", (int)n, at);
		top_head_add(l, style, text);
		at += n + strspn(at + n, " ");
	}
}

void
top_head_rates(struct top_layout *l)
{
	const struct top_rates *r = &l->m->rates;
	struct derive_totals sum = derive_totals(&l->m->entry.sidecar);
	struct flow f = {.l = l};
	char text[96], v[SHOW_VALUE];

	show_format(text, sizeof(text), "%s%.*f large blocks/s",
		    r->since_start ? "on average " : "", r->requests < 10 ? 1 : 0,
		    r->requests);
	flow_add(&f, text);
	show_format(text, sizeof(text), "%s/s",
		    show_bytes(v, (uint64_t)(r->bytes < 1e18 ? r->bytes : 1e18)));
	flow_add(&f, text);
	show_format(text, sizeof(text), "%s used again",
		    show_percent(v, sum.recycled, sum.gets));
	flow_add(&f, text);
	if (l->m->has_trace && l->m->trace.head.gc_known != 0) {
		show_format(text, sizeof(text), "major GCs %.1f/min", r->major_gcs * 60);
		flow_add(&f, text);
	}
	if (l->m->has_trace && l->m->trace.head.tier == WEIR_TIER_V8_PARTLY)
		flow_add(&f, "frames v8-partly: weir growth says why");
	flow_end(&f);
}
