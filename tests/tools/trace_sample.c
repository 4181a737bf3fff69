/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The builder: everything lies in one block of memory as it would in the file. Capacities are a
 * test's, not the shim's, so that a file stays small.
 */
#include "tests/tools/trace_sample.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tools/sidecar_sample.h"

#define MAILBOX	 WEIR_STATS_FILE_BYTES
#define AREA	 ((MAILBOX + sizeof(struct weir_stats_mailbox) + 4095) / 4096 * 4096)
#define POINTS	 8
#define MB	 (UINT64_C(1) << 20)
#define MAX_ROWS 160

static const struct {
	uint32_t record_bytes, capacity;
} layout[WEIR_N_TRACE_PARTS] = {
	[WEIR_PART_STRINGS] = {1, 16384},
	[WEIR_PART_MODULES] = {sizeof(struct weir_trace_module), 16},
	[WEIR_PART_THREADS] = {sizeof(struct weir_trace_thread), 16},
	[WEIR_PART_FRAMES] = {sizeof(struct weir_trace_frame), 256},
	[WEIR_PART_NODES] = {sizeof(struct weir_trace_node), 1024},
	[WEIR_PART_SITES0] = {WEIR_N_SITE_FIELDS * 8, 64},
	[WEIR_PART_SITES1] = {WEIR_N_SITE_FIELDS * 8, 64},
	[WEIR_PART_ROWS_GC] = {WEIR_TRACE_ROW_BYTES(POINTS), 16},
	[WEIR_PART_ROWS_1S] = {WEIR_TRACE_ROW_BYTES(POINTS), MAX_ROWS},
	[WEIR_PART_ROWS_10S] = {WEIR_TRACE_ROW_BYTES(POINTS), 32},
	[WEIR_PART_ROWS_60S] = {WEIR_TRACE_ROW_BYTES(POINTS), 16},
	[WEIR_PART_MARKS] = {WEIR_TRACE_ROW_BYTES(POINTS), 4},
	[WEIR_PART_COSTS0] = {sizeof(struct weir_trace_cost), WEIR_TRACE_COSTS},
	[WEIR_PART_COSTS1] = {sizeof(struct weir_trace_cost), WEIR_TRACE_COSTS},
	[WEIR_PART_ROWS_3600S] = {WEIR_TRACE_ROW_BYTES(POINTS), 64},
};

struct trace_sample {
	unsigned char *bytes;
	size_t n;
	struct weir_trace_head *head;
};

static void *
next_record(struct trace_sample *s, enum weir_trace_part_id part, uint64_t *index)
{
	struct weir_trace_part *p = &s->head->parts[part];

	assert(p->used < p->capacity);
	*index = p->used++;
	return (unsigned char *)trace_sample_part(s, part) + *index * p->record_bytes;
}

struct trace_sample *
trace_sample_new(void)
{
	struct trace_sample *s = calloc(1, sizeof(*s));
	uint64_t at = 2 * WEIR_TRACE_HEAD_BYTES, ignored;
	uint64_t offsets[WEIR_N_TRACE_PARTS];
	struct weir_stats_header *h;

	assert(s != NULL);
	for (int i = 0; i < WEIR_N_TRACE_PARTS; i++) {
		offsets[i] = at;
		at += (uint64_t)layout[i].record_bytes * layout[i].capacity;
	}
	s->n = AREA + at;
	s->bytes = calloc(1, s->n);
	assert(s->bytes != NULL);
	sidecar_sample_make((struct sidecar_sample *)s->bytes);
	h = trace_sample_header(s);
	h->mailbox_offset = MAILBOX;
	h->trace_offset = AREA;
	h->trace_bytes = at;
	s->head = (struct weir_trace_head *)(s->bytes + AREA + WEIR_TRACE_HEAD_BYTES);
	memcpy(s->head->magic, WEIR_TRACE_MAGIC, sizeof(s->head->magic));
	s->head->seq_begin = s->head->seq_end = 7;
	s->head->row_bytes = sizeof(struct weir_trace_row);
	s->head->version = WEIR_TRACE_VERSION;
	s->head->n_parts = WEIR_N_TRACE_PARTS;
	s->head->n_drops = WEIR_N_TRACE_DROPS;
	for (int i = 0; i < WEIR_N_TRACE_PARTS; i++)
		s->head->parts[i] = (struct weir_trace_part){
			offsets[i], layout[i].record_bytes, layout[i].capacity, 0};
	trace_sample_string(s, "");
	next_record(s, WEIR_PART_THREADS, &ignored);
	next_record(s, WEIR_PART_FRAMES, &ignored);
	next_record(s, WEIR_PART_NODES, &ignored);
	next_record(s, WEIR_PART_SITES1, &ignored);
	return s;
}

void
trace_sample_free(struct trace_sample *s)
{
	free(s->bytes);
	free(s);
}

uint32_t
trace_sample_string(struct trace_sample *s, const char *text)
{
	struct weir_trace_part *p = &s->head->parts[WEIR_PART_STRINGS];
	size_t n = strlen(text) + 1;
	uint64_t at = p->used;

	assert(p->used + n <= p->capacity);
	memcpy((char *)trace_sample_part(s, WEIR_PART_STRINGS) + at, text, n);
	p->used += n;
	return (uint32_t)at;
}

uint16_t
trace_sample_module(struct trace_sample *s, const char *path, uint64_t start,
		    uint64_t end)
{
	uint64_t i;
	struct weir_trace_module *m = next_record(s, WEIR_PART_MODULES, &i);

	m->start = start;
	m->end = end;
	m->bias = start;
	m->path = trace_sample_string(s, path);
	m->build_id_bytes = 20;
	for (int k = 0; k < 20; k++)
		m->build_id[k] = (uint8_t)(i * 16 + (unsigned)k);
	return (uint16_t)(i + 1);
}

uint32_t
trace_sample_thread(struct trace_sample *s, uint32_t tid, const char *name,
		    uint32_t isolate)
{
	uint64_t i;
	struct weir_trace_thread *t = next_record(s, WEIR_PART_THREADS, &i);

	t->tid = tid;
	t->name = trace_sample_string(s, name);
	t->isolate = isolate;
	t->is_main = i == 1;
	t->first_ns = STORY_START_NS;
	return (uint32_t)i;
}

uint32_t
trace_sample_frame(struct trace_sample *s, const struct weir_trace_frame *f)
{
	uint64_t i;

	*(struct weir_trace_frame *)next_record(s, WEIR_PART_FRAMES, &i) = *f;
	return (uint32_t)i;
}

static uint32_t
script_frame(struct trace_sample *s, const char *function, const char *file,
	     uint32_t line, uint32_t column, uint8_t flags)
{
	struct weir_trace_frame f = {
		.kind = WEIR_FRAME_JS,
		.flags = flags,
		.function = trace_sample_string(s, function),
		.file = trace_sample_string(s, file),
		.line = line,
		.column = column,
		.definition_line = line > 2 ? line - 2 : 1,
	};

	if (strncmp(file, "node:", 5) == 0)
		f.flags |= WEIR_FRAME_RUNTIME;
	return trace_sample_frame(s, &f);
}

uint32_t
trace_sample_js(struct trace_sample *s, const char *function, const char *file,
		uint32_t line, uint32_t column)
{
	return script_frame(s, function, file, line, column, WEIR_FRAME_EXACT_LINE);
}

uint32_t
trace_sample_async(struct trace_sample *s, const char *function, const char *file,
		   uint32_t line, uint32_t column, bool exact)
{
	return script_frame(s, function, file, line, column,
			    (exact ? WEIR_FRAME_EXACT_LINE : 0) | WEIR_FRAME_ASYNC);
}

uint32_t
trace_sample_native(struct trace_sample *s, uint16_t module, uint64_t address)
{
	struct weir_trace_frame f = {
		.kind = WEIR_FRAME_NATIVE, .module = module, .address = address};

	return trace_sample_frame(s, &f);
}

uint32_t
trace_sample_stack(struct trace_sample *s, const uint32_t *frames, size_t n)
{
	uint32_t parent = 0;

	while (n-- > 0) {
		uint64_t i;
		struct weir_trace_node *node = next_record(s, WEIR_PART_NODES, &i);

		node->parent = parent;
		node->frame = frames[n];
		parent = (uint32_t)i;
	}
	return parent;
}

uint32_t
trace_sample_site(struct trace_sample *s, uint32_t node, uint32_t caller_kind,
		  uint32_t thread)
{
	uint64_t i;
	uint64_t *fields = next_record(s, WEIR_PART_SITES1, &i);

	fields[WEIR_S_stack] = node;
	fields[WEIR_S_caller_kind] = caller_kind;
	fields[WEIR_S_thread] = thread;
	return (uint32_t)i;
}

uint64_t *
trace_sample_field(struct trace_sample *s, uint32_t site, enum weir_site_field field)
{
	return (uint64_t *)trace_sample_part(s, WEIR_PART_SITES1) +
	       (size_t)site * WEIR_N_SITE_FIELDS + field;
}

struct weir_trace_row *
trace_sample_row(struct trace_sample *s, enum weir_trace_part_id ring)
{
	struct weir_trace_part *p = &s->head->parts[ring];
	uint64_t id = ++p->used;
	struct weir_trace_row *row =
		(void *)((unsigned char *)trace_sample_part(s, ring) +
			 (id - 1) % p->capacity * p->record_bytes);

	memset(row, 0, p->record_bytes);
	row->id = row->id_again = id;
	return row;
}

void
trace_sample_point(struct weir_trace_row *row, struct weir_trace_point point)
{
	assert(row->n_points < POINTS);
	((struct weir_trace_point *)(row + 1))[row->n_points++] = point;
}

struct weir_trace_head *
trace_sample_head(struct trace_sample *s)
{
	return s->head;
}

struct weir_stats_header *
trace_sample_header(struct trace_sample *s)
{
	return (struct weir_stats_header *)s->bytes;
}

struct weir_stats_mailbox *
trace_sample_mailbox(struct trace_sample *s)
{
	return (struct weir_stats_mailbox *)(s->bytes + MAILBOX);
}

void *
trace_sample_part(struct trace_sample *s, enum weir_trace_part_id part)
{
	return s->bytes + AREA + s->head->parts[part].offset;
}

const void *
trace_sample_bytes(struct trace_sample *s, size_t *n)
{
	*n = s->n;
	return s->bytes;
}

uint64_t *
trace_sample_counter(struct trace_sample *s, enum weir_counter counter)
{
	return sidecar_sample_word((struct sidecar_sample *)s->bytes,
				   WEIR_SECTION_COUNTERS, 0, counter);
}
