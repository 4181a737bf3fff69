/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Escaping and tables of the report's page. Called by the report's parts; knows nothing of what
 * they show.
 */
#include "tools/view/report/report_html.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/text/show.h"
#include "tools/text/tell.h"

#define PRINT_MAX 1000

void
report_html_text(FILE *out, const char *text)
{
	size_t size = 4 * strlen(text) + 1; /* each byte as \xNN */
	char *clean = malloc(size);

	if (clean == NULL)
		tell_no_memory();
	show_clean(clean, size, text);
	for (const char *c = clean; *c != '\0'; c++) {
		switch (*c) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputc(*c, out);
		}
	}
	free(clean);
}

void
report_html_print(FILE *out, const char *format, ...)
{
	char text[PRINT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	report_html_text(out, text);
}

void
report_html_json(FILE *out, const char *json, size_t n)
{
	bool indent = false; /* between a line's end and its first word: left out */

	/* In JSON < > & stand in strings only, where \u is as good, and line ends never do. */
	for (size_t i = 0; i < n; i++) {
		indent = json[i] == '\n' || (indent && json[i] == ' ');
		if (json[i] == '<' || json[i] == '>' || json[i] == '&')
			fprintf(out, "\\u%04x", (unsigned char)json[i]);
		else if (!indent)
			fputc(json[i], out);
	}
}

void
report_html_table(struct report_table *t, FILE *out, const char *caption,
		  const char *more, const char *align, const char *const *heading)
{
	*t = (struct report_table){.out = out, .heading = heading, .align = align};
	fprintf(out,
		"<div class=\"scroll\"><table class=\"%s\"><caption>%s</caption>\n"
		"<thead><tr>",
		more, caption);
	for (size_t i = 0; align[i] != '\0'; i++)
		fprintf(out, "<th scope=\"col\"%s>%s</th>",
			align[i] == 'l' ? " class=\"l\"" : "", heading[i]);
	fputs("</tr></thead>\n<tbody>\n", out);
}

void
report_html_table_end(struct report_table *t)
{
	fputs("</tbody></table></div>\n", t->out);
}

static void
open_cell(struct report_table *t)
{
	if (t->column == 0)
		fputs("<tr>", t->out);
	fprintf(t->out, "<td data-label=\"%s\"%s", t->heading[t->column],
		t->align[t->column] == 'l' ? " class=\"l\"" : "");
}

void
report_html_cell_open(struct report_table *t)
{
	open_cell(t);
	fputc('>', t->out);
}

void
report_html_cell_close(struct report_table *t)
{
	fputs("</td>", t->out);
	if (t->align[++t->column] == '\0') {
		t->column = 0;
		fputs("</tr>\n", t->out);
	}
}

void
report_html_cell(struct report_table *t, const char *text)
{
	report_html_cell_open(t);
	report_html_text(t->out, text);
	report_html_cell_close(t);
}

void
report_html_value(struct report_table *t, double raw, const char *text)
{
	open_cell(t);
	fprintf(t->out, " data-v=\"%.17g\">", raw);
	report_html_text(t->out, text);
	report_html_cell_close(t);
}

void
report_html_bytes(struct report_table *t, uint64_t bytes)
{
	char v[SHOW_VALUE];

	report_html_value(t, (double)bytes, show_bytes(v, bytes));
}

void
report_html_count(struct report_table *t, uint64_t count)
{
	char v[SHOW_VALUE];

	report_html_value(t, (double)count, show_count(v, count));
}

void
report_html_percent(struct report_table *t, uint64_t part, uint64_t whole)
{
	char v[SHOW_VALUE];

	report_html_value(t, whole != 0 ? (double)part / (double)whole : -1,
			  show_percent(v, part, whole));
}

void
report_html_finding(FILE *out, const char *class)
{
	fprintf(out, "<li class=\"%s\"><strong>", class);
}

void
report_html_finding_body(FILE *out, const char *meaning)
{
	fputs("</strong>\n", out);
	if (meaning == NULL)
		return;
	fputs("<p>", out);
	report_html_text(out, meaning);
	fputs(".</p>\n", out);
}

void
report_html_finding_end(FILE *out)
{
	fputs("</li>\n", out);
}
