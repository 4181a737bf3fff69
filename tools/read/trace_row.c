/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sites out of a row. Called by trace_exit.c for a process whose last two writes both came when its
 * runtime had begun to free everything. Never fails: without memory it changes nothing.
 */
#include "tools/read/trace_row.h"

#include <stdlib.h>
#include <string.h>

#define LAST_NS (5 * UINT64_C(1000000000))

struct history {
	const struct weir_trace_row **rows; /* oldest first, the restored one last */
	size_t n;
};

static int
by_time(const void *a, const void *b)
{
	const struct weir_trace_row *x = *(const struct weir_trace_row *const *)a;
	const struct weir_trace_row *y = *(const struct weir_trace_row *const *)b;

	return x->monotonic_ns < y->monotonic_ns ? -1 : x->monotonic_ns > y->monotonic_ns;
}

static bool
collect(const struct trace_view *v, struct history *h)
{
	static const enum weir_trace_part_id parts[] = {WEIR_PART_ROWS_GC,
							WEIR_PART_ROWS_1S};

	h->n = 0;
	h->rows = calloc((size_t)trace_view_ring(v, parts[0])->n +
				 trace_view_ring(v, parts[1])->n + 1,
			 sizeof(const struct weir_trace_row *));
	if (h->rows == NULL)
		return false;
	for (int p = 0; p < 2; p++) {
		const struct trace_ring *ring = trace_view_ring(v, parts[p]);

		for (uint32_t i = 0; i < ring->n; i++)
			if (ring->rows[i]->monotonic_ns <= v->head.monotonic_ns)
				h->rows[h->n++] = ring->rows[i];
	}
	qsort(h->rows, h->n, sizeof(h->rows[0]), by_time);
	return true;
}

/* Cuts the history behind the row that is meant; false if there is none. */
static bool
find_row(const struct trace_view *v, struct history *h, uint64_t least, bool same_gc)
{
	while (h->n > 0) {
		const struct weir_trace_row *row = h->rows[h->n - 1];

		if (v->head.monotonic_ns - row->monotonic_ns > LAST_NS ||
		    (same_gc && row->major_gcs != v->head.major_gcs))
			return false;
		if (row->live_bytes > least)
			return true;
		h->n--;
	}
	return false;
}

static uint64_t
live_in(const struct weir_trace_row *row, uint32_t site)
{
	const struct weir_trace_point *p = trace_view_point(row, site);

	return p != NULL ? p->live_bytes : 0;
}

/* Backwards through the rows: what was live in all of them since is that old at most. */
static void
restore_ages(const struct trace_view *v, const struct history *h, uint32_t site,
	     uint64_t *f)
{
	const struct weir_trace_row *end = h->rows[h->n - 1];
	uint64_t least = f[WEIR_S_live_bytes], survived[4] = {least, 0, 0, 0};
	double gcs = 0, ms = 0, kib = (double)least / 1024;
	double began = end->monotonic_ns > v->head.started_ns
			       ? (double)(end->monotonic_ns - v->head.started_ns) / 1e6
			       : 0;

	for (size_t i = h->n - 1; i > 0; i--) {
		const struct weir_trace_row *row = h->rows[i - 1], *next = h->rows[i];
		uint64_t live = live_in(row, site);

		if (live < least)
			least = live;
		for (uint64_t k = 1; k < 4; k++)
			if (survived[k] == 0 && row->major_gcs + k <= end->major_gcs)
				survived[k] = least;
		if (next->major_gcs > row->major_gcs)
			gcs += (double)least / 1024 *
			       (double)(next->major_gcs - row->major_gcs);
		ms += (double)least / 1024 *
		      (double)(next->monotonic_ns - row->monotonic_ns) / 1e6;
	}
	for (int k = 0; k < 4; k++)
		f[WEIR_S_age0_bytes + k] =
			survived[k] - (k < 3 && survived[k + 1] < survived[k]
					       ? survived[k + 1]
				       : k < 3 ? survived[k]
					       : 0);
	gcs = kib * (double)end->major_gcs - gcs;
	ms = kib * began - ms;
	f[WEIR_S_birth_gc_sum] = gcs > 0 ? (uint64_t)gcs : 0;
	f[WEIR_S_birth_ms_sum] = ms > 0 ? (uint64_t)ms : 0;
}

static void
restore_sites(struct trace_view *v, const struct history *h)
{
	const struct weir_trace_row *row = h->rows[h->n - 1];
	const struct weir_trace_point *points = trace_view_points(row);

	for (uint32_t i = 0; i < v->n_sites; i++) {
		v->sites[i][WEIR_S_live_bytes] = v->sites[i][WEIR_S_live_count] = 0;
		memset(&v->sites[i][WEIR_S_age0_bytes], 0, 6 * sizeof(uint64_t));
	}
	for (uint32_t i = 0; i < row->n_points; i++) {
		uint64_t *f;

		if (points[i].site >= v->n_sites)
			continue;
		f = v->sites[points[i].site];
		f[WEIR_S_live_bytes] = points[i].live_bytes;
		f[WEIR_S_live_count] = points[i].live_count;
		f[WEIR_S_trough_bytes] = points[i].trough_bytes;
		/* What was allocated later counts as freed later: leave both out. */
		if (f[WEIR_S_alloc_bytes] > points[i].alloc_bytes &&
		    f[WEIR_S_alloc_bytes] > 0) {
			f[WEIR_S_alloc_count] = (uint64_t)((double)f[WEIR_S_alloc_count] *
							   (double)points[i].alloc_bytes /
							   (double)f[WEIR_S_alloc_bytes]);
			f[WEIR_S_alloc_bytes] = points[i].alloc_bytes;
		}
		if (f[WEIR_S_alloc_count] < points[i].live_count)
			f[WEIR_S_alloc_count] = points[i].live_count;
		restore_ages(v, h, points[i].site, f);
	}
}

bool
trace_row_restore(struct trace_view *v, uint64_t least, bool same_gc)
{
	struct history h;
	bool found;

	_Static_assert(WEIR_S_birth_ms_sum == WEIR_S_age0_bytes + 5, "ages in a row");
	if (!collect(v, &h))
		return false;
	found = find_row(v, &h, least, same_gc);
	if (found) {
		const struct weir_trace_row *row = h.rows[h.n - 1];

		restore_sites(v, &h);
		v->head.monotonic_ns = row->monotonic_ns;
		v->head.unix_ns = row->unix_ns;
		v->head.major_gcs = row->major_gcs;
		v->head.minor_gcs = row->minor_gcs;
	}
	free(h.rows);
	return found;
}
