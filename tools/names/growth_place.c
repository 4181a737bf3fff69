/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames as places, made when first asked for. Called by blame and by every view; opens files only
 * if told that it may, and never fails for what it does not find there.
 */
#include "tools/names/growth_place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/names/growth_files.h"
#include "tools/names/url.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define MAX_PACKAGE 128

struct growth_places {
	const struct trace_view *v;
	struct growth_files *files;  /* NULL: none may be looked at */
	struct growth_place **known; /* by frame id */
	struct growth_place none;
};

const struct trace_view *
growth_places_view(const struct growth_places *p)
{
	return p->v;
}

struct growth_places *
growth_places_new(const struct trace_view *v, unsigned flags)
{
	struct growth_places *p = calloc(1, sizeof(*p));

	if (p == NULL)
		tell_no_memory();
	p->v = v;
	if ((flags & GROWTH_PLACE_FILES) != 0)
		p->files = growth_files_new(growth_started_unix(v));
	p->known = calloc((size_t)v->n_frames + 1, sizeof(struct growth_place *));
	if (p->known == NULL)
		tell_no_memory();
	p->none = (struct growth_place){.function = "",
					.file = "",
					.package = "",
					.kind = WEIR_FRAME_OPAQUE,
					.origin = GROWTH_SYSTEM};
	return p;
}

static void
free_place(struct growth_place *place)
{
	free((char *)(uintptr_t)place->function);
	free((char *)(uintptr_t)place->file);
	free((char *)(uintptr_t)place->package);
	free((char *)(uintptr_t)place->generated);
	free(place);
}

void
growth_places_free(struct growth_places *p)
{
	for (uint32_t i = 0; i < p->v->n_frames; i++)
		if (p->known[i] != NULL)
			free_place(p->known[i]);
	free(p->known);
	growth_files_free(p->files);
	free(p);
}

static char *
keep(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		tell_no_memory();
	return copy;
}

uint64_t
growth_started_unix(const struct trace_view *v)
{
	const struct weir_trace_head *h = &v->head;
	uint64_t ran =
		h->monotonic_ns > h->started_ns ? h->monotonic_ns - h->started_ns : 0;

	return h->unix_ns > ran ? h->unix_ns - ran : 0;
}

/* The place that a source map gives instead of the script's own. */
static void
follow_map(struct growth_places *p, struct growth_place *place)
{
	struct sourcemap_place to;

	if (p->files == NULL || place->origin == GROWTH_RUNTIME ||
	    !growth_files_map(p->files, place->file, place->line, place->column, &to))
		return;
	place->generated = place->file;
	place->generated_line = place->line;
	place->file = keep(to.file);
	place->line = to.line;
	place->column = place->exact ? to.column : 0;
	/* The generated file's lines mean nothing in the source. */
	place->definition_line = 0;
}

/* A line of what a loader made of the file in memory is none of the file's. */
static void
doubt(struct growth_places *p, const struct weir_trace_frame *f,
      struct growth_place *place)
{
	if (p->files == NULL || place->origin == GROWTH_RUNTIME || !place->exact ||
	    growth_files_fit(p->files, place->file, place->line, place->column,
			     (f->flags & WEIR_FRAME_MAPPED) != 0))
		return;
	place->made = true;
	place->generated = keep(place->file);
	place->generated_line = place->line;
	place->line = place->column = place->definition_line = 0;
	place->exact = false;
}

/* WebAssembly's exported functions are known by a number: as V8 calls them in its own traces. */
static char *
name_of_script_function(const char *function, const char *file)
{
	char name[64];

	if (strncmp(file, "wasm://", 7) != 0 || function[0] == '\0' ||
	    function[strspn(function, "0123456789")] != '\0')
		return keep(function);
	snprintf(name, sizeof(name), "wasm-function[%.12s]", function);
	return keep(name);
}

static void
make_script(struct growth_places *p, const struct weir_trace_frame *f,
	    struct growth_place *place)
{
	char package[MAX_PACKAGE];

	place->script = true;
	place->function = name_of_script_function(trace_view_string(p->v, f->function),
						  trace_view_string(p->v, f->file));
	place->file = url_path(trace_view_string(p->v, f->file));
	place->line = f->line;
	place->column = f->column;
	place->definition_line = f->definition_line;
	place->exact = (f->flags & WEIR_FRAME_EXACT_LINE) != 0;
	place->async = (f->flags & WEIR_FRAME_ASYNC) != 0;
	if (!place->exact && place->line == 0)
		place->line = f->definition_line;
	place->origin = growth_origin_of_script(place->file, package, sizeof(package));
	if ((f->flags & WEIR_FRAME_RUNTIME) != 0)
		place->origin = GROWTH_RUNTIME;
	follow_map(p, place);
	if (place->generated == NULL && f->kind != WEIR_FRAME_PYTHON)
		doubt(p, f, place);
	/* A bundle's dependencies are told apart by where they came from; a dependency's own map may name any file. */
	if (place->generated != NULL && !place->made && place->origin != GROWTH_PACKAGE)
		place->origin =
			growth_origin_of_script(place->file, package, sizeof(package));
	place->package = keep(package);
}

static void
find_symbol(struct growth_places *p, const struct weir_trace_frame *f,
	    const struct weir_trace_module *m, struct growth_place *place)
{
	struct symbolize_place found;

	/* A return address: the call is before it. */
	if (p->files == NULL || place->offset == 0 ||
	    !growth_files_symbol(p->files, m, place->file, place->offset - 1, &found))
		return;
	if (place->function[0] == '\0') {
		free((char *)(uintptr_t)place->function);
		place->function = keep(found.function);
	}
	if (found.file[0] != '\0' && found.line > 0) {
		free((char *)(uintptr_t)place->file);
		place->file = keep(found.file);
		place->line = found.line;
		place->column = found.column;
		place->exact = f->kind == WEIR_FRAME_NATIVE;
	}
}

static void
make_native(struct growth_places *p, const struct weir_trace_frame *f,
	    struct growth_place *place)
{
	const struct weir_trace_module *m = trace_view_module(p->v, f);
	char package[MAX_PACKAGE] = "";

	place->function = keep(trace_view_string(p->v, f->function));
	place->file = keep(m != NULL ? trace_view_string(p->v, m->path) : "");
	place->offset = m != NULL ? f->address - m->bias : f->address;
	place->origin = GROWTH_SYSTEM;
	if (m != NULL && f->kind == WEIR_FRAME_NATIVE)
		place->origin = growth_origin_of_module(place->file, p->v->file.exe,
							p->v->head.runtime != 0, package,
							sizeof(package));
	place->package = keep(package);
	if (m != NULL && f->kind == WEIR_FRAME_NATIVE)
		find_symbol(p, f, m, place);
}

const struct growth_place *
growth_place(struct growth_places *p, uint32_t frame)
{
	const struct weir_trace_frame *f;
	struct growth_place *place;

	if (frame >= p->v->n_frames)
		return &p->none;
	if (p->known[frame] != NULL)
		return p->known[frame];
	f = &p->v->frames[frame];
	place = calloc(1, sizeof(*place));
	if (place == NULL)
		tell_no_memory();
	place->kind = (enum weir_frame_kind)f->kind;
	switch (place->kind) {
	case WEIR_FRAME_JS:
	case WEIR_FRAME_JS_OPTIMIZED:
	case WEIR_FRAME_JS_INLINED:
	case WEIR_FRAME_PYTHON:
	case WEIR_FRAME_PERF_MAP:
		make_script(p, f, place);
		break;
	default:
		make_native(p, f, place);
		break;
	}
	p->known[frame] = place;
	return place;
}

char *
growth_place_text(char *buf, size_t size, const struct growth_place *p)
{
	const char *slash = strrchr(p->file, '/');

	if (p->script) {
		const char *name = p->function[0] != '\0' ? p->function : "(anonymous)";
		const char *file = p->file[0] != '\0' ? p->file : "(no file)";
		const char *async = p->async ? "async " : "";

		if (p->made)
			show_format(buf, size, "%s%s %s:?", async, name, file);
		else if (p->line == 0)
			show_format(buf, size, "%s%s %s", async, name, file);
		else if (!p->exact)
			show_format(buf, size, "%s%s %s:~%u", async, name, file, p->line);
		else if (p->column == 0)
			show_format(buf, size, "%s%s %s:%u", async, name, file, p->line);
		else
			show_format(buf, size, "%s%s %s:%u:%u", async, name, file,
				    p->line, p->column);
	} else if (p->function[0] != '\0' && p->line != 0) {
		show_format(buf, size, "%s %s:%u", p->function, p->file, p->line);
	} else if (p->function[0] != '\0') {
		show_format(buf, size, "%s %s", p->function,
			    slash != NULL ? slash + 1 : p->file);
	} else if (p->file[0] != '\0') {
		show_format(buf, size, "%s+0x%llx", slash != NULL ? slash + 1 : p->file,
			    (unsigned long long)p->offset);
	} else if (p->offset != 0) {
		show_format(buf, size, "0x%llx", (unsigned long long)p->offset);
	} else {
		show_format(buf, size, "(unknown)");
	}
	return buf;
}
