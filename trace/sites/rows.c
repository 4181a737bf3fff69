/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows are built in the tables' own memory, for they are too large for a host's stack.
 */
#include "trace/sites/rows.h"

#include <string.h>

#include "trace/ground/intern.h"
#include "trace/ground/ledger.h"
#include "trace/runtimes/lefts.h"
#include "trace/walk/walk.h"

#define SECOND_NS 1000000000ull
#define EARLY_NS  (SECOND_NS / 20) /* a timer is never on the dot */
#define SWEEP_NS  (SECOND_NS / 10) /* V8 frees buffers some time after the GC */

/* Of a part that is no ring: all zero. */
static const struct ring {
	uint32_t points, capacity;
	uint64_t every_ns;
} rings[WEIR_N_TRACE_PARTS] = {
	[WEIR_PART_ROWS_GC] = {64, CAPACITY_ROWS_GC, 0},
	[WEIR_PART_ROWS_1S] = {64, CAPACITY_ROWS_1S, SECOND_NS},
	[WEIR_PART_ROWS_10S] = {64, CAPACITY_ROWS_10S, 10 * SECOND_NS},
	[WEIR_PART_ROWS_60S] = {64, CAPACITY_ROWS_60S, 60 * SECOND_NS},
	[WEIR_PART_ROWS_3600S] = {64, CAPACITY_ROWS_3600S, 3600 * SECOND_NS},
	[WEIR_PART_MARKS] = {512, CAPACITY_MARKS, 0},
};

static uint64_t written[WEIR_N_TRACE_PARTS], last_ns[WEIR_N_TRACE_PARTS];
static uint64_t seen_majors, gc_seen_ns; /* a row is owed for these, 0: none */

static struct {
	bool wanted;
	uint64_t request;
	char label[48];
} mark;

static uint64_t
live_bytes(uint32_t site)
{
	return ledger_image(site)[WEIR_S_live_bytes];
}

/* Site ids by live bytes, a heap with the least of them on top. */
static void
sift_down(uint32_t *heap, uint32_t n, uint32_t at)
{
	for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n &&
		    live_bytes(heap[child + 1]) < live_bytes(heap[child]))
			child++;
		if (live_bytes(heap[at]) <= live_bytes(heap[child]))
			return;
		uint32_t swapped = heap[at];
		heap[at] = heap[child];
		heap[child] = swapped;
	}
}

/* The `max` sites that hold most, largest first; how many, and what the others hold. */
static uint32_t
largest(uint32_t *ids, uint32_t max, struct weir_trace_row *row)
{
	uint32_t n = 0, sites = ledger_count(WEIR_PART_SITES0);

	for (uint32_t i = 0; i < sites; i++) {
		if (live_bytes(i) == 0)
			continue;
		row->n_sites++;
		if (n < max) {
			ids[n++] = i;
			for (uint32_t at = n / 2; n == max && at-- > 0;)
				sift_down(ids, n, at);
			continue;
		}
		uint32_t less = i;
		if (n > 0 && live_bytes(i) > live_bytes(ids[0])) {
			less = ids[0];
			ids[0] = i;
			sift_down(ids, n, 0);
		}
		row->rest_bytes += live_bytes(less);
	}
	for (uint32_t at = n / 2; n < max && at-- > 0;)
		sift_down(ids, n, at);
	/* The least goes behind the others, again and again. */
	for (uint32_t left = n; left > 1;) {
		uint32_t least = ids[0];

		ids[0] = ids[--left];
		ids[left] = least;
		sift_down(ids, left, 0);
	}
	return n;
}

static void
fill(struct ledger_row *r, const struct weir_trace_facts *facts, uint32_t max_points)
{
	static uint32_t ids[512]; /* one at a time publishes, perhaps on a small stack */
	struct walk_gcs gcs;

	walk_gcs(&gcs);
	memset(&r->row, 0, sizeof(r->row));
	r->row.monotonic_ns = facts->monotonic_ns;
	r->row.unix_ns = facts->unix_ns;
	r->row.rss_bytes = facts->rss_bytes;
	r->row.live_bytes = facts->live_bytes;
	r->row.live_count = facts->live_count;
	r->row.alloc_bytes = facts->alloc_bytes;
	r->row.cached_bytes = facts->cached_bytes;
	r->row.limit_bytes = facts->limit_bytes;
	r->row.js_heap_bytes = gcs.heap_bytes;
	r->row.js_external_bytes = gcs.external_bytes;
	r->row.account_ns = facts->account_ns;
	r->row.next_used_bytes = facts->next_used_bytes;
	r->row.next_used_ns = facts->next_used_ns;
	if (facts->part_bytes != NULL)
		memcpy(r->row.part_bytes, facts->part_bytes, sizeof(r->row.part_bytes));
	r->row.major_gcs = gcs.major;
	r->row.main_major_gcs = gcs.main_major;
	r->row.minor_gcs = gcs.minor;
	r->row.unseen_objects = gcs.unseen_objects;
	r->row.n_points = largest(ids, max_points, &r->row);
	for (uint32_t i = 0; i < r->row.n_points; i++) {
		const uint64_t *f = ledger_image(ids[i]);

		r->points[i] = (struct weir_trace_point){
			.site = ids[i],
			.live_count = (uint32_t)f[WEIR_S_live_count],
			.live_bytes = f[WEIR_S_live_bytes],
			.trough_bytes = f[WEIR_S_trough_bytes],
			.alloc_bytes = f[WEIR_S_alloc_bytes],
		};
	}
	memset(&r->points[r->row.n_points], 0,
	       (max_points - r->row.n_points) * sizeof(r->points[0]));
}

/* Where it takes the oldest one's place its last number comes first: a reader looks there once more. */
static int
put_row(uint32_t ring, const struct weir_trace_sink *sink, uint64_t at,
	const struct ledger_row *r)
{
	const size_t last = offsetof(struct weir_trace_row, id_again);
	int rc = 0;

	if (written[ring] >= rings[ring].capacity)
		rc = sink->write(sink->context, at + last, &r->row.id_again,
				 sizeof(r->row.id_again));
	return rc == 0 ? sink->write(sink->context, at, r,
				     WEIR_TRACE_ROW_BYTES(rings[ring].points))
		       : rc;
}

/* The ledger's row is the next one of this ring. */
static void
append_row(uint32_t ring, const struct weir_trace_sink *sink, uint64_t part_offset)
{
	struct ledger_row *r = &ledger->row;
	uint64_t bytes = WEIR_TRACE_ROW_BYTES(rings[ring].points);

	r->row.id = r->row.id_again = written[ring] + 1;
	uint64_t place = written[ring] % rings[ring].capacity;
	if (put_row(ring, sink, part_offset + place * bytes, r) == 0)
		written[ring]++;
	else
		intern_drop(WEIR_DROP_rows);
	last_ns[ring] = r->row.monotonic_ns;
}

static void
write_row(uint32_t ring, const struct weir_trace_facts *facts,
	  const struct weir_trace_sink *sink, uint64_t part_offset)
{
	struct ledger_row *r = &ledger->row;

	fill(r, facts, rings[ring].points);
	if (ring == WEIR_PART_MARKS) {
		r->row.request = mark.request;
		memcpy(r->row.label, mark.label, sizeof(mark.label));
	}
	append_row(ring, sink, part_offset);
}

/* The collections before the first row, of which nothing else is known. */
static void
write_lefts(const struct weir_trace_facts *facts, const struct weir_trace_sink *sink,
	    uint64_t part_offset)
{
	static struct left lefts[LEFTS]; /* off the host's stack */
	size_t n = lefts_take(lefts);

	for (size_t i = 0; i < n && lefts[i].ns < facts->monotonic_ns; i++) {
		memset(&ledger->row, 0, sizeof(ledger->row));
		ledger->row.row = (struct weir_trace_row){
			.monotonic_ns = lefts[i].ns,
			.unix_ns = facts->unix_ns - (facts->monotonic_ns - lefts[i].ns),
			.js_heap_bytes = lefts[i].heap_bytes,
			.js_external_bytes = lefts[i].external_bytes,
			.major_gcs = lefts[i].majors,
			.main_major_gcs = lefts[i].main_majors,
		};
		append_row(WEIR_PART_ROWS_GC, sink, part_offset);
	}
}

/* Returns whether a GC has been over for long enough that what it freed is gone. */
static bool
gc_row_due(uint64_t now_ns)
{
	struct walk_gcs gcs;

	walk_gcs(&gcs);
	if (gc_seen_ns == 0 && gcs.major != seen_majors)
		gc_seen_ns = now_ns;
	if (gc_seen_ns == 0 || now_ns - gc_seen_ns < SWEEP_NS)
		return false;
	seen_majors = gcs.major;
	gc_seen_ns = 0;
	return true;
}

void
rows_write(const struct weir_trace_facts *facts, const struct weir_trace_sink *sink,
	   const uint64_t offsets[WEIR_N_TRACE_PARTS])
{
	uint64_t now_ns = facts->monotonic_ns;

	if (written[WEIR_PART_ROWS_1S] == 0)
		write_lefts(facts, sink, offsets[WEIR_PART_ROWS_GC]);
	for (uint32_t ring = 0; ring < WEIR_N_TRACE_PARTS; ring++) {
		uint64_t every = rings[ring].every_ns;
		bool due = every != 0 && now_ns >= last_ns[ring] &&
			   (last_ns[ring] == 0 ||
			    now_ns - last_ns[ring] + EARLY_NS >= every);

		if (ring == WEIR_PART_ROWS_GC)
			due = gc_row_due(now_ns);
		else if (ring == WEIR_PART_MARKS)
			due = mark.wanted;
		else if (ring == WEIR_PART_ROWS_1S)
			due |= facts->last && written[ring] == 0;
		if (due)
			write_row(ring, facts, sink, offsets[ring]);
	}
	mark.wanted = false;
}

uint64_t
rows_written(enum weir_trace_part_id ring)
{
	return written[ring];
}

bool
rows_are_in(enum weir_trace_part_id part)
{
	return rings[part].points != 0;
}

bool
rows_due(void)
{
	return gc_seen_ns != 0 || mark.wanted;
}

uint64_t
rows_mark(uint64_t request, const char *label, size_t n)
{
	memset(mark.label, 0, sizeof(mark.label));
	memcpy(mark.label, label, n < sizeof(mark.label) ? n : sizeof(mark.label) - 1);
	mark.label[sizeof(mark.label) - 1] = '\0';
	mark.request = request;
	mark.wanted = true;
	return written[WEIR_PART_MARKS] + 1;
}

void
rows_forget(void)
{
	memset(written, 0, sizeof(written));
	memset(last_ns, 0, sizeof(last_ns));
	lefts_forget();
	gc_seen_ns = 0;
	mark.wanted = false;
}
