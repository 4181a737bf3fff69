/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folded stacks: "outer;inner bytes", a line a site, as flamegraph.pl, inferno and speedscope read
 * them. Called by cmd_export.c. What has no value above 0 has no line.
 */
#include <inttypes.h>
#include <stdio.h>

#include "tools/text/show.h"
#include "tools/view/export/export.h"

/* Separators within a name would make frames of it. */
static void
put_name(const struct growth_place *p, FILE *out)
{
	char text[1024], clean[2048];

	growth_place_text(text, sizeof(text), p);
	show_clean(clean, sizeof(clean), text);
	for (const char *c = clean; *c != '\0'; c++)
		putc(*c == ';' ? ',' : *c, out);
}

void
export_folded(const struct export_job *job, FILE *out)
{
	const struct trace_view *t = job->view->trace;
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];

	for (uint32_t site = 0; site < t->n_sites; site++) {
		uint32_t n = trace_view_stack(t, trace_view_site(t, site, WEIR_S_stack),
					      frames);
		int64_t bytes = job->amounts[site][job->value].bytes;

		if (bytes <= 0)
			continue;
		if (site == 0)
			fputs("(not attributed)", out);
		else if (n == 0)
			fprintf(out, "(no stack: %s)",
				trace_view_kind_name(
					trace_view_site(t, site, WEIR_S_caller_kind)));
		while (n-- > 0) {
			put_name(growth_place(job->view->places, frames[n]), out);
			if (n > 0)
				putc(';', out);
		}
		fprintf(out, " %" PRId64 "\n", bytes);
	}
}
