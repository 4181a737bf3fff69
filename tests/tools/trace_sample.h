/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Builds sidecars with a trace (weir/trace.h) piece by piece, for the tests of what reads them,
 * and one that tells a story, whose numbers add up. The builder is not the shim's: it was
 * written from the layout alone.
 */
#ifndef TESTS_TOOLS_TRACE_SAMPLE_H
#define TESTS_TOOLS_TRACE_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weir/stats.h"
#include "weir/trace.h"

struct trace_sample;

/* The sidecar of sidecar_sample.h with a mailbox and an empty trace: site 0, thread 0. */
struct trace_sample *trace_sample_new(void);
void trace_sample_free(struct trace_sample *s);

uint32_t trace_sample_string(struct trace_sample *s, const char *text);
/* 1 + its index. */
uint16_t trace_sample_module(struct trace_sample *s, const char *path, uint64_t start,
			     uint64_t end);
uint32_t trace_sample_thread(struct trace_sample *s, uint32_t tid, const char *name,
			     uint32_t isolate);
uint32_t trace_sample_frame(struct trace_sample *s, const struct weir_trace_frame *f);
uint32_t trace_sample_js(struct trace_sample *s, const char *function, const char *file,
			 uint32_t line, uint32_t column);
/* One that waits (WEIR_FRAME_ASYNC). */
uint32_t trace_sample_async(struct trace_sample *s, const char *function,
			    const char *file, uint32_t line, uint32_t column, bool exact);
uint32_t trace_sample_native(struct trace_sample *s, uint16_t module, uint64_t address);
/* The node of a stack given innermost first. */
uint32_t trace_sample_stack(struct trace_sample *s, const uint32_t *frames, size_t n);
uint32_t trace_sample_site(struct trace_sample *s, uint32_t node, uint32_t caller_kind,
			   uint32_t thread);
uint64_t *trace_sample_field(struct trace_sample *s, uint32_t site,
			     enum weir_site_field field);

/* The next row of a ring, its ids filled, older ones overwritten as the writer does. */
struct weir_trace_row *trace_sample_row(struct trace_sample *s,
					enum weir_trace_part_id ring);
void trace_sample_point(struct weir_trace_row *row, struct weir_trace_point point);

/* The head in force (copy 1); changes to it and to the bytes are the test's own business. */
struct weir_trace_head *trace_sample_head(struct trace_sample *s);
struct weir_stats_header *trace_sample_header(struct trace_sample *s);
struct weir_stats_mailbox *trace_sample_mailbox(struct trace_sample *s);
void *trace_sample_part(struct trace_sample *s, enum weir_trace_part_id part);
const void *trace_sample_bytes(struct trace_sample *s, size_t *n);
uint64_t *trace_sample_counter(struct trace_sample *s, enum weir_counter counter);

/* Two minutes of a Node server, one row a second, a major GC every ten; marks "before", "after". */
#define STORY_SECONDS	 120
#define STORY_START_NS	 UINT64_C(1000000000)
#define STORY_START_UNIX UINT64_C(1700000000000000000)
#define STORY_SITES	 6
#define STORY_HELD	 1 /* remember /app/leak.mjs:12:15: 1 MB a second, never freed */
#define STORY_GC_LAG	 2 /* handle /app/server.mjs:40:9, worker: falls at each major GC */
#define STORY_PLATEAU	 3 /* put /app/cache.mjs:7:20: 20 MB from second 30 on */
#define STORY_DEPENDENCY 4 /* start /app/server.mjs:55:3 through node_modules: constant */
#define STORY_NATIVE	 5 /* libaddon.so, no JavaScript: held, slow */
void trace_sample_story(struct trace_sample *s);
/* The scripts in this folder instead of /app. */
void trace_sample_story_in(struct trace_sample *s, const char *root);

#endif
