/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A frame as a person knows it: function, file, line, whose code it is. Asked for by frame id and
 * kept, so that what is expensive (source maps, native symbols) is done once, and only for the
 * frames that are shown. Names stay foreign text: print them through show_clean or json_string.
 */
#ifndef TOOLS_GROWTH_PLACE_H
#define TOOLS_GROWTH_PLACE_H

#include <stdbool.h>

#include "tools/read/trace_view.h"

/* Whose code a frame is, for blame: the application's before anybody else's. */
enum growth_origin {
	GROWTH_APP,	/* the program's own scripts, or its own machine code */
	GROWTH_PACKAGE, /* a dependency: node_modules, site-packages, ... */
	GROWTH_RUNTIME, /* the runtime itself: node:internal/..., its executable */
	GROWTH_SYSTEM,	/* libc, the loader, weir, code that nobody names */
};

struct growth_place {
	const char *function; /* "" if it has no name or none is known */
	const char *file;     /* path or URL; of native code its module; "" unknown */
	uint32_t line, column;
	uint32_t definition_line;
	enum weir_frame_kind kind;
	bool script; /* JavaScript or Python, not machine code */
	bool exact;  /* line is of the call, not of the definition */
	bool async;  /* it waits for the frame before: line is of its `await` */
	enum growth_origin origin;
	const char *package;   /* dependency it is of, "" for the program's own */
	const char *generated; /* the file that was mapped to `file`, or NULL */
	uint32_t generated_line;
	bool made; /* what a loader made of `file` runs: its line there is generated_line, and nobody has the map */
	uint64_t offset; /* native: address in the module's file, else 0 */
};

/* When tracing began, by the clock of files; 0 if the file makes no sense. */
uint64_t growth_started_unix(const struct trace_view *v);

struct growth_places;

/*
 * GROWTH_PLACE_FILES: may read source maps beside the scripts, and the native modules' symbols.
 * Without it nothing but the trace is looked at. `v` must outlive the places. Exits through
 * tell_no_memory.
 */
#define GROWTH_PLACE_FILES 1
struct growth_places *growth_places_new(const struct trace_view *v, unsigned flags);
void growth_places_free(struct growth_places *p);

/* Never NULL; valid until the places are freed. */
const struct growth_place *growth_place(struct growth_places *p, uint32_t frame);

const struct trace_view *growth_places_view(const struct growth_places *p);

/* "remember /app/leak.mjs:12:15", "weir_x libaddon.so+0x1234", always terminated, not cleaned. */
char *growth_place_text(char *buf, size_t size, const struct growth_place *place);

/* The rules of `origin` and `package`, pure. `package` is cut to its size. */
enum growth_origin growth_origin_of_script(const char *file, char *package, size_t size);
enum growth_origin growth_origin_of_module(const char *path, const char *exe,
					   bool has_runtime, char *package, size_t size);

#endif
