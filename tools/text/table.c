/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables for people: cells are kept as text until the widths are known. Called by the text
 * printers; never interprets a cell.
 */
#include "tools/text/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tools/text/show.h"
#include "tools/text/tell.h"

struct table {
	char align[TABLE_MAX_COLUMNS + 1];
	size_t n_columns;
	char **cells;
	size_t n_cells, room;
};

struct table *
table_new(const char *align)
{
	struct table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		tell_no_memory();
	snprintf(t->align, sizeof(t->align), "%s", align);
	t->n_columns = strlen(t->align);
	return t;
}

void
table_cell(struct table *t, const char *format, ...)
{
	va_list ap;

	if (t->n_cells == t->room) {
		t->room = t->room != 0 ? 2 * t->room : 64;
		t->cells = reallocarray(t->cells, t->room, sizeof(*t->cells));
		if (t->cells == NULL)
			tell_no_memory();
	}
	va_start(ap, format);
	if (vasprintf(&t->cells[t->n_cells], format, ap) < 0)
		tell_no_memory();
	va_end(ap);
	t->n_cells++;
}

void
table_heading(struct table *t, const char *const *names)
{
	for (size_t i = 0; i < t->n_columns; i++)
		table_cell(t, "%s", names[i]);
}

size_t
table_rows(const struct table *t)
{
	return t->n_cells / t->n_columns;
}

static void
print_row(const struct table *t, size_t row, const size_t *widths, FILE *out, int indent)
{
	size_t gap = (size_t)indent;

	for (size_t c = 0; c < t->n_columns; c++) {
		const char *cell = t->cells[row * t->n_columns + c];
		size_t pad = widths[c] - show_width(cell);

		if (t->align[c] == 'r')
			gap += pad;
		/* Trailing blanks are never printed: the gap waits for a cell. */
		if (*cell != '\0') {
			fprintf(out, "%*s%s", (int)gap, "", cell);
			gap = 0;
		}
		if (t->align[c] != 'r')
			gap += pad;
		gap += 2;
	}
	fputc('\n', out);
}

void
table_print(struct table *t, FILE *out, int indent)
{
	size_t widths[TABLE_MAX_COLUMNS] = {0};
	size_t n = table_rows(t) * t->n_columns;

	for (size_t i = 0; i < n; i++) {
		size_t w = show_width(t->cells[i]);

		if (w > widths[i % t->n_columns])
			widths[i % t->n_columns] = w;
	}
	for (size_t row = 0; row < table_rows(t); row++)
		print_row(t, row, widths, out, indent);
	table_free(t);
}

void
table_free(struct table *t)
{
	for (size_t i = 0; i < t->n_cells; i++)
		free(t->cells[i]);
	free(t->cells);
	free(t);
}
