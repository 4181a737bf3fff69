/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process held before it took everything down to exit. Called by trace_view.c once a file is
 * read; changes nothing unless the process left by exit() and its last write shows all but nothing of
 * what was live before: that is the other copy of the head then (trace/sites/eve.h).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/read/trace_read.h"

#define MAX_SLOTS 16
#define WORTH_IT  (UINT64_C(1) << 20)

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

/* Of each site what it has allocated, ever. */
static bool
count_then(struct trace_view *v)
{
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
		WEIR_S_last_ns,	   WEIR_S_major_gcs,
	};

	for (uint32_t i = 0; i < v->n_sites && i < n_then; i++) {
		v->then_count[i] = then[i][WEIR_S_alloc_count];
		for (size_t k = 0; k < sizeof(lived) / sizeof(lived[0]); k++)
			v->sites[i][lived[k]] = then[i][lived[k]];
	}
}

/* The other copy of the head, if it is of what the writer had seen before all went. */
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
	       older->version == v->head.version && older->n_parts == v->head.n_parts &&
	       older->is_eve;
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
	if (!v->exited || !read_older(v, src, &older))
		return 0;
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
		return 0;
	}
	v->head = newest;
	v->cut = cut;
	return rc == -ENOMEM || (rc < 0 && src->memory == NULL && rc != -EBADMSG) ? rc
										  : 0;
}
