/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source maps and symbol tables, kept by file. Called by growth_place.c only.
 */
#include "tools/names/growth_files.h"

#include <stdlib.h>
#include <string.h>

#include "tools/text/tell.h"

/* Scripts of a large program; beyond them a script is shown as it ran. */
#define MAX_SCRIPTS 4096

struct script {
	char *path;
	struct sourcemap *map; /* NULL: none */
};

struct growth_files {
	uint64_t started_unix_ns;
	struct script *scripts;
	size_t n_scripts;
	struct symbolize *symbols; /* NULL until asked for */
};

struct growth_files *
growth_files_new(uint64_t started_unix_ns)
{
	struct growth_files *f = calloc(1, sizeof(*f));

	if (f == NULL)
		tell_no_memory();
	f->started_unix_ns = started_unix_ns;
	f->scripts = calloc(MAX_SCRIPTS, sizeof(*f->scripts));
	if (f->scripts == NULL)
		tell_no_memory();
	return f;
}

void
growth_files_free(struct growth_files *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n_scripts; i++) {
		free(f->scripts[i].path);
		sourcemap_free(f->scripts[i].map);
	}
	free(f->scripts);
	symbolize_free(f->symbols);
	free(f);
}

static const struct sourcemap *
map_of(struct growth_files *f, const char *path)
{
	struct script *s;

	for (size_t i = 0; i < f->n_scripts; i++)
		if (strcmp(f->scripts[i].path, path) == 0)
			return f->scripts[i].map;
	if (f->n_scripts == MAX_SCRIPTS)
		return NULL;
	s = &f->scripts[f->n_scripts++];
	s->path = strdup(path);
	if (s->path == NULL)
		tell_no_memory();
	s->map = sourcemap_load(path, f->started_unix_ns);
	return s->map;
}

bool
growth_files_map(struct growth_files *f, const char *script, uint32_t line,
		 uint32_t column, struct sourcemap_place *place)
{
	const struct sourcemap *m = script[0] == '/' ? map_of(f, script) : NULL;

	return m != NULL && sourcemap_find(m, line, column, place);
}

bool
growth_files_symbol(struct growth_files *f, const struct weir_trace_module *m,
		    const char *path, uint64_t address, struct symbolize_place *place)
{
	if (f->symbols == NULL)
		f->symbols = symbolize_new();
	return symbolize_find(f->symbols, path, m->build_id, m->build_id_bytes, address,
			      place);
}
