/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes HTML to a stream. Text that comes from a sidecar goes through report_html_text or
 * report_html_print and nothing else, so that no name of a file or function can become markup.
 */
#ifndef TOOLS_REPORT_HTML_H
#define TOOLS_REPORT_HTML_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Text or the value of a quoted attribute: cleaned as for a terminal, then escaped. */
void report_html_text(FILE *out, const char *text);

/* The formatted text through report_html_text. Cut after 1,000 bytes. */
void report_html_print(FILE *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* JSON for a <script>: nothing in it can end the element. */
void report_html_json(FILE *out, const char *json, size_t n);

/* One of the findings: its headline follows, then the body, which may begin with a sentence, and the end. */
void report_html_finding(FILE *out, const char *class);
void report_html_finding_body(FILE *out, const char *meaning);
void report_html_finding_end(FILE *out);

/*
 * A table with its caption. `align` has 'l' or 'r' for each column, `more` classes of the table
 * ("sortable", "cards", "" or several). Rows and cells follow, then report_html_table_end.
 */
struct report_table {
	FILE *out;
	const char *const *heading;
	const char *align;
	unsigned column;
};

void report_html_table(struct report_table *t, FILE *out, const char *caption,
		       const char *more, const char *align, const char *const *heading);
void report_html_table_end(struct report_table *t);

/* The next cell in reading order: text; a value with its raw number, which sorts. */
void report_html_cell(struct report_table *t, const char *text);
void report_html_value(struct report_table *t, double raw, const char *text);

void report_html_bytes(struct report_table *t, uint64_t bytes);
void report_html_count(struct report_table *t, uint64_t count);
void report_html_percent(struct report_table *t, uint64_t part, uint64_t whole);

/* A cell whose content the caller writes between the two. */
void report_html_cell_open(struct report_table *t);
void report_html_cell_close(struct report_table *t);

#endif
