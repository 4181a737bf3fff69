/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of the two tables of `weir top`. A column is left out where the screen is too narrow
 * for it; the name of a site gets what remains.
 */
#ifndef TOOLS_TOP_COLUMNS_H
#define TOOLS_TOP_COLUMNS_H

#include "tools/model/top_sites.h"
#include "tools/read/sidecar.h"

/* Each writes at most TOP_LINE_MAX bytes. */
void top_columns_site_heading(char *text, int columns, enum top_sort sort);
void top_columns_site(char *text, int columns, bool utf8, const struct top_site *s);
void top_columns_class_heading(char *text, int columns);
void top_columns_class(char *text, int columns, const struct sidecar *s, uint32_t row);

#endif
