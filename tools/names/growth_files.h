/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files on disk add to a frame: its place in the sources a script was made from, the symbol of
 * machine code. Opened once each. For growth_place.c.
 */
#ifndef TOOLS_GROWTH_FILES_H
#define TOOLS_GROWTH_FILES_H

#include "tools/names/sourcemap.h"
#include "tools/names/symbolize.h"
#include "tools/read/trace_view.h"

struct growth_files;

/* Exits through tell_no_memory. Scripts and maps changed since `started_unix_ns` are not believed. */
struct growth_files *growth_files_new(uint64_t started_unix_ns);
void growth_files_free(struct growth_files *f);

/* `place->file` lives as long as the files. */
bool growth_files_map(struct growth_files *f, const char *script, uint32_t line,
		      uint32_t column, struct sourcemap_place *place);

/*
 * False if the file proves that the place is not of it, but of what a loader made of it: it has no such line, or the
 * line no such column, or the text that runs names a map (`mapped`) and the file none.
 */
bool growth_files_fit(struct growth_files *f, const char *script, uint32_t line,
		      uint32_t column, bool mapped);

bool growth_files_symbol(struct growth_files *f, const struct weir_trace_module *m,
			 const char *path, uint64_t address,
			 struct symbolize_place *place);

#endif
