/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files that read a trace, and nobody else: trace_load.c opens it, trace_view.c has the
 * head and the checks, trace_exit.c the state before an exit, trace_parts.c the records, trace_source.c
 * the bytes. Functions return 0 or -errno with a sentence in `why`, and leave it to trace_view_free to
 * release.
 */
#ifndef TOOLS_TRACE_READ_H
#define TOOLS_TRACE_READ_H

#include "tools/read/trace_view.h"

/* The bytes, in memory or in a file. */
struct trace_source {
	const unsigned char *memory; /* NULL: read `fd` */
	int fd;
	uint64_t size;
};
int trace_source_read(const struct trace_source *src, uint64_t at, void *to, size_t n);

/* All of it, once over: -EAGAIN when the writer was quicker. Of a process that freed everything to
 * exit, the state before: */
int trace_read_last(struct trace_view *v, const struct trace_source *src,
		    char why[TRACE_VIEW_WHY]);
/* ... or the newest, whatever it says. */
int trace_read_newest(struct trace_view *v, const struct trace_source *src,
		      char why[TRACE_VIEW_WHY]);

/* `file` and `head`, into an empty view. */
int trace_read_head(struct trace_view *v, const struct trace_source *src,
		    char why[TRACE_VIEW_WHY]);

/* What v->head counts: all parts; only the sites; only the costs. */
int trace_read_parts(struct trace_view *v, const struct trace_source *src,
		     char why[TRACE_VIEW_WHY]);
int trace_read_sites(struct trace_view *v, const struct trace_source *src,
		     char why[TRACE_VIEW_WHY]);
int trace_read_costs(struct trace_view *v, const struct trace_source *src,
		     char why[TRACE_VIEW_WHY]);

/* The head before `v->head`, and its sites, if those of an exit are all but gone. */
int trace_read_step_back(struct trace_view *v, const struct trace_source *src);

#endif
