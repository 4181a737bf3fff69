/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process held before it took everything down to exit. Called by trace_view.c once a file is
 * read; changes nothing unless the process left by exit() and its last write shows all but nothing of
 * what was live before. That is in the other copy of the head, which a writer that sees its process
 * end keeps (trace/ending.h), or, where both copies came too late, in a row of the rings.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/read/trace_read.h"

#define MAX_SLOTS 16
#define WORTH_IT  (UINT64_C(1) << 20)
#define LAST_NS	  (5 * UINT64_C(1000000000))

/* The state in the newest whole slot; 0 if there is none. */
static uint64_t
last_state(const struct trace_view *v, const struct trace_source *src)
{
	const struct weir_stats_header *h = &v->file;
	uint64_t state = 0, newest = 0;

	for (uint32_t i = 0; i < h->n_slots && i < MAX_SLOTS; i++) {
		uint64_t at = h->header_bytes + (uint64_t)i * h->slot_bytes, end;
		struct weir_stats_slot_head slot;

		if (h->slot_bytes < sizeof(slot) + sizeof(end) ||
		    trace_source_read(src, at, &slot, sizeof(slot)) != 0 ||
		    trace_source_read(src, at + h->slot_bytes - sizeof(end), &end,
				      sizeof(end)) != 0)
			break;
		if (slot.seq_begin == end && end > newest) {
			newest = end;
			state = slot.state;
		}
	}
	return state;
}

/* Site 0 is left out: what nobody is blamed for does not speak for a view. */
static uint64_t
live_bytes(const struct trace_view *v)
{
	uint64_t sum = 0;

	for (uint32_t i = 1; i < v->n_sites; i++)
		if (__builtin_add_overflow(sum, v->sites[i][WEIR_S_live_bytes], &sum))
			return UINT64_MAX;
	return sum;
}

/* What must have been live before for `now` to be all but nothing of it. */
static uint64_t
gone(uint64_t now)
{
	return now < WORTH_IT / 2 ? WORTH_IT : now > UINT64_MAX / 2 ? now : 2 * now;
}

/* The same of a row, which counts what nobody is blamed for as well. */
static uint64_t
gone_in_row(const struct trace_view *v, uint64_t now)
{
	uint64_t sum;

	return v->n_sites == 0 || __builtin_add_overflow(
					  gone(now), v->sites[0][WEIR_S_live_bytes], &sum)
		       ? gone(now)
		       : sum;
}

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

/* Of each site what it has allocated, ever. */
static bool
count_then(struct trace_view *v)
{
	if (v->then_count != NULL)
		return true;
	v->then_count = calloc((size_t)v->n_sites + 1, sizeof(*v->then_count));
	if (v->then_count == NULL)
		return false;
	v->memory[v->n_memory++] = v->then_count;
	for (uint32_t i = 0; i < v->n_sites; i++)
		v->then_count[i] = v->sites[i][WEIR_S_alloc_count];
	return true;
}

/* What lived is as `then` has it; what only grows, and sites that came since, as they were last. */
static void
restore_older(struct trace_view *v, const uint64_t (*then)[WEIR_N_SITE_FIELDS],
	      uint32_t n_then)
{
	static const enum weir_site_field lived[] = {
		WEIR_S_live_bytes, WEIR_S_live_count,	WEIR_S_trough_bytes,
		WEIR_S_age0_bytes, WEIR_S_age1_bytes,	WEIR_S_age2_bytes,
		WEIR_S_old_bytes,  WEIR_S_birth_gc_sum, WEIR_S_birth_ms_sum,
		WEIR_S_last_ns,
	};

	for (uint32_t i = 0; i < v->n_sites && i < n_then; i++) {
		v->then_count[i] = then[i][WEIR_S_alloc_count];
		for (size_t k = 0; k < sizeof(lived) / sizeof(lived[0]); k++)
			v->sites[i][lived[k]] = then[i][lived[k]];
	}
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
		uint64_t *f, *then;

		if (points[i].site >= v->n_sites)
			continue;
		f = v->sites[points[i].site];
		f[WEIR_S_live_bytes] = points[i].live_bytes;
		f[WEIR_S_live_count] = points[i].live_count;
		f[WEIR_S_trough_bytes] = points[i].trough_bytes;
		/* What came later went later: it was not freed by then. A row has bytes. */
		then = &v->then_count[points[i].site];
		*then = f[WEIR_S_alloc_count];
		if (f[WEIR_S_alloc_bytes] > points[i].alloc_bytes)
			*then = (uint64_t)((double)*then * (double)points[i].alloc_bytes /
					   (double)f[WEIR_S_alloc_bytes]);
		if (*then < points[i].live_count)
			*then = points[i].live_count;
		restore_ages(v, h, points[i].site, f);
	}
}

/*
 * Sets v's sites and the instant of its head to the last row, of the last seconds, in which more than
 * `least` bytes were live, and, with `same_gc`, since which there was no major GC. Ages are worked
 * out from the rows before. False, and nothing changed, if there is no such row, or no memory.
 */
static bool
restore_row(struct trace_view *v, uint64_t least, bool same_gc)
{
	struct history h;
	bool found;

	_Static_assert(WEIR_S_birth_ms_sum == WEIR_S_age0_bytes + 5, "ages in a row");
	if (!collect(v, &h))
		return false;
	found = find_row(v, &h, least, same_gc) && count_then(v);
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

/* The other copy of the head: the write before, or what the writer kept as it was before all went. */
static bool
read_older(const struct trace_view *v, const struct trace_source *src,
	   struct weir_trace_head *older)
{
	uint64_t copy = (v->head.seq_begin + 1) % 2;

	return trace_source_read(src, v->file.trace_offset + copy * WEIR_TRACE_HEAD_BYTES,
				 older, sizeof(*older)) == 0 &&
	       older->seq_begin == older->seq_end && older->seq_begin != 0 &&
	       older->seq_begin % 2 == copy && older->seq_begin < v->head.seq_begin &&
	       memcmp(older->magic, WEIR_TRACE_MAGIC, sizeof(older->magic)) == 0 &&
	       older->version == v->head.version && older->n_parts == v->head.n_parts;
}

int
trace_read_step_back(struct trace_view *v, const struct trace_source *src)
{
	struct weir_trace_head newest = v->head, older;
	uint64_t(*sites)[WEIR_N_SITE_FIELDS] = v->sites;
	uint64_t now = live_bytes(v), before;
	uint64_t(*older_sites)[WEIR_N_SITE_FIELDS];
	uint32_t n_sites = v->n_sites, n_older;
	bool cut = v->cut;
	char why[TRACE_VIEW_WHY];
	int rc;

	v->exited = last_state(v, src) == WEIR_STATE_EXITED;
	if (!v->exited)
		return 0;
	if (!read_older(v, src, &older)) {
		v->before_exit = restore_row(v, gone_in_row(v, now), false);
		return 0;
	}
	/* Its parts are those of the newest, only shorter: no need to believe another table. */
	v->head = older;
	for (uint32_t i = 0; i < v->head.n_parts; i++)
		if (i != WEIR_PART_SITES0 && i != WEIR_PART_SITES1)
			v->head.parts[i] = newest.parts[i];
	rc = trace_read_sites(v, src, why);
	before = rc == 0 ? live_bytes(v) : 0;
	older_sites = v->sites;
	n_older = v->n_sites;
	v->sites = sites;
	v->n_sites = n_sites;
	if (before > gone(now) && count_then(v)) {
		restore_older(v, (const uint64_t(*)[WEIR_N_SITE_FIELDS])older_sites,
			      n_older);
		v->before_exit = true;
		/*
		 * It may have come in the midst of it: less, but not by a collection. A row
		 * counts what nobody is blamed for too, and names but the largest sites.
		 */
		if (__builtin_add_overflow(before, v->sites[0][WEIR_S_live_bytes],
					   &before) ||
		    before > UINT64_MAX / 2)
			before = UINT64_MAX / 2;
		restore_row(v, before + before / 10, true);
		return 0;
	}
	v->head = newest;
	v->cut = cut;
	v->before_exit = restore_row(v, gone_in_row(v, now), false);
	return rc == -ENOMEM || (rc < 0 && src->memory == NULL && rc != -EBADMSG) ? rc
										  : 0;
}
