/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cells side by side. Called by the frame of `weir top`; the widths are of this file alone.
 */
#include "tools/view/top/top_columns.h"

#include <string.h>

#include "tools/text/show.h"
#include "tools/view/top/top_frame.h"
#include "tools/view/top/top_text.h"

#define CLASS_ALL  64 /* columns that a class takes whole */
#define LEAST_NAME 12 /* columns for the name of a site, before others get any */

/* Columns before the name, most important first; each is shown if the ones before it are. */
enum site_column {
	COLUMN_LIVE,
	COLUMN_GROWTH,
	COLUMN_VERDICT,
	COLUMN_COUNT,
	COLUMN_ALLOCATED,
	N_SITE_COLUMNS
};

static const struct {
	const char *name;
	int width; /* with the gap behind it */
	int from;  /* columns of the screen from which on it is shown */
	bool left;
	int sort; /* enum top_sort that it shows, or -1 */
} site_columns[N_SITE_COLUMNS] = {
	{"LIVE", 11, 0, false, TOP_BY_LIVE},
	{"GROWTH", 14, 36, false, TOP_BY_GROWTH},
	{"VERDICT", 12, 60, true, -1},
	{"COUNT", 9, 76, false, TOP_BY_COUNT},
	{"ALLOCATED", 12, 100, false, TOP_BY_ALLOCATED},
};

static size_t
cell(char *text, size_t at, int i, const char *value)
{
	int width = site_columns[i].width - 2;

	show_format(text + at, TOP_LINE_MAX - at,
		    site_columns[i].left ? "%-*.*s  " : "%*.*s  ", width, width, value);
	return strlen(text);
}

void
top_columns_site_heading(char *text, int columns, enum top_sort sort)
{
	size_t at = 0;
	char name[32];

	for (int i = 0; i < N_SITE_COLUMNS; i++) {
		if (columns < site_columns[i].from)
			continue;
		show_format(name, sizeof(name), "%s%s",
			    site_columns[i].sort == (int)sort ? "*" : "",
			    site_columns[i].name);
		at = cell(text, at, i, name);
	}
	show_format(text + at, TOP_LINE_MAX - at, "SITE");
}

void
top_columns_site(char *text, int columns, bool utf8, const struct top_site *s)
{
	char v[SHOW_VALUE], values[N_SITE_COLUMNS][SHOW_VALUE];
	size_t at = 0;

	show_bytes(values[COLUMN_LIVE], s->live_bytes);
	if (s->slope < 1)
		show_format(values[COLUMN_GROWTH], SHOW_VALUE, "-");
	else
		show_format(values[COLUMN_GROWTH], SHOW_VALUE, "+%s/s",
			    show_bytes(v, (uint64_t)s->slope));
	show_format(values[COLUMN_VERDICT], SHOW_VALUE, "%s", s->verdict);
	show_count(values[COLUMN_COUNT], s->live_count);
	show_bytes(values[COLUMN_ALLOCATED], s->alloc_bytes);
	for (int i = 0; i < N_SITE_COLUMNS; i++)
		if (columns >= site_columns[i].from)
			at = cell(text, at, i, values[i]);
	top_text_place(text + at, TOP_LINE_MAX - at, s->name,
		       columns > (int)at + LEAST_NAME ? (size_t)columns - at : LEAST_NAME,
		       utf8);
}

void
top_columns_class_heading(char *text, int columns)
{
	show_format(text, TOP_LINE_MAX, "%9s %9s %7s %7s%s", "SIZE", "REUSED", "LIVE",
		    "CACHED", columns < CLASS_ALL ? "" : " ROUNDING     PEAK    BLOCKS");
}

void
top_columns_class(char *text, int columns, const struct sidecar *s, uint32_t row)
{
	uint64_t requested = sidecar_class(s, row, WEIR_K_requested_bytes), held;
	uint64_t rounding = sidecar_class(s, row, WEIR_K_rounding_bytes);
	char a[SHOW_VALUE], b[SHOW_VALUE], c[SHOW_VALUE], d[SHOW_VALUE], e[SHOW_VALUE];
	char f[SHOW_VALUE], g[SHOW_VALUE];

	if (__builtin_add_overflow(requested, rounding, &held))
		held = UINT64_MAX;
	show_bytes(a, sidecar_class(s, row, WEIR_K_capacity_bytes));
	show_percent(b, sidecar_class(s, row, WEIR_K_hits),
		     sidecar_class(s, row, WEIR_K_gets));
	show_count(c, sidecar_class(s, row, WEIR_K_live));
	show_count(d, sidecar_class(s, row, WEIR_K_cached));
	if (columns < CLASS_ALL) {
		show_format(text, TOP_LINE_MAX, "%9s %9s %7s %7s", a, b, c, d);
		return;
	}
	show_percent(e, rounding, held);
	show_count(f, sidecar_class(s, row, WEIR_K_live_peak));
	show_count(g, sidecar_class(s, row, WEIR_K_gets));
	show_format(text, TOP_LINE_MAX, "%9s %9s %7s %7s %9s %8s %9s", a, b, c, d, e, f,
		    g);
}
