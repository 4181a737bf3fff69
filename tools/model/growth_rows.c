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
static const enum weir_trace_part_id paces[GROWTH_N_PACES] = {
	WEIR_PART_ROWS_3600S, WEIR_PART_ROWS_60S, WEIR_PART_ROWS_10S, WEIR_PART_ROWS_1S};
static const uint64_t every_ns[GROWTH_N_PACES] = {
	3600 * UINT64_C(1000000000), 60 * UINT64_C(1000000000), 10 * UINT64_C(1000000000),
	UINT64_C(1000000000)};

#define N_PACES GROWTH_N_PACES

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

/* The oldest row of the rings from `first` on, UINT64_MAX: none. */
static uint64_t
oldest_of(const struct trace_view *v, int first, int last)
{
	uint64_t ns = UINT64_MAX;

	for (int i = first; i <= last; i++) {
		const struct trace_ring *ring = trace_view_ring(v, paces[i]);

		if (ring->n > 0 && ring->rows[0]->monotonic_ns < ns)
			ns = ring->rows[0]->monotonic_ns;
	}
	return ns;
}

static int
by_time(const void *a, const void *b)
{
	const struct weir_trace_row *x = *(const struct weir_trace_row *const *)a;
	const struct weir_trace_row *y = *(const struct weir_trace_row *const *)b;

	return x->monotonic_ns < y->monotonic_ns ? -1 : x->monotonic_ns > y->monotonic_ns;
}

static void
sort(struct growth_rows *r)
{
	size_t n = r->n;

	qsort(r->rows, n, sizeof(r->rows[0]), by_time);
	r->n = 0;
	for (size_t i = 0; i < n; i++)
		append(r, r->rows[i]);
}

static size_t
take(struct growth_rows *r, const struct trace_ring *ring, uint64_t from_ns,
     uint64_t to_ns)
{
	for (uint32_t i = 0; i < ring->n; i++)
		if (within(ring->rows[i], from_ns, to_ns))
			r->rows[r->n++] = ring->rows[i];
	return r->n;
}

/* Whether `row` is as far from the rows of `r` as the pace is: those of `r` are in order. */
static bool
is_missed(const struct growth_rows *r, uint64_t ns, uint64_t pace_ns)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (r->rows[middle]->monotonic_ns < ns)
			low = middle + 1;
		else
			high = middle;
	}
	return (low == 0 || ns - r->rows[low - 1]->monotonic_ns >= pace_ns) &&
	       (low == r->n || r->rows[low]->monotonic_ns - ns >= pace_ns);
}

/* Those of a finer ring where this pace has none. */
static void
fill_gaps(struct growth_rows *r, const struct trace_ring *ring, uint64_t pace_ns,
	  uint64_t from_ns, uint64_t to_ns)
{
	struct growth_rows known = *r;
	uint64_t last = 0;

	for (uint32_t i = 0; i < ring->n; i++) {
		uint64_t ns = ring->rows[i]->monotonic_ns;

		if (!within(ring->rows[i], from_ns, to_ns) ||
		    (last != 0 && (ns < last || ns - last < pace_ns)) ||
		    !is_missed(&known, ns, pace_ns))
			continue;
		r->rows[r->n++] = ring->rows[i];
		last = ns;
	}
	sort(r);
}

struct growth_rows
growth_rows_paced(const struct trace_view *v, size_t pace, uint64_t from_ns,
		  uint64_t to_ns)
{
	const struct weir_trace_row *last = growth_rows_at(v, to_ns);
	int own = N_PACES - 1 - (int)pace;
	struct growth_rows r = {0};
	size_t total = trace_view_ring(v, WEIR_PART_ROWS_GC)->n + 1;

	for (int i = 0; i < N_PACES; i++)
		total += trace_view_ring(v, paces[i])->n;
	allocate(&r, total);
	for (int i = 0; i <= own; i++) {
		uint64_t finer = oldest_of(v, i + 1, own);

		take(&r, trace_view_ring(v, paces[i]), from_ns,
		     finer <= to_ns ? finer - 1 : to_ns);
	}
	if (pace == 0)
		take(&r, trace_view_ring(v, WEIR_PART_ROWS_GC), from_ns, to_ns);
	sort(&r);
	for (int i = own + 1; i < N_PACES; i++)
		fill_gaps(&r, trace_view_ring(v, paces[i]), every_ns[own], from_ns,
			  to_ns);
	if (last != NULL && last->monotonic_ns >= from_ns)
		append(&r, last);
	return r;
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
