/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sites of a trace put together by line, function, file or what else is asked, with what they
 * added in a window of time, how old they are and the verdict. One place, so that `weir growth`, its
 * JSON, export and the other views agree. Exits through tell_no_memory.
 */
#ifndef TOOLS_GROWTH_MODEL_H
#define TOOLS_GROWTH_MODEL_H

#include "tools/model/growth_parts.h"
#include "tools/model/growth_rows.h"
#include "tools/model/growth_verdict.h"
#include "tools/names/growth_blame.h"

/* X(id, name) */
#define GROWTH_BYS(X)                                                                    \
	X(LINE, "line")                                                                  \
	X(FUNCTION, "function")                                                          \
	X(FILE, "file")                                                                  \
	X(PACKAGE, "package")                                                            \
	X(KIND, "kind")                                                                  \
	X(THREAD, "thread")                                                              \
	X(STACK, "stack")

enum growth_by {
#define X(id, name) GROWTH_BY_##id,
	GROWTH_BYS(X)
#undef X
		GROWTH_N_BYS
};

#define GROWTH_SORTS(X)                                                                  \
	X(LIVE, "live")                                                                  \
	X(ADDED, "added")                                                                \
	X(SLOPE, "slope")                                                                \
	X(ALLOC, "alloc")                                                                \
	X(COUNT, "count")                                                                \
	X(AGE, "age")

enum growth_sort {
#define X(id, name) GROWTH_SORT_##id,
	GROWTH_SORTS(X)
#undef X
		GROWTH_N_SORTS
};

/* Names of the two lists; NULL beyond them. */
const char *growth_by_name(unsigned by);
const char *growth_sort_name(unsigned sort);

struct growth_request {
	enum growth_by by;
	enum growth_sort sort;
	/* 0, 0: the default window. As the trace's clock has it. */
	uint64_t from_ns, to_ns;
	const struct weir_trace_row *a, *b; /* both: what changed from row a to row b */
};

struct growth_group {
	char *name;
	uint32_t
		site; /* of its sites, the one with most live bytes (then most allocated) */
	uint32_t n_sites;
	struct growth_blame blame; /* of that site */
	uint64_t live_bytes, live_count, peak_bytes;
	uint64_t mapped_bytes, mapped_count; /* of these, mappings of the host's own */
	uint64_t alloc_bytes, alloc_count;
	/*
	 * How many were seen: blocks that had come by the time live_count is of, and that live. Of small blocks
	 * these are samples: one of 100 bytes stands for 5000 blocks, and is one event.
	 */
	uint64_t came, stayed;
	int64_t added_bytes, added_count; /* live, from the window's begin to its end */
	uint64_t window_alloc_bytes;	  /* allocated within the window */
	double error;	       /* standard, of live_bytes, as a share of them; 0: exact */
	double age_gcs, age_s; /* mean over the live bytes */
	double eta_s;	       /* to the memory limit at its slope; < 0: never */
	struct growth_finding finding;
	uint64_t age_bytes[4];
	uint64_t first_ns, last_ns;
};

struct growth_model {
	const struct trace_view *v;
	struct growth_request request;
	struct growth_group *groups; /* sorted as asked; without site 0 */
	size_t n_groups;
	uint64_t from_ns, to_ns; /* the window in force, within what rows tell */
	uint64_t history_ns;	 /* how far back what is known reaches */
	bool older;		 /* the process ran before that */
	uint64_t unattributed_bytes, unattributed_count; /* site 0 */
	uint64_t live_bytes, live_count;		 /* over all sites */
	struct resident rss;
	enum growth_verdict rss_verdict; /* RETAINED, or HELD: nothing of weir's own */
	/* Of the parts but weir's two; if they are not known, of the rest, which is all of them. */
	struct growth_part parts[WEIR_N_MEMORY_PARTS];
	/* Mapped by the program itself, by now, since it last wrote who maps what, which is so old; 0: not known. */
	uint64_t behind_bytes, behind_ns;
	uint64_t limit_bytes; /* 0: none known */
	double eta_s;	      /* all held sites together */
};

/* `memory` may be NULL: then resident memory is as the last row has it. */
void growth_model_make(struct growth_model *m, struct growth_places *places,
		       const struct growth_request *request,
		       const struct resident *memory);
void growth_model_free(struct growth_model *m);

#endif
