/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One stack of `weir growth`, innermost first, with lines of source. What is neither the program's own nor who is
 * blamed is folded. Called by growth_text.c; all foreign text goes through show_clean.
 */
#include <stdio.h>
#include <string.h>

#include "tools/names/app_root.h"
#include "tools/names/growth_source.h"
#include "tools/text/show.h"
#include "tools/view/growth_view.h"

#define SOURCE_LINE 160
#define MAX_OWNERS  4 /* that a folded run names */

/* Frames of a run that is not shown, and whose they are. */
struct fold {
	unsigned n, n_owners;
	const char *owners[MAX_OWNERS];
};

static void
print_source(const struct growth_view *v, const struct growth_place *p, FILE *out)
{
	char line[SOURCE_LINE], clean[4 * SOURCE_LINE];

	switch (growth_source_line(p->file, p->line, growth_started_unix(v->trace), line,
				   sizeof(line))) {
	case GROWTH_SOURCE_SHOWN:
		fprintf(out, "       %5u | %s\n", p->line,
			show_clean(clean, sizeof(clean), line));
		break;
	case GROWTH_SOURCE_NEWER:
		fputs("             (the file changed since the process began)\n", out);
		break;
	case GROWTH_SOURCE_GONE:
		fputs("             (the file is not here)\n", out);
		break;
	case GROWTH_SOURCE_NONE:
		break;
	}
}

static const char *
owner_of(const struct growth_place *p)
{
	return p->origin == GROWTH_PACKAGE   ? p->package
	       : p->origin == GROWTH_RUNTIME ? "the runtime"
					     : "the system";
}

static void
fold_add(struct fold *f, const struct growth_place *p)
{
	const char *owner = owner_of(p);

	f->n++;
	for (unsigned i = 0; i < f->n_owners; i++)
		if (strcmp(f->owners[i], owner) == 0)
			return;
	if (f->n_owners < MAX_OWNERS)
		f->owners[f->n_owners++] = owner;
}

static void
fold_print(const struct fold *f, FILE *out)
{
	char clean[256];

	fprintf(out, "     (%u frames of ", f->n);
	for (unsigned i = 0; i < f->n_owners; i++)
		fprintf(out, "%s%s",
			i == 0		       ? ""
			: i + 1 == f->n_owners ? " and "
					       : ", ",
			show_clean(clean, sizeof(clean), f->owners[i]));
	fputs(")\n", out);
}

/* Whole: only machine code of the runtime and of the system. */
static bool
is_foldable(const struct growth_view *v, const struct growth_group *g,
	    const struct growth_place *p, const char *package)
{
	switch (p->origin) {
	case GROWTH_APP:
		return false;
	case GROWTH_PACKAGE:
		/* In a stack that has nothing of the program's, each dependency shows where it was entered. */
		return !v->whole_stacks && (g->blame.rank == GROWTH_BLAME_APP ||
					    strcmp(package, p->package) == 0);
	default:
		return !v->whole_stacks || !p->script;
	}
}

static void
print_frame(const struct growth_view *v, const struct growth_place *p, bool blamed,
	    FILE *out)
{
	char text[1024], clean[2048], cut[APP_ROOT_MAX];

	growth_place_text(text, sizeof(text), p);
	fprintf(out, "  %s  %s%s\n", blamed ? ">" : " ",
		show_clean(clean, sizeof(clean), app_root_cut(v->root, cut, text)),
		p->script && !p->exact && p->line != 0 ? " (line of the definition)"
						       : "");
	if (p->made) {
		fprintf(out,
			"             (line %u of what a loader made of this file, which "
			"has no map of it)\n",
			p->generated_line);
		/* Measured: Node's own types are blanks, a build's map is followed; tsx has all on one line. */
		if (blamed && p->origin == GROWTH_APP)
			fputs("             to see the line: run the file with node "
			      "itself (22.18 "
			      "and later read TypeScript), or what\n"
			      "             esbuild --sourcemap or tsc --sourceMap makes "
			      "of it\n",
			      out);
	} else if (p->generated != NULL) {
		fprintf(out, "             (from %s:%u)\n",
			show_clean(clean, sizeof(clean),
				   app_root_cut(v->root, cut, p->generated)),
			p->generated_line);
	}
	if (v->read_sources && p->script && p->origin != GROWTH_RUNTIME)
		print_source(v, p, out);
}

void
growth_stack_print(const struct growth_view *v, const struct growth_group *g, FILE *out)
{
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];
	uint32_t n = trace_view_stack(
		v->trace, trace_view_site(v->trace, g->site, WEIR_S_stack), frames);
	const char *package = "";
	uint32_t run = 0;

	for (uint32_t i = 0; i<n; i += run> 0 ? run : 1) {
		struct fold fold = {0};
		const struct growth_place *p = NULL;

		for (run = 0; i + run < n; run++) {
			p = growth_place(v->places, frames[i + run]);
			if ((g->blame.rank != GROWTH_BLAME_NONE &&
			     i + run == g->blame.depth) ||
			    !is_foldable(v, g, p, package))
				break;
			fold_add(&fold, p);
		}
		if (run > 1) {
			fold_print(&fold, out);
			continue;
		}
		p = growth_place(v->places, frames[i]);
		if (p->origin == GROWTH_PACKAGE)
			package = p->package;
		print_frame(v, p,
			    g->blame.rank != GROWTH_BLAME_NONE && i == g->blame.depth,
			    out);
	}
	if (n == WEIR_TRACE_MAX_DEPTH)
		fputs("     (deeper frames were not kept)\n", out);
}
