/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the bytes of a sidecar to a checked struct trace_view. Called by everything that shows
 * sites and by the fuzzer; believes nothing that it has not checked, opens no file
 * (trace_load.c does).
 */
#include "tools/trace_view.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sidecar.h"

#define FAIL(error, ...) (snprintf(why, TRACE_VIEW_WHY, __VA_ARGS__), -(error))

static const char *const part_names[] = {
#define X(id, bytes, capacity, meaning) #id,
	WEIR_TRACE_PARTS(X)
#undef X
};

static int
check_file(const struct weir_stats_header *h, uint64_t size, char *why)
{
	int rc = sidecar_check_identity(h, size, why);

	if (rc != 0)
		return rc;
	if (h->header_bytes < sizeof(*h) || h->trace_offset == 0)
		return FAIL(ENODATA,
			    "no trace in it: the process ran with trace=off, or under a "
			    "weir without one");
	if (h->trace_offset % 8 != 0 || h->trace_offset < h->header_bytes ||
	    h->trace_bytes < 2 * WEIR_TRACE_HEAD_BYTES ||
	    h->trace_bytes > TRACE_VIEW_MAX_FILE || h->trace_offset > TRACE_VIEW_MAX_FILE)
		return FAIL(EBADMSG, "damaged: a trace of %" PRIu64 " bytes at %" PRIu64,
			    h->trace_bytes, h->trace_offset);
	return 0;
}

/* The head in force. One never written is all zeros. */
static int
read_head(struct weir_trace_head *head, const struct trace_source *src, uint64_t area,
	  char *why)
{
	unsigned char copies[2][WEIR_TRACE_HEAD_BYTES];
	struct weir_trace_head h[2];
	int best = -1;
	bool torn = false;

	_Static_assert(sizeof(struct weir_trace_head) <= WEIR_TRACE_HEAD_BYTES, "head");
	if (trace_source_read(src, area, copies, sizeof(copies)) != 0)
		return FAIL(ENODATA, "truncated: it ends before its trace");
	for (int i = 0; i < 2; i++) {
		memcpy(&h[i], copies[i], sizeof(h[i]));
		if (h[i].seq_begin != h[i].seq_end)
			torn = true;
		else if (h[i].seq_begin != 0 && h[i].seq_begin % 2 == (uint64_t)i &&
			 (best < 0 || h[i].seq_begin > h[best].seq_begin))
			best = i;
	}
	if (best < 0)
		return torn ? FAIL(EBADMSG, "damaged: no head of the trace is whole")
			    : FAIL(ENODATA, "nothing has been written to its trace yet");
	*head = h[best];
	if (memcmp(head->magic, WEIR_TRACE_MAGIC, sizeof(head->magic)) != 0 ||
	    head->version < 1)
		return FAIL(EBADMSG, "damaged: its trace does not begin with \"%s\"",
			    WEIR_TRACE_MAGIC);
	if (head->version > WEIR_TRACE_VERSION)
		return FAIL(ENOTSUP,
			    "written by a newer weir: trace layout %u, this one reads %d",
			    head->version, WEIR_TRACE_VERSION);
	if (head->n_parts > WEIR_TRACE_MAX_PARTS)
		return FAIL(EBADMSG, "damaged: %u parts", head->n_parts);
	return 0;
}

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

/* Rows that the head counts and that are whole. */
static int
load_ring(const struct loading *l, enum weir_trace_part_id id)
{
	const struct weir_trace_part *p = &l->v->head.parts[id];
	struct trace_ring *ring = &l->v->rings[id - WEIR_PART_ROWS_GC];
	uint64_t at = 0, want = p->used < p->capacity ? p->used : p->capacity;
	uint32_t n, fits;
	unsigned char *raw;
	char *why = l->why;
	int rc = part_extent(l, id, want, &at, &n);

	if (rc != 0 || n == 0)
		return rc;
	if (p->record_bytes < sizeof(struct weir_trace_row) || p->record_bytes % 8 != 0)
		return FAIL(EBADMSG, "damaged: rows of %u bytes in part %s",
			    p->record_bytes, part_names[id]);
	fits = (uint32_t)((p->record_bytes - sizeof(struct weir_trace_row)) /
			  sizeof(struct weir_trace_point));
	raw = own(l->v, n, p->record_bytes);
	ring->rows = own(l->v, n, sizeof(ring->rows[0]));
	if (raw == NULL || ring->rows == NULL)
		return FAIL(ENOMEM, "out of memory");
	rc = trace_source_read(l->src, at, raw, (size_t)n * p->record_bytes);
	if (rc != 0)
		return rc;
	ring->written = p->used;
	for (uint32_t i = 0; i < n; i++) {
		struct weir_trace_row *row = (void *)(raw + (size_t)i * p->record_bytes);

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

/* What cannot be followed is made the neutral value: thread 0, the root, no module, site 0. */
static void
confine(struct trace_view *v)
{
	for (uint32_t i = 0; i < v->n_modules; i++)
		if (v->modules[i].build_id_bytes > sizeof(v->modules[i].build_id))
			v->modules[i].build_id_bytes = 0;
	for (uint32_t i = 0; i < v->n_frames; i++) {
		struct weir_trace_frame *f = &v->frames[i];

		if (f->kind >= WEIR_N_FRAME_KINDS)
			f->kind = WEIR_FRAME_OPAQUE;
		if (f->module > v->n_modules)
			f->module = 0;
	}
	for (uint32_t i = 0; i < v->n_nodes; i++) {
		if (v->nodes[i].parent >= i)
			v->nodes[i].parent = 0;
		if (v->nodes[i].frame >= v->n_frames)
			v->nodes[i].frame = 0;
	}
	for (uint32_t i = 0; i < v->n_sites; i++) {
		uint64_t *s = v->sites[i];

		if (s[WEIR_S_stack] >= v->n_nodes)
			s[WEIR_S_stack] = 0;
		if (s[WEIR_S_thread] >= v->n_threads)
			s[WEIR_S_thread] = 0;
		if (s[WEIR_S_caller_kind] >= WEIR_N_KINDS)
			s[WEIR_S_caller_kind] = WEIR_KIND_OTHER;
	}
	for (int r = 0; r < TRACE_VIEW_RINGS; r++) {
		for (uint32_t i = 0; i < v->rings[r].n; i++) {
			const struct weir_trace_row *row = v->rings[r].rows[i];
			struct weir_trace_point *points =
				(struct weir_trace_point *)(uintptr_t)(row + 1);

			for (uint32_t k = 0; k < row->n_points; k++)
				if (points[k].site >= v->n_sites)
					points[k].site = 0;
		}
	}
}

static int
load_parts(const struct loading *l)
{
	struct trace_view *v = l->v;
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
		rc = load_records(l, parts[i].id, parts[i].bytes, parts[i].to,
				  parts[i].n);
	return rc;
}

int
trace_view_read_sites(struct trace_view *v, const struct trace_source *src,
		      char why[TRACE_VIEW_WHY])
{
	struct loading l = {v, src, why};
	enum weir_trace_part_id part =
		v->head.seq_begin % 2 == 0 ? WEIR_PART_SITES0 : WEIR_PART_SITES1;

	return load_records(&l, part, sizeof(*v->sites), (void **)&v->sites, &v->n_sites);
}

int
trace_view_read_head(struct trace_view *v, const struct trace_source *src,
		     char why[TRACE_VIEW_WHY])
{
	int rc;

	memset(v, 0, sizeof(*v));
	why[0] = '\0';
	rc = trace_source_read(src, 0, &v->file,
			       src->size < sizeof(v->file) ? src->size : sizeof(v->file));
	if (rc == 0)
		rc = check_file(&v->file, src->size, why);
	if (rc == 0)
		rc = read_head(&v->head, src, v->file.trace_offset, why);
	if (rc != 0 && why[0] == '\0')
		snprintf(why, TRACE_VIEW_WHY, "%s", strerror(-rc));
	return rc;
}

static int
read_all(struct trace_view *v, const struct trace_source *src, bool step_back,
	 char why[TRACE_VIEW_WHY])
{
	struct loading l = {v, src, why};
	struct weir_trace_head now, newest;
	int rc = trace_view_read_head(v, src, why);

	if (rc == 0)
		rc = load_parts(&l);
	if (rc == 0)
		rc = trace_view_read_sites(v, src, why);
	/* Rings last: the sites are the first that the writer would change. */
	for (int id = WEIR_PART_ROWS_GC; rc == 0 && id <= WEIR_PART_MARKS; id++)
		rc = load_ring(&l, (enum weir_trace_part_id)id);
	newest = v->head;
	if (rc == 0 && step_back)
		rc = trace_view_step_back(v, src);
	if (rc == 0 && src->memory == NULL) {
		rc = read_head(&now, src, v->file.trace_offset, why);
		if (rc == 0 && memcmp(&now, &newest, sizeof(now)) != 0)
			rc = -EAGAIN;
	}
	if (rc != 0) {
		if (why[0] == '\0' && rc != -EAGAIN)
			snprintf(why, TRACE_VIEW_WHY, "%s", strerror(-rc));
		trace_view_free(v);
		return rc;
	}
	v->file.weir_version[sizeof(v->file.weir_version) - 1] = '\0';
	v->file.exe[sizeof(v->file.exe) - 1] = '\0';
	if (v->head.tier >= WEIR_N_TRACE_TIERS)
		v->head.tier = WEIR_TIER_NATIVE;
	if (v->head.n_drops > WEIR_N_TRACE_DROPS)
		v->head.n_drops = WEIR_N_TRACE_DROPS;
	confine(v);
	return 0;
}

void
trace_view_free(struct trace_view *v)
{
	while (v->n_memory > 0)
		free(v->memory[--v->n_memory]);
	memset(v, 0, sizeof(*v));
}

int
trace_view_read(struct trace_view *v, const struct trace_source *src,
		char why[TRACE_VIEW_WHY])
{
	return read_all(v, src, true, why);
}

int
trace_view_read_newest(struct trace_view *v, const struct trace_source *src,
		       char why[TRACE_VIEW_WHY])
{
	return read_all(v, src, false, why);
}
