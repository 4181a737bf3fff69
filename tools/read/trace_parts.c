/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a trace, copied into memory that the view owns: records of this build's size, whole
 * rows of the rings. Called by trace_view.c and trace_exit.c once a head was read. What it copies is
 * within the file; what that refers to is confined later (trace_view.c).
 */
#include "tools/read/trace_read.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAIL(error, ...) (snprintf(why, TRACE_VIEW_WHY, __VA_ARGS__), -(error))

static const char *const part_names[] = {
#define X(id, bytes, capacity, meaning) #id,
	WEIR_TRACE_PARTS(X)
#undef X
};

/* Memory that the view owns, zeroed, never of no bytes. */
static void *
own(struct trace_view *v, size_t n, size_t bytes)
{
	void *p = calloc(n > 0 ? n : 1, bytes);

	if (p != NULL)
		v->memory[v->n_memory++] = p;
	return p;
}

struct loading {
	struct trace_view *v;
	const struct trace_source *src;
	char *why;
};

/* A part within the area and the file: how many of `want` records are there. 0: none or damaged. */
static int
part_extent(const struct loading *l, enum weir_trace_part_id id, uint64_t want,
	    uint64_t *at, uint32_t *n)
{
	const struct weir_trace_part *p = &l->v->head.parts[id];
	uint64_t area = l->v->file.trace_offset, length;
	char *why = l->why;

	*n = 0;
	if (id >= l->v->head.n_parts || want == 0)
		return 0;
	length = (uint64_t)p->record_bytes * p->capacity;
	if (p->record_bytes == 0 || want > p->capacity ||
	    p->offset < 2 * WEIR_TRACE_HEAD_BYTES || p->offset > l->v->file.trace_bytes ||
	    length > l->v->file.trace_bytes - p->offset)
		return FAIL(EBADMSG, "damaged: part %s lies outside its trace",
			    part_names[id]);
	*at = area + p->offset;
	if (*at >= l->src->size || (l->src->size - *at) / p->record_bytes < want) {
		want = *at >= l->src->size ? 0 : (l->src->size - *at) / p->record_bytes;
		l->v->cut = true;
	}
	*n = (uint32_t)want;
	return 0;
}

/* Records of this build's size, from records of the writer's. */
static int
load_records(const struct loading *l, enum weir_trace_part_id id, size_t bytes,
	     void **out, uint32_t *n)
{
	const struct weir_trace_part *p = &l->v->head.parts[id];
	size_t take = p->record_bytes < bytes ? p->record_bytes : bytes;
	unsigned char *raw = NULL, *to;
	uint64_t at = 0;
	char *why = l->why;
	int rc = part_extent(l, id, p->used, &at, n);

	if (rc != 0)
		return rc;
	if ((uint64_t)*n * bytes > 2 * (uint64_t)TRACE_VIEW_MAX_FILE)
		return FAIL(EBADMSG, "damaged: records of %u bytes in part %s",
			    p->record_bytes, part_names[id]);
	/* One zeroed record more: a string without an end ends there. */
	to = own(l->v, (size_t)*n + 1, bytes);
	if (to == NULL)
		return FAIL(ENOMEM, "out of memory");
	*out = to;
	if (*n == 0)
		return 0;
	if (p->record_bytes == bytes)
		return trace_source_read(l->src, at, to, *n * bytes);
	raw = malloc((size_t)*n * p->record_bytes);
	if (raw == NULL)
		return FAIL(ENOMEM, "out of memory");
	rc = trace_source_read(l->src, at, raw, (size_t)*n * p->record_bytes);
	for (uint32_t i = 0; rc == 0 && i < *n; i++)
		memcpy(to + i * bytes, raw + (size_t)i * p->record_bytes, take);
	free(raw);
	return rc;
}

static int
by_id(const void *a, const void *b)
{
	const struct weir_trace_row *x = *(const struct weir_trace_row *const *)a;
	const struct weir_trace_row *y = *(const struct weir_trace_row *const *)b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* The fields of a row, without its last word. */
#define ROW_FIELDS (sizeof(struct weir_trace_row) - sizeof(uint64_t))

/* Before the points, in the first version. */
#define ROW_OF_MAINS offsetof(struct weir_trace_row, unseen_objects)
#define ROW_LEAST    (offsetof(struct weir_trace_row, account_ns) + sizeof(uint64_t))

/*
 * Rows of a writer that knows fewer fields, or more: those of this build, the word at the end, the points.
 * `head`: what is before the points, in the file.
 */
static void
take_row(unsigned char *to, const unsigned char *from, size_t head, size_t points)
{
	size_t fields = head - sizeof(uint64_t);

	memcpy(to, from, fields < ROW_FIELDS ? fields : ROW_FIELDS);
	memcpy(to + ROW_FIELDS, from + fields, sizeof(uint64_t));
	memcpy(to + sizeof(struct weir_trace_row), from + head, points);
	/* Before they were told apart, all were the main isolate's. */
	if (fields < ROW_OF_MAINS)
		((struct weir_trace_row *)(void *)to)->main_major_gcs =
			((struct weir_trace_row *)(void *)to)->major_gcs;
}

/*
 * In a full ring the writer may be at the oldest row: it begins with the last number, for the next one. Looked at once
 * more, for one read of a row is in no order. Where that has changed the row may be of both, and is none.
 */
static int
look_at_oldest(const struct loading *l, enum weir_trace_part_id id, uint64_t at,
	       size_t head, struct weir_trace_row *oldest)
{
	const struct weir_trace_part *p = &l->v->head.parts[id];
	uint64_t again;
	int rc = trace_source_read(l->src,
				   at + p->used % p->capacity * p->record_bytes + head -
					   sizeof(again),
				   &again, sizeof(again));

	if (rc == 0 && again != oldest->id_again)
		oldest->id = 0;
	return rc;
}

/* Rows that the head counts and that are whole. */
static int
load_ring(const struct loading *l, enum weir_trace_part_id id)
{
	const struct weir_trace_part *p = &l->v->head.parts[id];
	struct trace_ring *ring = &l->v->rings[id];
	uint64_t at = 0, want = p->used < p->capacity ? p->used : p->capacity;
	const uint64_t said = l->v->head.row_bytes, head = said != 0 ? said : ROW_LEAST;
	size_t points, bytes;
	uint32_t n, fits;
	unsigned char *raw, *rows;
	char *why = l->why;
	int rc = part_extent(l, id, want, &at, &n);

	if (rc != 0 || n == 0)
		return rc;
	if (head < ROW_LEAST || head % 8 != 0 || p->record_bytes < head ||
	    p->record_bytes % 8 != 0)
		return FAIL(EBADMSG, "damaged: rows of %u bytes in part %s",
			    p->record_bytes, part_names[id]);
	fits = (uint32_t)((p->record_bytes - head) / sizeof(struct weir_trace_point));
	points = fits * sizeof(struct weir_trace_point);
	bytes = sizeof(struct weir_trace_row) + points;
	raw = malloc((size_t)n * p->record_bytes);
	rows = own(l->v, n, bytes);
	ring->rows = own(l->v, n, sizeof(ring->rows[0]));
	rc = raw == NULL || rows == NULL || ring->rows == NULL
		     ? FAIL(ENOMEM, "out of memory")
		     : trace_source_read(l->src, at, raw, (size_t)n * p->record_bytes);
	for (uint32_t i = 0; rc == 0 && i < n; i++)
		take_row(rows + i * bytes, raw + (size_t)i * p->record_bytes, head,
			 points);
	free(raw);
	if (rc == 0 && p->used >= p->capacity && p->used % p->capacity < n)
		rc = look_at_oldest(l, id, at, head,
				    (void *)(rows + p->used % p->capacity * bytes));
	if (rc != 0)
		return rc;
	ring->written = p->used;
	for (uint32_t i = 0; i < n; i++) {
		struct weir_trace_row *row = (void *)(rows + i * bytes);

		if (row->id == 0 || row->id != row->id_again || row->id > p->used ||
		    (row->id - 1) % p->capacity != i)
			continue;
		row->label[sizeof(row->label) - 1] = '\0';
		if (row->n_points > fits)
			row->n_points = fits;
		ring->rows[ring->n++] = row;
	}
	qsort(ring->rows, ring->n, sizeof(ring->rows[0]), by_id);
	return 0;
}

int
trace_read_sites(struct trace_view *v, const struct trace_source *src,
		 char why[TRACE_VIEW_WHY])
{
	struct loading l = {v, src, why};
	enum weir_trace_part_id part =
		v->head.seq_begin % 2 == 0 ? WEIR_PART_SITES0 : WEIR_PART_SITES1;

	int rc = load_records(&l, part, sizeof(*v->sites), (void **)&v->sites,
			      &v->n_sites);

	/* Before isolates were told apart, all sites were of one age. */
	for (uint32_t i = 0; rc == 0 && i < v->n_sites; i++)
		if (v->head.parts[part].record_bytes <=
		    WEIR_S_major_gcs * sizeof(uint64_t))
			v->sites[i][WEIR_S_major_gcs] = v->head.major_gcs;
	return rc;
}

int
trace_read_costs(struct trace_view *v, const struct trace_source *src,
		 char why[TRACE_VIEW_WHY])
{
	struct loading l = {v, src, why};
	enum weir_trace_part_id part =
		v->head.seq_begin % 2 == 0 ? WEIR_PART_COSTS0 : WEIR_PART_COSTS1;

	return load_records(&l, part, sizeof(*v->costs), (void **)&v->costs, &v->n_costs);
}

int
trace_read_parts(struct trace_view *v, const struct trace_source *src,
		 char why[TRACE_VIEW_WHY])
{
	struct loading l = {v, src, why};
	static const enum weir_trace_part_id rings[] = {
		WEIR_PART_ROWS_GC,  WEIR_PART_ROWS_1S, WEIR_PART_ROWS_10S,
		WEIR_PART_ROWS_60S, WEIR_PART_MARKS,   WEIR_PART_ROWS_3600S,
	};
	struct {
		enum weir_trace_part_id id;
		size_t bytes;
		void **to;
		uint32_t *n;
	} parts[] = {
		{WEIR_PART_STRINGS, 1, (void **)(uintptr_t)&v->strings, &v->n_strings},
		{WEIR_PART_MODULES, sizeof(*v->modules), (void **)&v->modules,
		 &v->n_modules},
		{WEIR_PART_THREADS, sizeof(*v->threads), (void **)&v->threads,
		 &v->n_threads},
		{WEIR_PART_FRAMES, sizeof(*v->frames), (void **)&v->frames, &v->n_frames},
		{WEIR_PART_NODES, sizeof(*v->nodes), (void **)&v->nodes, &v->n_nodes},
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(parts) / sizeof(parts[0]); i++)
		rc = load_records(&l, parts[i].id, parts[i].bytes, parts[i].to,
				  parts[i].n);
	/* Rings last: the sites are the first that the writer would change. */
	if (rc == 0)
		rc = trace_read_sites(v, src, why);
	if (rc == 0)
		rc = trace_read_costs(v, src, why);
	for (size_t i = 0; rc == 0 && i < sizeof(rings) / sizeof(rings[0]); i++)
		rc = load_ring(&l, rings[i]);
	return rc;
}
