/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The account, out of what was measured, what the sidecar says, or what a row does.
 */
#include "tools/model/resident.h"

#include <string.h>

/* What was in use in the next allocator says little of a heap that has changed since. */
#define NEXT_OLD_NS (UINT64_C(60) * 1000000000)

/* Parts that are older than the row by more are not the row's. */
#define ROW_OLD_NS (UINT64_C(15) * 1000000000)

static const struct {
	const char *name, *meaning;
} parts[] = {
#define X(id, name, meaning) {name, meaning},
	WEIR_MEMORY_PARTS(X)
#undef X
};

const char *
resident_part_name(enum weir_memory_part part)
{
	return parts[part].name;
}

const char *
resident_part_meaning(enum weir_memory_part part)
{
	return parts[part].meaning;
}

struct resident
resident_split(uint64_t rss, uint64_t live, uint64_t cached, uint64_t js_used)
{
	struct resident r = {.rss_bytes = rss, .js_used_bytes = js_used};

	r.cached_bytes = cached < rss ? cached : rss;
	rss -= r.cached_bytes;
	r.live_bytes = live < rss ? live : rss;
	rss -= r.live_bytes;
	r.js_heap_bytes = js_used < rss ? js_used : rss;
	r.other_bytes = rss - r.js_heap_bytes;
	return r;
}

static void
set_parts(struct resident *r, const uint64_t bytes[WEIR_N_MEMORY_PARTS])
{
	uint64_t sum = 0;

	/* A damaged file may say anything. */
	for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++)
		if (__builtin_add_overflow(sum, bytes[i], &sum))
			return;
	memcpy(r->part_bytes, bytes, sizeof(r->part_bytes));
	r->parts_known = true;
	r->rss_bytes = sum;
	r->live_bytes = bytes[WEIR_PART_OF_LIVE];
	r->cached_bytes = bytes[WEIR_PART_OF_CACHED];
	r->js_heap_bytes = bytes[WEIR_PART_OF_SCRIPT];
	r->other_bytes = sum - r->live_bytes - r->cached_bytes - r->js_heap_bytes;
}

static uint64_t
since(uint64_t now, uint64_t then)
{
	return now > then ? now - then : 0;
}

static void
set_next(struct resident *r, uint64_t used, uint64_t told_ns, uint64_t now_ns)
{
	r->next_known = told_ns != 0 && since(now_ns, told_ns) <= NEXT_OLD_NS;
	r->next_used_bytes = r->next_known ? used : 0;
	r->next_age_ns = since(now_ns, told_ns);
}

/* Without parts: what weir counted, beside RSS as it is now or was then. */
static struct resident
split_counted(const struct sidecar *s, const struct measure *now)
{
	uint64_t resident = sidecar_counter(s, WEIR_C_resident_bytes);
	uint64_t cached = sidecar_counter(s, WEIR_C_cached_dirty_bytes);
	uint64_t rss =
		now->rss_known ? now->rss_bytes : sidecar_counter(s, WEIR_C_rss_bytes);

	if (resident > rss)
		resident = rss;
	if (cached > resident)
		cached = resident;
	return resident_split(rss, resident - cached, cached,
			      sidecar_counter(s, WEIR_C_script_used_bytes));
}

static uint64_t
unrecorded(const struct sidecar *s, const struct resident *r)
{
	uint64_t recorded, bytes = r->live_bytes + r->cached_bytes;

	if (__builtin_add_overflow(sidecar_counter(s, WEIR_C_live_held_bytes),
				   sidecar_counter(s, WEIR_C_cached_dirty_bytes),
				   &recorded))
		return 0;
	return since(bytes, recorded);
}

struct resident
resident_of(const struct sidecar *s, const struct measure *now)
{
	uint64_t account_ns = sidecar_counter(s, WEIR_C_account_ns);
	struct resident r = split_counted(s, now);

	if (now->parts_known) {
		r.now = true;
		set_parts(&r, now->part_bytes);
		r.unrecorded_bytes = unrecorded(s, &r);
	} else if (account_ns != 0) {
		uint64_t bytes[WEIR_N_MEMORY_PARTS];

		for (unsigned i = 0; i < WEIR_N_MEMORY_PARTS; i++)
			bytes[i] = sidecar_counter(
				s, (enum weir_counter)(WEIR_C_part_live_bytes + i));
		r.age_ns = since(s->slot.monotonic_ns, account_ns);
		set_parts(&r, bytes);
	}
	r.v8 = sidecar_counter(s, WEIR_C_v8) != 0;
	set_next(&r, sidecar_counter(s, WEIR_C_next_used_bytes),
		 sidecar_counter(s, WEIR_C_next_used_ns), s->slot.monotonic_ns);
	r.limit_bytes = sidecar_counter(s, WEIR_C_cgroup_limit_bytes);
	return r;
}

struct resident
resident_of_row(const struct weir_trace_row *row)
{
	struct resident r = resident_split(row->rss_bytes, row->live_bytes,
					   row->cached_bytes, row->js_heap_bytes);

	if (row->account_ns != 0 &&
	    since(row->monotonic_ns, row->account_ns) <= ROW_OLD_NS) {
		r.age_ns = since(row->monotonic_ns, row->account_ns);
		set_parts(&r, row->part_bytes);
	}
	r.v8 = r.part_bytes[WEIR_PART_OF_SCRIPT] != 0 || row->js_heap_bytes != 0;
	set_next(&r, row->next_used_bytes, row->next_used_ns, row->monotonic_ns);
	r.limit_bytes = row->limit_bytes;
	return r;
}

void
resident_set_script(struct resident *r, uint64_t used_bytes)
{
	uint64_t outside = r->js_heap_bytes + r->other_bytes;

	if (r->js_used_bytes != 0)
		return;
	r->js_used_bytes = used_bytes;
	if (r->parts_known)
		return;
	r->js_heap_bytes = used_bytes < outside ? used_bytes : outside;
	r->other_bytes = outside - r->js_heap_bytes;
}

bool
resident_next_free(const struct resident *r, uint64_t *bytes)
{
	uint64_t heap = r->part_bytes[WEIR_PART_OF_NEXT];

	*bytes = heap > r->next_used_bytes ? heap - r->next_used_bytes : 0;
	return r->parts_known && r->next_known;
}

size_t
resident_rows(const struct resident *r, struct resident_row rows[WEIR_N_MEMORY_PARTS])
{
	const uint64_t first[] = {r->live_bytes, r->cached_bytes};
	size_t n = 0;

	for (unsigned i = 0; i < WEIR_N_MEMORY_PARTS; i++) {
		uint64_t bytes = i < 2 ? first[i] : r->part_bytes[i];

		if (i < 2 || bytes != 0)
			rows[n++] = (struct resident_row){parts[i].name, parts[i].meaning,
							  bytes};
	}
	if (!r->parts_known && r->js_heap_bytes != 0)
		rows[n++] = (struct resident_row){"script", "V8's heap in use",
						  r->js_heap_bytes};
	if (!r->parts_known)
		rows[n++] = (struct resident_row){"unsplit", "the rest, not split",
						  r->other_bytes};
	return n;
}
