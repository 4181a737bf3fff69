/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of code that `weir top` shows: the trace's sites by blamed line, with their verdicts.
 */
#ifndef TOOLS_TOP_SITES_H
#define TOOLS_TOP_SITES_H

#include "tools/model/growth_headline.h"
#include "tools/read/trace_view.h"

#define TOP_SITE_NAME 512

enum top_sort { TOP_BY_LIVE, TOP_BY_GROWTH, TOP_BY_COUNT, TOP_BY_ALLOCATED, TOP_N_SORTS };

struct top_site {
	char name[TOP_SITE_NAME]; /* "remember leak.mjs:12:15"; foreign text */
	const char *verdict;
	bool held; /* the verdict that asks for something to be done */
	uint64_t live_bytes, live_count, alloc_bytes;
	double slope; /* bytes a second */
};

struct top_sites {
	struct top_site *sites;
	size_t n;
	char headline[GROWTH_HEADLINE]; /* "" without a trace */
	enum growth_mood mood;
};

/* `v` NULL: no sites. `runs`: the process does. Exits through tell_no_memory. */
void top_sites_make(struct top_sites *s, const struct trace_view *v, bool runs);
void top_sites_sort(struct top_sites *s, enum top_sort sort);
void top_sites_free(struct top_sites *s);

#endif
