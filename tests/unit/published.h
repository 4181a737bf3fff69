/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of what the trace publishes: a file in memory, written by publish, and read back by the
 * command's reader, which was written from the layout alone.
 */
#ifndef TESTS_UNIT_PUBLISHED_H
#define TESTS_UNIT_PUBLISHED_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tools/sidecar_sample.h"
#include "tools/read/trace_view.h"
#include "trace/ground/intern.h"
#include "trace/ground/ledger.h"
#include "trace/sites/capture.h"
#include "trace/sites/publish.h"
#include "trace/sites/sites.h"

#define SECOND 1000000000ull
#define AREA   131072u /* behind the slots */

/* A file in memory; write number `fails_at` finds the disk full, -1: none does. */
static struct {
	unsigned char *bytes;
	size_t size;
	long fails_at, writes;
} file;

static int
write_file(void *context, uint64_t offset, const void *from, size_t bytes)
{
	(void)context;
	if (file.writes++ == file.fails_at)
		return -ENOSPC;
	if (AREA + offset + bytes > file.size)
		return -EFBIG;
	memcpy(file.bytes + AREA + offset, from, bytes);
	return 0;
}

static const struct weir_trace_sink sink = {write_file, NULL};
static struct weir_trace_facts facts;

/* An instant later; 0 or the error. */
static int
publish(uint64_t after_ns)
{
	facts.monotonic_ns += after_ns;
	facts.unix_ns = facts.monotonic_ns + 5 * SECOND;
	weir_trace_still();
	return weir_trace_publish(&facts, &sink);
}

static void
begin(void)
{
	struct weir_stats_header *h;

	if (file.bytes == NULL) {
		file.size = AREA + weir_trace_area_bytes();
		file.bytes = calloc(1, file.size);
		sidecar_sample_make((struct sidecar_sample *)file.bytes);
		h = (struct weir_stats_header *)file.bytes;
		h->trace_offset = AREA;
		h->trace_bytes = weir_trace_area_bytes();
		facts.monotonic_ns = 1000 * SECOND;
	}
	file.fails_at = -1;
}

static bool
read_back(struct trace_view *v)
{
	char why[TRACE_VIEW_WHY];
	int rc = trace_view_parse(v, file.bytes, file.size, why);

	if (rc != 0)
		printf("# %s\n", why);
	return rc == 0;
}

/* A site whose stack is one JavaScript frame in another. */
static uint32_t
site_of(const char *function, uint32_t line)
{
	weir_lock(&ledger_lock);
	uint32_t file_name = intern_string("/app/server.js", 14);
	uint32_t outer = intern_frame(&(struct weir_trace_frame){
		.kind = WEIR_FRAME_JS, .file = file_name, .line = 1});
	uint32_t inner = intern_frame(&(struct weir_trace_frame){
		.kind = WEIR_FRAME_JS,
		.function = intern_string(function, strlen(function)),
		.file = file_name,
		.line = line});
	uint32_t site = sites_of(intern_node(intern_node(0, outer), inner), 1, 0);
	weir_unlock(&ledger_lock);
	return site;
}

#endif
