/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace of a sidecar (weir/trace.h) in memory: checked, copied, reached by index. The file is
 * untrusted: after a load every index and count that lies in it is in range, every string ends,
 * and a stack has no cycle, so that those who show it need not look again. Text is still
 * foreign: print it through show_clean or json_string.
 */
#ifndef TOOLS_TRACE_VIEW_H
#define TOOLS_TRACE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weir/stats.h"
#include "weir/trace.h"

#define TRACE_VIEW_MAX_FILE (64u << 20)
#define TRACE_VIEW_WHY	    160

/* Rows of a ring that are whole, oldest first. Points follow a row: trace_view_points. */
struct trace_ring {
	const struct weir_trace_row **rows;
	uint32_t n;
	uint64_t written; /* ever: more than n means that older ones were replaced */
};

struct trace_view {
	struct weir_stats_header file; /* its strings are terminated */
	struct weir_trace_head head;
	const char *strings;
	uint32_t n_strings; /* bytes */
	struct weir_trace_module *modules;
	uint32_t n_modules;
	struct weir_trace_thread *threads;
	uint32_t n_threads;
	struct weir_trace_frame *frames;
	uint32_t n_frames;
	struct weir_trace_node *nodes;
	uint32_t n_nodes;
	uint64_t (*sites)[WEIR_N_SITE_FIELDS];
	uint32_t n_sites;
	uint64_t *then_count; /* before_exit: blocks that had come by then; else NULL */
	struct trace_ring rings[WEIR_N_TRACE_PARTS]; /* of the other parts: empty */
	struct weir_trace_cost *costs;
	uint32_t n_costs;
	bool cut;	  /* the file ends before what its head counts */
	bool exited;	  /* the process left by exit() */
	bool before_exit; /* head and sites are of the write before the last: see below */
	void *memory[11 + 2 * WEIR_N_TRACE_PARTS]; /* owned */
	unsigned n_memory;
};

/*
 * A runtime that leaves by exit() first frees nearly all it has, and the last write finds nothing:
 * who held the memory is in the write before, and that is what is taken then. What was allocated is as
 * the last write has it.
 *
 * The bytes of a whole file. Returns 0, and trace_view_free releases; or with a sentence in `why`:
 * -EINVAL (not a sidecar), -ENOTSUP (of another layout), -ENODATA (no trace in it, or nothing
 * written yet), -EBADMSG (damaged), -ENOMEM.
 */
int trace_view_parse(struct trace_view *v, const void *bytes, size_t n,
		     char why[TRACE_VIEW_WHY]);

/*
 * The same for a file, which must be a regular one and no symbolic link, at most
 * TRACE_VIEW_MAX_FILE long. While the writer is at work it is read until nothing moved meanwhile
 * (else -EAGAIN). Also -errno of open and read.
 */
int trace_view_load(struct trace_view *v, int dir, const char *path,
		    char why[TRACE_VIEW_WHY]);

/* The same, but always of the newest head, also if the exit has freed all before it. */
int trace_view_load_newest(struct trace_view *v, int dir, const char *path,
			   char why[TRACE_VIEW_WHY]);

/* Only the headers and what stacks cost, which is cheap: `file`, `head`, `costs`. Results as of load. */
int trace_view_peek(struct trace_view *v, int dir, const char *path,
		    char why[TRACE_VIEW_WHY]);

/* What was written last holds until now, a time since 1970: a last row, and the head's instant moved. */
void trace_view_hold(struct trace_view *v, uint64_t now_unix_ns);

void trace_view_free(struct trace_view *v);

/* The text at this offset, "" if there is none. */
const char *trace_view_string(const struct trace_view *v, uint32_t offset);

/* Frame ids of a node's stack, innermost first; how many. */
uint32_t trace_view_stack(const struct trace_view *v, uint64_t node,
			  uint32_t frames[WEIR_TRACE_MAX_DEPTH]);

/* NULL: a native frame of no module that is known. */
const struct weir_trace_module *trace_view_module(const struct trace_view *v,
						  const struct weir_trace_frame *f);

static inline uint64_t
trace_view_site(const struct trace_view *v, uint32_t site, enum weir_site_field field)
{
	return site < v->n_sites ? v->sites[site][field] : 0;
}

/* Whether a worker of the runtime asked there, whose isolate is not the main one. */
static inline bool
trace_view_is_workers(const struct trace_view *v, uint32_t site)
{
	uint64_t thread = trace_view_site(v, site, WEIR_S_thread);

	return thread < v->n_threads && v->threads[thread].isolate != 0 &&
	       !v->threads[thread].is_main;
}

static inline uint64_t
trace_view_workers_majors(const struct trace_view *v)
{
	const struct weir_trace_head *h = &v->head;

	return h->major_gcs > h->main_major_gcs ? h->major_gcs - h->main_major_gcs : 0;
}

/* So many ran at the same time: a row is another's once its thread has ended. */
static inline uint32_t
trace_view_workers_at_once(const struct trace_view *v)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < v->n_threads; i++)
		n += v->threads[i].isolate != 0 && !v->threads[i].is_main;
	return n;
}

static inline const struct trace_ring *
trace_view_ring(const struct trace_view *v, enum weir_trace_part_id part)
{
	return &v->rings[part];
}

/* Blocks that had been allocated when what is live was. */
static inline uint64_t
trace_view_then_count(const struct trace_view *v, uint32_t site)
{
	return v->then_count != NULL ? v->then_count[site]
				     : trace_view_site(v, site, WEIR_S_alloc_count);
}

/* `n_points` of the row; largest first as the writer had them. */
static inline const struct weir_trace_point *
trace_view_points(const struct weir_trace_row *row)
{
	return (const struct weir_trace_point *)(row + 1);
}

/* The point of this site, or NULL: it was not among the largest then. */
const struct weir_trace_point *trace_view_point(const struct weir_trace_row *row,
						uint32_t site);

const char *trace_view_tier(const struct trace_view *v);
const char *trace_view_kind_name(uint64_t caller_kind); /* "backing_store", ... */
const char *trace_view_drop_name(enum weir_trace_drop drop);
const char *trace_view_drop_meaning(enum weir_trace_drop drop);

#endif
