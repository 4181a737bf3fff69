/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selection of rows. Called by growth_model.c and the views; never changes the trace.
 */
#include "tools/model/growth_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/model/growth_verdict.h"
#include "tools/text/tell.h"

#define ENOUGH_GC_ROWS 4

/* Of rows while there is news. */
#define PACE_NS UINT64_C(1000000000)

static bool
within(const struct weir_trace_row *row, uint64_t from_ns, uint64_t to_ns)
{
	return row->monotonic_ns >= from_ns && row->monotonic_ns <= to_ns;
}

static void
allocate(struct growth_rows *r, size_t n)
{
	r->rows = calloc(n > 0 ? n : 1, sizeof(const struct weir_trace_row *));
	if (r->rows == NULL)
		tell_no_memory();
}

/* Rows may be out of order only if the file lies: those are left out. */
static void
append(struct growth_rows *r, const struct weir_trace_row *row)
{
	if (r->n == 0 || r->rows[r->n - 1]->monotonic_ns < row->monotonic_ns)
		r->rows[r->n++] = row;
}

/* Rings of rows at regular times, the coarsest first. */
static const enum weir_trace_part_id paces[] = {WEIR_PART_ROWS_3600S, WEIR_PART_ROWS_60S,
						WEIR_PART_ROWS_10S, WEIR_PART_ROWS_1S};

#define N_PACES ((int)(sizeof(paces) / sizeof(paces[0])))

struct growth_rows
growth_rows_timed(const struct trace_view *v, uint64_t from_ns, uint64_t to_ns)
{
	struct growth_rows r = {0};
	size_t total = 0;

	for (int i = 0; i < N_PACES; i++)
		total += trace_view_ring(v, paces[i])->n;
	allocate(&r, total);
	for (int i = 0; i < N_PACES; i++) {
		const struct trace_ring *ring = trace_view_ring(v, paces[i]);
		uint64_t finer = UINT64_MAX;

		for (int k = i + 1; k < N_PACES; k++) {
			const struct trace_ring *other = trace_view_ring(v, paces[k]);

			if (other->n > 0 && other->rows[0]->monotonic_ns < finer)
				finer = other->rows[0]->monotonic_ns;
		}
		for (uint32_t k = 0; k < ring->n; k++)
			if (ring->rows[k]->monotonic_ns < finer &&
			    within(ring->rows[k], from_ns, to_ns))
				append(&r, ring->rows[k]);
	}
	return r;
}

static void
thin(struct growth_rows *r)
{
	size_t m = GROWTH_MAX_POINTS;

	if (r->n <= m)
		return;
	for (size_t i = 0; i < m; i++)
		r->rows[i] = r->rows[i * (r->n - 1) / (m - 1)];
	r->n = m;
}

static int
by_time(const void *a, const void *b)
{
	const struct weir_trace_row *x = *(const struct weir_trace_row *const *)a;
	const struct weir_trace_row *y = *(const struct weir_trace_row *const *)b;

	return x->monotonic_ns < y->monotonic_ns ? -1 : x->monotonic_ns > y->monotonic_ns;
}

/* Few rows are better all taken together: what is of a GC may lie between two seconds. */
static struct growth_rows
join(struct growth_rows *gc, struct growth_rows *timed)
{
	struct growth_rows r = {0}, sorted = {0};

	allocate(&r, gc->n + timed->n);
	allocate(&sorted, gc->n + timed->n);
	memcpy(r.rows, gc->rows, gc->n * sizeof(r.rows[0]));
	memcpy(r.rows + gc->n, timed->rows, timed->n * sizeof(r.rows[0]));
	qsort(r.rows, gc->n + timed->n, sizeof(r.rows[0]), by_time);
	for (size_t i = 0; i < gc->n + timed->n; i++)
		append(&sorted, r.rows[i]);
	growth_rows_free(&r);
	growth_rows_free(gc);
	growth_rows_free(timed);
	return sorted;
}

static void
hold(struct growth_rows *r, const struct trace_view *v, uint64_t from_ns, uint64_t to_ns)
{
	const struct weir_trace_row *last = growth_rows_at(v, to_ns);

	if (last == NULL)
		return;
	r->held_ns = last->monotonic_ns > from_ns ? last->monotonic_ns : from_ns;
	r->n_held = (to_ns - r->held_ns) / PACE_NS;
	if (r->n_held > GROWTH_MAX_POINTS)
		r->n_held = GROWTH_MAX_POINTS;
	r->step_ns = r->n_held > 0 ? (to_ns - r->held_ns) / r->n_held : 0;
	r->rows = reallocarray(r->rows, r->n + r->n_held + 1, sizeof(last));
	if (r->rows == NULL)
		tell_no_memory();
	for (size_t i = 0; i < r->n_held; i++)
		r->rows[r->n++] = last;
}

struct growth_rows
growth_rows_judged(const struct trace_view *v, uint64_t from_ns, uint64_t to_ns)
{
	const struct trace_ring *gc = trace_view_ring(v, WEIR_PART_ROWS_GC);
	struct growth_rows r = {.after_gc = true};

	allocate(&r, gc->n);
	for (uint32_t i = 0; i < gc->n; i++)
		if (within(gc->rows[i], from_ns, to_ns))
			append(&r, gc->rows[i]);
	/* A ring full of the last seconds says nothing of an hour, nor do seconds that are long over. */
	if (r.n < ENOUGH_GC_ROWS ||
	    (gc->written > gc->n &&
	     r.rows[0]->monotonic_ns - from_ns > (to_ns - from_ns) / 2) ||
	    to_ns - r.rows[r.n - 1]->monotonic_ns > (to_ns - from_ns) / 2) {
		struct growth_rows timed = growth_rows_timed(v, from_ns, to_ns);

		r = join(&r, &timed);
	}
	thin(&r);
	hold(&r, v, from_ns, to_ns);
	return r;
}

uint64_t
growth_rows_ns(const struct growth_rows *r, size_t i)
{
	size_t first_held = r->n - r->n_held;

	return i < first_held ? r->rows[i]->monotonic_ns
			      : r->held_ns + (i - first_held + 1) * r->step_ns;
}

void
growth_rows_free(struct growth_rows *r)
{
	free(r->rows);
	*r = (struct growth_rows){0};
}

/* The last of these rows and `best` that is not after `ns`. */
static const struct weir_trace_row *
last_of(const struct trace_ring *ring, uint64_t ns, const struct weir_trace_row *best)
{
	for (uint32_t i = 0; i < ring->n; i++)
		if (ring->rows[i]->monotonic_ns <= ns &&
		    (best == NULL || ring->rows[i]->monotonic_ns > best->monotonic_ns))
			best = ring->rows[i];
	return best;
}

const struct weir_trace_row *
growth_rows_at(const struct trace_view *v, uint64_t ns)
{
	const struct weir_trace_row *best;

	best = last_of(trace_view_ring(v, WEIR_PART_ROWS_GC), ns, NULL);
	for (int i = 0; i < N_PACES; i++)
		best = last_of(trace_view_ring(v, paces[i]), ns, best);
	return best;
}

const struct weir_trace_row *
growth_rows_first(const struct trace_view *v)
{
	const struct weir_trace_row *first = NULL;

	for (int i = 0; i < N_PACES; i++) {
		const struct trace_ring *ring = trace_view_ring(v, paces[i]);

		if (ring->n > 0 &&
		    (first == NULL || ring->rows[0]->monotonic_ns < first->monotonic_ns))
			first = ring->rows[0];
	}
	return first;
}

const struct weir_trace_row *
growth_rows_mark(const struct trace_view *v, const char *label)
{
	const struct trace_ring *marks = trace_view_ring(v, WEIR_PART_MARKS);
	char id[24];

	for (uint32_t i = marks->n; i-- > 0;)
		if (strcmp(marks->rows[i]->label, label) == 0)
			return marks->rows[i];
	for (uint32_t i = marks->n; i-- > 0;) {
		snprintf(id, sizeof(id), "%" PRIu64, marks->rows[i]->id);
		if (strcmp(id, label) == 0)
			return marks->rows[i];
	}
	return NULL;
}
