/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing the tables into the sidecar: the face of this folder for the shim's clock. One thread at
 * a time (the clock's work lock), but for weir_trace_still. A write that fails is tried again the
 * next time; until all of it is down, the head before stays in force.
 */
#ifndef TRACE_PUBLISH_H
#define TRACE_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weir/trace.h"

/* Memory figures of the process that go into rows. */
struct weir_trace_facts {
	uint64_t rss_bytes, live_bytes, live_count, alloc_bytes, cached_bytes,
		limit_bytes;
	uint64_t monotonic_ns, unix_ns;
	/* As in struct weir_trace_row; part_bytes NULL: nobody has looked. */
	uint64_t account_ns, next_used_bytes, next_used_ns;
	const uint64_t *part_bytes;
	/* The process ends: a row only if there is none, for runtimes free all they have before. */
	bool last;
};

/* Where the area goes: `write` takes offsets from its start and answers 0 or -errno. */
struct weir_trace_sink {
	int (*write)(void *context, uint64_t offset, const void *from, size_t bytes);
	void *context;
};

/* Whether there is anything to write at all, and how long the area is. */
bool weir_trace_on(void);
uint64_t weir_trace_area_bytes(void);

/* Copies what has changed of the sites, while the shim's counts stand still. */
void weir_trace_still(void);

/* Writes what weir_trace_still saw and the rows that are due. 0 or -errno. */
int weir_trace_publish(const struct weir_trace_facts *facts,
		       const struct weir_trace_sink *sink);

/* A row waits to be written though nothing may have changed since. */
bool weir_trace_due(void);

/* A row of MARKS, written by the next publish; the row's id. The answer to `request`. */
uint64_t weir_trace_mark(uint64_t request, const char *label, size_t label_bytes);
bool weir_trace_marked(uint64_t id); /* it has been written */

#endif
