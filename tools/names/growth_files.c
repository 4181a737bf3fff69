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
	bool measured, names_map;
	uint32_t n_lines, *line_bytes; /* none: it cannot be read */
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
		free(f->scripts[i].line_bytes);
	}
	free(f->scripts);
	symbolize_free(f->symbols);
	free(f);
}

static struct script *
script_of(struct growth_files *f, const char *path)
{
	struct script *s;

	for (size_t i = 0; i < f->n_scripts; i++)
		if (strcmp(f->scripts[i].path, path) == 0)
			return &f->scripts[i];
	if (f->n_scripts == MAX_SCRIPTS)
		return NULL;
	s = &f->scripts[f->n_scripts++];
	s->path = strdup(path);
	if (s->path == NULL)
		tell_no_memory();
	s->map = sourcemap_load(path, f->started_unix_ns);
	return s;
}

bool
growth_files_map(struct growth_files *f, const char *script, uint32_t line,
		 uint32_t column, struct sourcemap_place *place)
{
	const struct script *s = script[0] == '/' ? script_of(f, script) : NULL;

	return s != NULL && s->map != NULL && sourcemap_find(s->map, line, column, place);
}

/* The bytes of a line's end at `at`: as V8 has them. 0: it goes on. */
static size_t
line_end(const char *at, size_t left)
{
	if (at[0] == '\r')
		return left > 1 && at[1] == '\n' ? 2 : 1;
	if (at[0] == '\n')
		return 1;
	return left > 2 && memcmp(at, "\xe2\x80", 2) == 0 &&
			       ((unsigned char)at[2] & 0xfe) == 0xa8
		       ? 3
		       : 0;
}

static void
measure(struct growth_files *f, struct script *s)
{
	size_t n, end, start = 0, lines = 1;
	char *text = sourcemap_script(s->path, f->started_unix_ns, &n);

	s->measured = true;
	if (text == NULL)
		return;
	s->names_map = sourcemap_is_named(text, n);
	for (size_t i = 0; i<n; i += end> 0 ? end : 1)
		lines += (end = line_end(text + i, n - i)) > 0;
	s->line_bytes = calloc(lines, sizeof(*s->line_bytes));
	if (s->line_bytes == NULL)
		tell_no_memory();
	for (size_t i = 0; i<n; i += end> 0 ? end : 1) {
		if ((end = line_end(text + i, n - i)) == 0)
			continue;
		s->line_bytes[s->n_lines++] = (uint32_t)(i - start);
		start = i + end;
	}
	s->line_bytes[s->n_lines++] = (uint32_t)(n - start);
	free(text);
}

bool
growth_files_fit(struct growth_files *f, const char *script, uint32_t line,
		 uint32_t column, bool mapped)
{
	struct script *s = script[0] == '/' ? script_of(f, script) : NULL;

	if (s == NULL || line == 0)
		return true;
	if (!s->measured)
		measure(f, s);
	if (s->n_lines == 0)
		return true;
	/* A character has at least one byte. */
	return (!mapped || s->names_map) && line <= s->n_lines &&
	       (column == 0 || column - 1 <= s->line_bytes[line - 1]);
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
