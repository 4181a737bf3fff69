/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was written last holds until now: a process that asks for nothing writes nothing, and what it did
 * then is not what it does. Called by look.c for a process that runs; pure but for memory, without which
 * nothing changes.
 */
#include "tools/read/trace_read.h"

#include <stdlib.h>
#include <string.h>

/* The sites as the head has them, which may be newer than the last row, as a row; NULL: no memory. */
static struct weir_trace_row *
row_of_head(const struct trace_view *v, const struct weir_trace_row *last)
{
	struct weir_trace_row *row =
		malloc(sizeof(*row) + v->n_sites * sizeof(struct weir_trace_point));
	struct weir_trace_point *points;

	if (row == NULL)
		return NULL;
	*row = *last;
	row->monotonic_ns = v->head.monotonic_ns;
	row->unix_ns = v->head.unix_ns;
	row->major_gcs = v->head.major_gcs;
	row->main_major_gcs = v->head.main_major_gcs;
	row->minor_gcs = v->head.minor_gcs;
	row->n_points = row->n_sites = v->n_sites;
	row->rest_bytes = 0;
	row->id = row->id_again = last->id + 1;
	points = (struct weir_trace_point *)(row + 1);
	for (uint32_t i = 0; i < v->n_sites; i++)
		points[i] = (struct weir_trace_point){
			.site = i,
			.live_count = (uint32_t)v->sites[i][WEIR_S_live_count],
			.live_bytes = v->sites[i][WEIR_S_live_bytes],
			.trough_bytes = v->sites[i][WEIR_S_trough_bytes],
			.alloc_bytes = v->sites[i][WEIR_S_alloc_bytes],
		};
	return row;
}

static bool
append(struct trace_view *v, struct trace_ring *ring)
{
	const struct weir_trace_row **rows = calloc(ring->n + 1, sizeof(*rows));
	struct weir_trace_row *row = row_of_head(v, ring->rows[ring->n - 1]);

	if (rows == NULL || row == NULL) {
		free(rows);
		free(row);
		return false;
	}
	v->memory[v->n_memory++] = rows;
	v->memory[v->n_memory++] = row;
	memcpy(rows, ring->rows, ring->n * sizeof(*rows));
	rows[ring->n++] = row;
	ring->rows = rows;
	return true;
}

void
trace_view_hold(struct trace_view *v, uint64_t now_unix_ns)
{
	struct trace_ring *ring = &v->rings[WEIR_PART_ROWS_1S];
	uint64_t now_ns, age_ns = now_unix_ns - v->head.unix_ns;

	if (v->exited || ring->n == 0 || now_unix_ns <= v->head.unix_ns ||
	    __builtin_add_overflow(v->head.monotonic_ns, age_ns, &now_ns))
		return;
	if (ring->rows[ring->n - 1]->monotonic_ns < v->head.monotonic_ns &&
	    !append(v, ring))
		return;
	v->head.monotonic_ns = now_ns;
	v->head.unix_ns = now_unix_ns;
}
