/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table for people: rows of cells, columns as wide as their widest cell. The first row is
 * the heading. Single-threaded; exits through tell_no_memory when memory runs out.
 */
#ifndef TOOLS_TABLE_H
#define TOOLS_TABLE_H

#include <stdio.h>

#define TABLE_MAX_COLUMNS 16

struct table;

/* `align`: 'l' or 'r' for each column, e.g. "lrr". */
struct table *table_new(const char *align);

/* The next cell of the table, in reading order; empty text is an empty cell. */
void table_cell(struct table *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The whole heading row at once. */
void table_heading(struct table *t, const char *const *names);

size_t table_rows(const struct table *t);

/* Every row on `out` behind `indent` spaces; then the table is gone. */
void table_print(struct table *t, FILE *out, int indent);

void table_free(struct table *t);

#endif
