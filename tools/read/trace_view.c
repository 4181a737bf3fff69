/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the bytes of a sidecar to a checked struct trace_view: which head is in force, its parts
 * (trace_parts.c), and that nothing in them points outside. Called by trace_load.c; believes nothing
 * that it has not checked, opens no file.
 */
#include "tools/read/trace_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/read/sidecar.h"

#define FAIL(error, ...) (snprintf(why, TRACE_VIEW_WHY, __VA_ARGS__), -(error))

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

/*
 * The head in force. One never written is all zeros. Within one read nothing is in order, so that numbers that agree say
 * little; a second one that is the same says that all of it is of one age, as in sidecar_load.c.
 */
static int
read_head(struct weir_trace_head *head, const struct trace_source *src, uint64_t area,
	  char *why)
{
	unsigned char copies[2][WEIR_TRACE_HEAD_BYTES], again[2][WEIR_TRACE_HEAD_BYTES];
	struct weir_trace_head h[2];
	int best = -1;
	bool torn = false;

	_Static_assert(sizeof(struct weir_trace_head) <= WEIR_TRACE_HEAD_BYTES, "head");
	if (trace_source_read(src, area, copies, sizeof(copies)) != 0 ||
	    trace_source_read(src, area, again, sizeof(again)) != 0)
		return FAIL(ENODATA, "truncated: it ends before its trace");
	if (memcmp(copies, again, sizeof(copies)) != 0)
		return -EAGAIN;
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
	/* Before they were told apart, all were the main isolate's. */
	if (head->row_bytes <
	    offsetof(struct weir_trace_row, unseen_objects) + sizeof(uint64_t))
		head->main_major_gcs = head->major_gcs;
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
	for (int r = 0; r < WEIR_N_TRACE_PARTS; r++) {
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

int
trace_read_head(struct trace_view *v, const struct trace_source *src,
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
	struct weir_trace_head now, newest;
	int rc = trace_read_head(v, src, why);

	if (rc == 0)
		rc = trace_read_parts(v, src, why);
	newest = v->head;
	if (rc == 0 && step_back)
		rc = trace_read_step_back(v, src);
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

int
trace_read_last(struct trace_view *v, const struct trace_source *src,
		char why[TRACE_VIEW_WHY])
{
	return read_all(v, src, true, why);
}

int
trace_read_newest(struct trace_view *v, const struct trace_source *src,
		  char why[TRACE_VIEW_WHY])
{
	return read_all(v, src, false, why);
}
